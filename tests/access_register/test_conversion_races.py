"""What heads and panels do in the moment in which a school converts (A2, R16, R35, R41). Real threads, real commits."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread

from django.db import transaction
from django.utils import timezone

from access_register import grants
from access_register.models import ParticipationStep, RegisterLine, Sanction
from access_register.participation.participation import leave_protocol
from access_register.register import register
from access_register.register.register import Entry
from access_register.sign_in import account_changes
from sharing.imports.gias import SOURCE
from sharing.imports.succession import carry_over
from sharing.ledger import ledger
from sharing.models import Challenge, Establishment, Participation
from sharing.statements import value_of
from tests import factories
from tests.access_register.breaches import PANEL, against_establishment, seat, vote
from tests.people import as_batch, asker, person
from tests.sharing.conversions import BECKSIDE, NEW, convert
from tests.threads import in_turn, race, until_waiting

OXENBY = 999005


def from_gias() -> None:
    with as_batch():
        Establishment.objects.exclude(kind="childrens_centre").update(source=SOURCE)


def pupils() -> None:
    """Keep a conversion waiting where it comes to the children, as an import of pupils does that is under way."""
    value_of("SELECT pg_advisory_xact_lock(hashtext('sharing_pupil'))")


def test_a_school_suspended_while_it_converts_is_suspended_under_its_new_number(
    own_database: None, tmp_path: Path
) -> None:
    """R41, A2: neither stops the other half-way: the panel, too, locks the establishment before the case."""
    from_gias()
    case, today = against_establishment(BECKSIDE), timezone.localdate()
    seat(case)
    for slug in PANEL[:2]:
        vote(case, slug, "suspend_establishment", 4)
    votes = partial(vote, case, PANEL[2], "suspend_establishment", 4)
    assert in_turn(pupils, lambda: convert(tmp_path, today), votes) == [{"done": 1}] * 2
    with as_batch():
        assert Sanction.objects.get().establishment.urn == NEW
        assert not Participation.objects.filter(
            establishment__urn__in=(BECKSIDE, NEW), starts_on__lte=today, ends_on=None
        ).exists()


def converts() -> None:
    today = timezone.localdate()
    with as_batch(), ledger.written_last():
        before, after = (Establishment.objects.get(urn=urn) for urn in (BECKSIDE, OXENBY))
        carry_over(before, after, on=today, today=today)
        grants.rebuild(today)


def during(act: Callable[[], object], other: Callable[[], object]) -> object:
    """How `other` ends, as `race` puts it, which begins when `act` is done and not yet committed."""
    ended: list[object] = []
    thread = Thread(target=lambda: ended.append(race(other)))
    with transaction.atomic():
        act()
        thread.start()
        until_waiting()
    thread.join()
    return ended[0]


def test_who_is_given_access_at_the_new_school_while_the_register_comes_over_keeps_it(own_database: None) -> None:
    """R35, A2: the register that comes over waits for it, and does not fail."""
    teacher = person("teacher-beckside")
    gives = partial(
        register.give_access, asker("head-oxenby"), OXENBY, name=teacher.name, email=teacher.email,
        entry=Entry(confirmed=True),
    )  # fmt: skip
    assert during(gives, converts) == {"done": 1}
    with as_batch():
        line = RegisterLine.objects.get(person=teacher, establishment__urn=OXENBY, withdrawn_at=None)
    assert line.given_by_name == asker("head-oxenby").name


def test_who_is_on_both_registers_is_renamed_while_one_goes_over_to_the_other(own_database: None) -> None:
    """A2: of both registers together, lines are locked by their number, as whoever renames a person does."""
    head = person("head-oxenby")
    register.give_access(
        asker("head-beckside"), BECKSIDE, name=head.name, email=head.email, entry=Entry(confirmed=True)
    )
    with as_batch():
        at_oxenby = RegisterLine.objects.get(person=head, establishment__urn=OXENBY, withdrawn_at=None)
        given = RegisterLine.objects.get(person=head, establishment__urn=BECKSIDE, withdrawn_at=None)
    assert at_oxenby.pk < given.pk
    assert given.establishment_id < at_oxenby.establishment_id

    def renames() -> None:
        with as_batch(), ledger.written_last():
            account_changes.rename(head, "Olive Oxenby")

    def held() -> None:
        RegisterLine.objects.select_for_update().get(pk=at_oxenby.pk)

    assert in_turn(held, renames, converts) == [{"done": 1}] * 2


def test_a_head_who_leaves_while_the_closing_is_told_has_left(own_database: None, tmp_path: Path) -> None:
    """R16: an import that has read the old days does not write them back."""
    from_gias()
    today = timezone.localdate()
    closes = partial(convert, tmp_path, today + timedelta(days=1))
    closes()
    leaves = partial(leave_protocol, asker("head-beckside"), BECKSIDE, because="We leave.")
    assert during(leaves, closes) == {"done": 1}
    with as_batch():
        assert ParticipationStep.objects.filter(establishment__urn=BECKSIDE).exists()
        last = Participation.objects.get(establishment__urn=BECKSIDE)
    assert last.ends_on == today - timedelta(days=1)


def test_challenges_go_along_in_the_order_of_their_numbers(own_database: None) -> None:
    """R21, A2: the night that reminds of them locks them so, too; and neither stops the other."""
    from_gias()
    at = {"about": "pupil", "fact": "name", "statement": "Not so", "raised_by_name": "Test", "assigned_to": "school"}
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, timezone.localdate() - timedelta(days=9))
    with as_batch():
        at |= {"pupil": pupil, "establishment": pupil.establishment, "due_on": timezone.localdate()}
        first, second = (Challenge.objects.create(**at).pk for _ in range(2))
        Challenge.objects.filter(pk=first).update(reminded_on=timezone.localdate())  # it now lies behind the second
    ended: list[object] = []
    thread = Thread(target=lambda: ended.append(race(converts)))
    with as_batch():
        Challenge.objects.select_for_update().get(pk=first)
        thread.start()
        until_waiting()
        Challenge.objects.select_for_update(nowait=True).get(pk=second)
    thread.join()
    assert ended == [{"done": 1}]
