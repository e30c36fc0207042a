"""A handover cancelled before its day: all is as it was, except for what was changed meanwhile (R35)."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from access_register.headships import handovers
from access_register.levels import Level
from access_register.models import Handover, Person, RegisterLine
from access_register.register.register import (
    CannotChange,
    Entry,
    change_access,
    give_access,
    narrow_access,
    suspend_access,
    withdraw_access,
)
from sharing.authorise import NoSuchRecord
from tests.access_register.handovers import (
    BECKSIDE,
    DEPUTY,
    GOVERNOR,
    HEAD,
    OFFICER,
    TEACHER,
    accepted,
    in_days,
    lines,
    name,
    today,
    verified,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person
from tests.post import posting

pytestmark = pytest.mark.django_db


def of_the_teacher() -> list[RegisterLine]:
    with as_batch():
        mine = RegisterLine.objects.filter(establishment__urn=BECKSIDE, person=person(TEACHER), withdrawn_at=None)
        return list(mine.order_by("starts_on"))


@pytest.mark.parametrize("by", [(HEAD, SCHOOLS_ONLINE), (DEPUTY, SCHOOLS_ONLINE), (OFFICER, EDUNET)])
@pytest.mark.parametrize("until", [None, 20])
def test_before_its_day_all_is_as_it_was(by: tuple, until: int | None) -> None:
    """R35: by the head, the successor or an officer; lines and permissions exactly as before; both are told."""
    before = lines()
    number = accepted(on=in_days(10), until=until and in_days(until))
    assert lines() != before
    with posting():
        handovers.cancel_handover(asker(*by), number, because="Changed plans")
    assert lines() == before
    assert {letter.to[0] for letter in mail.outbox} == {person(HEAD).email, person(DEPUTY).email}
    call_command("check_permissions")


@pytest.mark.parametrize("successor", [TEACHER, GOVERNOR, "head-oxenby"])
@pytest.mark.parametrize("begins", [verified, accepted])
def test_the_head_is_told_by_whoever_declines(begins: Callable[[str], int], successor: str) -> None:
    """A7: also if the successor does not keep this register, and so cannot ask who is head."""
    number = begins(successor)
    with posting():
        handovers.cancel_handover(asker(successor), number)
    assert {letter.to[0] for letter in mail.outbox if "cancelled" in letter.subject} == {
        person(HEAD).email, person(successor).email
    }  # fmt: skip


def test_an_absent_head_is_told_too() -> None:
    """A7: whoever would be head again on that day was told that a successor is verified."""
    accepted(DEPUTY, on=today(), until=in_days(20))
    with as_batch():
        Handover.objects.filter(done_at=None).update(done_at=timezone.now())
    number = name(TEACHER, on=in_days(30), by=asker(OFFICER, EDUNET))
    with posting():
        handovers.cancel_handover(asker("officer-admissions", EDUNET), number)
    assert {letter.to[0] for letter in mail.outbox} == {person(one).email for one in (HEAD, DEPUTY, TEACHER)}


def test_named_staff_cannot_cancel_for_the_head() -> None:
    """R35."""
    number = accepted(GOVERNOR)
    with pytest.raises(CannotChange, match="Only the head"):
        handovers.cancel_handover(asker(DEPUTY), number)


def test_on_its_day_it_is_too_late() -> None:
    """R35: then the school has its new head."""
    number = accepted(on=today())
    with pytest.raises((CannotChange, NoSuchRecord)):
        handovers.cancel_handover(asker(DEPUTY), number)


def test_on_its_day_it_is_not_too_late_for_one_that_nobody_has_accepted() -> None:
    """R35: nothing has changed yet."""
    number, before = name(on=today()), lines()
    assert handovers.show_headship(asker(HEAD), BECKSIDE).may_cancel
    handovers.cancel_handover(asker(HEAD), number)
    assert lines() == before


def test_a_line_withdrawn_in_between_stays_withdrawn() -> None:
    """R35: what the head did to the deputy meanwhile is not undone by cancelling."""
    number = accepted(on=in_days(10))
    with as_batch():
        line = RegisterLine.objects.get(person=person(DEPUTY), ends_on=in_days(9), withdrawn_at=None)
    withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
    handovers.cancel_handover(asker(HEAD), number)
    with as_batch():
        assert not RegisterLine.objects.filter(person=person(DEPUTY), withdrawn_at=None).exists()
    call_command("check_permissions")


@pytest.mark.parametrize("what", ["withdrawn", "lowered", "narrowed", "suspended"])
def test_what_the_head_changed_of_the_days_after_an_acting_head_stays(what: str) -> None:
    """R35: the successor cancels, and would have had back what the head had taken from that day on."""
    on, until = in_days(10), in_days(40)
    number = accepted(TEACHER, on, until)
    after = of_the_teacher()[-1].pk
    if what == "withdrawn":
        withdraw_access(asker(HEAD), BECKSIDE, after, because="")
    elif what == "lowered":
        change_access(asker(HEAD), BECKSIDE, after, entry=Entry(Level.THREE, RegisterLine.Role.TEACHER))
    elif what == "narrowed":
        narrow_access(asker(HEAD), BECKSIDE, after, year_groups=["3"], withheld=[])
    else:
        suspend_access(asker(HEAD), BECKSIDE, after, because="")
    handovers.cancel_handover(asker(TEACHER), number)
    first, *later = of_the_teacher()
    assert (first.level, first.ends_on) == (2, until)
    kept = {
        "withdrawn": set(),
        "lowered": {(in_days(41), 3, (), False)},
        "narrowed": {(in_days(41), 2, ("3",), False)},
        "suspended": {(in_days(41), 2, (), True)},
    }
    told = {(line.starts_on, line.level, tuple(line.year_groups), line.suspended_at is not None) for line in later}
    assert told == kept[what]
    call_command("check_permissions")


def test_where_the_successors_place_was_given_away_it_is_cancelled_as_the_refusal_says() -> None:
    """R32, R35: naming a new successor was said to help, and said to cancel this handover first."""
    head, day, successor, other = asker(HEAD), in_days(10), person("teacher-ravensgill"), person("teacher-oxenby")

    def at_level_1(somebody: Person) -> int:
        entry = Entry(Level.ONE, "teacher", confirmed=True, starts_on=day)
        return give_access(head, BECKSIDE, name=somebody.name, email=somebody.email, entry=entry).line_id

    with as_batch():
        named = RegisterLine.objects.get(person=person("business-manager-beckside"), establishment__urn=BECKSIDE).pk
    withdraw_access(head, BECKSIDE, named, because="")
    at_level_1(successor)
    number = accepted("teacher-ravensgill", day)
    in_the_way = at_level_1(other)
    with pytest.raises(CannotChange, match="The head withdraws or lowers that line first"):
        handovers.cancel_handover(head, number)
    withdraw_access(head, BECKSIDE, in_the_way, because="")
    handovers.cancel_handover(head, number)
    with as_batch():
        assert RegisterLine.objects.get(person=successor, establishment__urn=BECKSIDE, withdrawn_at=None).level == 1
    call_command("check_permissions")
