"""Emails about a closing that waits for its second person (R18)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from access_register.models import Person, RegisterLine
from access_register.notices import closings
from sharing import door
from sharing.authorise import Permission, visit
from sharing.days import later
from sharing.models import Closing, Pupil
from tests.access_register.breaches import against_person, decide
from tests.access_register.duties import second_manager
from tests.people import EDUNET, as_batch, asker, client, person
from tests.post import post, posting
from tests.sharing import closings as closed
from tests.sharing.closings import BECKSIDE, HEAD, MANAGER, NAME, child, close

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def committed(made: Pupil, **told: object) -> Closing:
    with posting():
        return close(made, **told)


def told() -> set[str]:
    """To whom emails went since the last look. None of them names the child."""
    post()
    sent, mail.outbox[:] = list(mail.outbox), []
    for letter in sent:
        written = letter.subject + letter.body + str(letter.alternatives)
        assert not any(word in written for word in (NAME, "Maren", "An order"))
    return {letter.to[0] for letter in sent}


def address(*slugs: str) -> set[str]:
    return {person(slug).email for slug in slugs}


@pytest.mark.parametrize("barred", [False, True])
def test_the_second_persons_are_asked_at_once(barred: bool) -> None:
    second = second_manager()
    committed(child(), head_barred=barred)
    assert told() == address(second, *([] if barred else [HEAD]))


@pytest.mark.drifts
@pytest.mark.parametrize("state", ["awaiting_since", "suspended_at"])
def test_no_head_is_written_to_who_cannot_read_it(state: str) -> None:
    """R18: a first head who has not accepted, whose address may be a slip, or one who is suspended."""
    second = second_manager()
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(**{state: NOW})
    closing = committed(child())
    assert told() == address(second)
    with as_batch():
        closings.send(closing.pk, closing.starts_at + timedelta(hours=43))
    assert told() == address(second, MANAGER)


def test_no_head_is_written_to_whom_a_sanction_shuts_out() -> None:
    """R18, R41: the page that the email leads to is closed to them, and it would tell them of a closed child."""
    second = second_manager()
    decide(against_person(HEAD), "suspend_person", 1)
    closing = committed(child())
    assert told() == address(second)
    with as_batch():
        closings.send(closing.pk, closing.starts_at + timedelta(hours=43))
    assert told() == address(second, MANAGER)


def test_nobody_is_written_to_whose_account_is_closed() -> None:
    second, made = second_manager(), child()
    with as_batch():
        Person.objects.filter(pk__in=[person(HEAD).pk, person(second).pk]).update(is_active=False)
    committed(made)
    assert told() == set()


@pytest.mark.drifts
def test_a_head_who_is_an_information_manager_besides_is_not_asked_to_agree_to_their_own() -> None:
    """R18: neither by email nor on the home page: their own page of closings would refuse it."""
    closed.second_manager(HEAD)
    closing = committed(child(), by=HEAD)
    assert told() == address(MANAGER)
    assert "closed record" not in client(HEAD).get("/").content.decode()
    with as_batch():
        closings.send(closing.pk, closing.starts_at + timedelta(hours=43))
    assert told() == address(MANAGER, HEAD)
    again = committed(child(forename="Other"))
    assert told() == address(HEAD)
    assert "1 closed record to agree to" in client(HEAD).get("/").content.decode()
    door.agree_closing_here(asker(HEAD), BECKSIDE, again.pk)


def test_before_it_lapses_and_once_it_has_both_are_told() -> None:
    """Each once, though the night runs again; after that nobody is."""
    second = second_manager()
    closing = committed(child())
    everyone = address(second, HEAD, MANAGER)
    told()
    for hours, expected in ((41, set()), (43, everyone), (60, set()), (71.9, set()), (72, everyone), (200, set())):
        now = later(closing.starts_at, timedelta(hours=hours))
        with as_batch():
            due = closings.waiting(now)
            sent = sum(closings.send(number, now) for number in (*due, *due))
        assert (told(), sent) == (expected, len(expected)), hours


@pytest.mark.parametrize(
    ("settled", "hours"),
    [
        ({"agreed_at": NOW, "agreed_by_id": 1}, 49),
        ({"ended_at": NOW}, 49),
        ({"ends_at": NOW + timedelta(hours=50)}, 49),
        ({"ends_at": NOW + timedelta(hours=80)}, 90),
    ],
    ids=["agreed", "ended", "ends before it would lapse", "over before a night ran"],
)
def test_nobody_is_told_of_what_does_not_lapse(settled: dict[str, object], hours: int) -> None:
    closing = committed(child())
    with as_batch():
        Closing.objects.filter(pk=closing.pk).update(**settled)
        assert closings.waiting(closing.starts_at + timedelta(hours=hours)) == []


def test_whose_heads_they_are_is_told_to_who_asked_alone() -> None:
    """R45: another information manager gets nobody from the database."""
    closing = committed(child())

    def heads(slug: str) -> list[tuple[int, int, str]]:
        with visit(asker(slug, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
            here.showed()
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM access_register_heads_to_tell(%s)", [closing.pk])
                return cursor.fetchall()

    assert [(number, urn) for number, urn, _ in heads(MANAGER)] == [(person(HEAD).pk, BECKSIDE)]
    assert heads(second_manager()) == []


def hours_ago(closing: Closing) -> None:
    """The same within the hour is the same closing, and no renewal."""
    with as_batch():
        Closing.objects.filter(pk=closing.pk).update(starts_at=closing.starts_at - timedelta(hours=2))


def test_without_a_second_person_it_is_renewed_once_and_ends() -> None:
    """R18: all are told; then another closes it, or the same person after 90 days; agreed to, it counts no more."""
    second, made = second_manager(), child()
    first = committed(made)
    hours_ago(first)
    renewal = committed(made)
    hours_ago(renewal)
    assert (first.is_renewal, renewal.is_renewal) == (False, True)
    with pytest.raises(door.CannotClose, match="closed this child twice"):
        close(made)
    with as_batch():
        closings.send(renewal.pk, renewal.alone_until - timedelta(hours=9))
        assert Closing.objects.get(pk=renewal.pk).ended_at is None, "a warning ends nothing"
    told()
    with as_batch():
        for closing in (first, renewal):
            closings.send(closing.pk, closing.alone_until)
        assert list(Closing.objects.order_by("pk").values_list("ended_by_name", flat=True)) == ["", Closing.BY_ITSELF]
    post()
    assert any("A closing has ended" in letter.subject for letter in mail.outbox)
    assert told() == address(second, HEAD, MANAGER)
    door.agree_closing(asker(second, EDUNET), first.pk)
    again = close(made)
    assert again.is_renewal
    hours_ago(again)
    with pytest.raises(door.CannotClose):
        close(made)
    with as_batch():
        Closing.objects.update(starts_at=NOW - timedelta(days=91))
    assert not close(made).is_renewal
