"""The first head of an establishment: two at once, with real threads (R2, R32, R44, A7)."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from access_register.headships import first_heads
from access_register.levels import Level
from access_register.models import LineEvent, RegisterLine
from access_register.register import register
from access_register.register.rules import CannotChange, Entry
from access_register.sign_in import invitations
from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.cannot import ChangedMeanwhile, version_of
from sharing.models import Establishment
from tests.access_register.test_first_heads import MANAGER, NEW, a_centre, give, record, token
from tests.access_register.test_heads_file import apply, preview
from tests.confidential import items
from tests.people import EDUNET, as_batch, asker, person
from tests.threads import at_once, in_turn, until_waiting


def test_of_two_at_once_one_is_the_head(own_database: None) -> None:
    """R32."""
    urn, known = a_centre(), [person("teacher-beckside").email, person("governor-beckside").email]
    ends = at_once(*[partial(record, urn, email=email) for email in known])
    (refused,) = [ended for ended in ends if isinstance(ended, Exception)]
    assert isinstance(refused, CannotChange)


def test_of_two_invited_at_once_the_second_is_asked_first(own_database: None) -> None:
    """A9."""
    urn, version = a_centre(), version_of(None)
    emails = ["one@millrace.example", "two@millrace.example"]
    ends = at_once(*[partial(record, urn, email=email, version=version) for email in emails])
    assert [type(ended) for ended in ends if isinstance(ended, Exception)] == [ChangedMeanwhile]
    assert len(mail.outbox) == 1


def test_of_one_form_sent_twice_at_once_one_letter_is_written(own_database: None) -> None:
    """A9: the link in it works."""
    urn = a_centre()
    assert at_once(*[partial(record, urn)] * 2) == [NEW["name"]] * 2
    assert len(mail.outbox) == 1
    assert invitations.accept(token(), password="a long pass phrase of mine") is not None


def one_waits_for_the_other(first: Callable[[], Any], then: Callable[[], Any]) -> object:
    """Do both, the second while the first is not committed yet. Answers what the second came to."""
    outcomes: list[object] = []
    other = threading.Thread(target=lambda: outcomes.extend(at_once(then)))
    with transaction.atomic():
        first()
        other.start()
        until_waiting()
    other.join()
    return outcomes[0]


@pytest.mark.parametrize("is_given_first", [True, False])
def test_whom_the_wrong_person_lets_in_at_that_moment_goes_too(own_database: None, is_given_first: bool) -> None:
    """R2, R44: or they are not let in any more."""
    urn = a_centre()
    record(urn, email=person("teacher-beckside").email)
    lets_in = partial(give, urn, "teacher-beckside", "governor-beckside", Level.THREE)
    takes_back = partial(first_heads.take_back_first_head, asker(MANAGER, EDUNET), urn)
    first, then = (lets_in, takes_back) if is_given_first else (takes_back, lets_in)
    one_waits_for_the_other(first, then)
    with as_batch():
        assert not RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None).exists()


@pytest.mark.parametrize("is_raised_first", [True, False])
def test_whom_the_wrong_person_raises_at_that_moment_does_not_stay_raised(
    own_database: None, is_raised_first: bool
) -> None:
    """R2, R44: the history of a raise that was not committed yet was not read, and the raise stayed."""
    urn, raised = a_centre(), person("deputy-beckside")
    record(urn, email=person("teacher-beckside").email)
    give(urn, "teacher-beckside", "deputy-beckside", Level.THREE)
    with as_batch():
        line = RegisterLine.objects.get(person=raised, establishment__urn=urn)
        LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head
    higher = Entry(Level.ONE, line.role, confirmed=True)
    raises = partial(register.change_access, asker("teacher-beckside"), urn, line.pk, entry=higher)
    takes_back = partial(first_heads.take_back_first_head, asker(MANAGER, EDUNET), urn)
    first, then = (raises, takes_back) if is_raised_first else (takes_back, raises)
    one_waits_for_the_other(first, then)
    with as_batch():
        live = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
        assert [one.level for one in live] == ([] if is_raised_first else [Level.THREE])


@pytest.mark.parametrize("is_given_first", [True, False])
def test_what_the_wrong_person_consents_to_at_that_moment_stays_shut(own_database: None, is_given_first: bool) -> None:
    """R27, R44: a consent that was not committed yet was not seen, and stayed. Who comes too late is told so."""
    urn = a_centre()
    item = items.item(urn)
    record(urn, email=person("teacher-beckside").email)
    wish = door.Wish("community", starts_on=timezone.localdate(), ends_on=timezone.localdate())
    consents = partial(door.give_consent, asker("teacher-beckside"), item.pk, wish=wish)
    takes_back = partial(first_heads.take_back_first_head, asker(MANAGER, EDUNET), urn)
    first, then = (consents, takes_back) if is_given_first else (takes_back, consents)
    ended = one_waits_for_the_other(first, then)
    assert is_given_first or isinstance(ended, NotAtYourLevel)
    assert not items.sees("head-oxenby", item)


def test_a_list_of_heads_beside_one_who_locks_the_same_establishments(own_database: None) -> None:
    """A7: neither stops the other half-way: an import, too, locks them by their number, in whatever order they come."""
    urns = a_centre(), a_centre("Otherburn Children’s Centre")
    record(urns[1], email="one@millrace.example")
    text = "".join(f"{urn},,Rosalind Ackroyd,r{urn}@millrace.example,\n" for urn in reversed(urns))
    seal = preview(text).seal
    places = Establishment.objects.filter(urn__in=urns).order_by("pk").select_for_update(no_key=True)

    def imports() -> None:
        with as_batch():
            list(places)

    invited = RegisterLine.objects.filter(establishment__urn=urns[1]).select_for_update()
    ended = in_turn(lambda: list(invited), lambda: apply(text, seal), imports)
    assert ended == [{"done": 1}] * 2
