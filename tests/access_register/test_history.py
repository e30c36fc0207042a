"""Each line's story in words, and the register as it was on any day (R36)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import Error, transaction
from django.utils import timezone

from access_register import service
from access_register.models import LineEvent, RegisterLine
from access_register.register import history, register, stories
from access_register.register.register import Entry
from access_register.reviews.reviews import REVIEWED
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.days import day_in_words
from tests.access_register.test_register import BECKSIDE, GOVERNOR, HEAD, TEACHER, add, line_of
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db


def words(line: RegisterLine) -> list[str]:
    with as_batch():
        return list(LineEvent.objects.filter(line=line).order_by("at", "pk").values_list("words", flat=True))


def today() -> str:
    return day_in_words(timezone.localdate())


def test_every_change_is_told_in_words() -> None:
    """R36: give, raise, change, narrow, suspend, resume, lower, withdraw."""
    somebody, head = add(role="teacher"), asker(HEAD)
    with as_batch():
        line = RegisterLine.objects.get(person=somebody)
    raised = Entry(register.Level.TWO, "teacher", "teaches", confirmed=True)
    last = timezone.localdate() + timedelta(days=9)
    register.change_access(head, BECKSIDE, line.pk, entry=raised)
    register.change_access(head, BECKSIDE, line.pk, entry=Entry(register.Level.TWO, "support", "teaches", ends_on=last))
    register.narrow_access(head, BECKSIDE, line.pk, year_groups=("3",), withheld=("sen",), because="Year 3 only")
    register.suspend_access(head, BECKSIDE, line.pk, because="Absent")
    register.resume_access(head, BECKSIDE, line.pk)
    register.change_access(head, BECKSIDE, line.pk, entry=Entry(role="support", ends_on=last))
    register.withdraw_access(head, BECKSIDE, line.pk, because="Left")
    on = f"On {today()} Ruth Oldroyd"
    assert words(line) == [
        f"{on} gave this line at Level 3",
        f"{on} raised this line from Level 3 to Level 2: teaches children here",
        f"{on} changed this line: role from “Teacher” to “Support staff with direct responsibility for children”, "
        f"last day from no last day to {day_in_words(last)}: teaches children here",
        f"{on} narrowed this line: only Year 3, without special educational needs: Year 3 only",
        f"{on} suspended this line: Absent",
        f"{on} lifted the suspension of this line",
        f"{on} lowered this line from Level 2 to Level 3",
        f"{on} withdrew this line: Left",
    ]


def test_facts_before_and_after_follow_on() -> None:
    """The story has no gap: each change begins where the one before ended. Days of a review are no change."""

    def lasting(facts: dict) -> dict:
        return {name: value for name, value in facts.items() if name not in REVIEWED}

    line = line_of(TEACHER)
    register.narrow_access(asker(HEAD), BECKSIDE, line.pk, year_groups=("3",), withheld=())
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="")
    with as_batch():
        first, *later = LineEvent.objects.filter(line=line).order_by("at", "pk")
        assert first.before is None
        for earlier, event in zip([first, *later], later, strict=False):
            assert lasting(event.before) == lasting(earlier.after)
        assert later[-1].after == history.facts(RegisterLine.objects.get(pk=line.pk))


def test_what_the_service_does_is_told_too() -> None:
    line = line_of(GOVERNOR)
    with as_batch():
        service.end_line(line, last_day=timezone.localdate())
    assert words(line)[-1] == f"On {today()} the service ended this line on {today()}"


def test_the_longest_reason_fits() -> None:
    line = line_of(GOVERNOR)
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="x" * 300)
    with as_batch():
        name = "y" * 200
        history.tell(line, "suspended", by_name=name, because="z" * 300)
    assert len(words(line)[-1]) == 500


@pytest.mark.drifts  # lines written past the register
def test_the_register_on_a_past_day() -> None:
    """R36: as it was, whatever happened since; the day before the line began it is not there."""
    line, day = line_of(TEACHER), timezone.localdate()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        with as_batch():
            RegisterLine.objects.filter(pk=line.pk).update(level=3, basis="")
            changed = RegisterLine.objects.get(pk=line.pk)
            history.tell(changed, "lowered", by_name="Ruth Oldroyd", before=history.facts(line))
        then = {there.id: there for there in stories.show_register_on(asker(HEAD), BECKSIDE, day=day).lines}
        assert (then[line.pk].level, then[line.pk].basis_shown) == (2, "Teaches children here")
        now = stories.show_register_on(asker(HEAD), BECKSIDE, day=day + timedelta(days=1))
        assert {there.id: there.level for there in now.lines}[line.pk] == 3
    first_day = stories.show_register_on(asker(HEAD), BECKSIDE, day=line.starts_on)
    assert line.pk in {there.id for there in first_day.lines}
    assert stories.show_register_on(asker(HEAD), BECKSIDE, day=line.starts_on - timedelta(days=1)).lines == ()


def test_the_register_on_a_past_day_is_that_of_one_establishment() -> None:
    """R2, R36: for the head of two as well."""
    shown = {
        urn: {
            there.id
            for there in stories.show_register_on(asker("head-ravensgill"), urn, day=timezone.localdate()).lines
        }
        for urn in (999001, 999003)
    }
    with as_batch():
        there = {
            urn: set(RegisterLine.objects.filter(establishment__urn=urn).values_list("pk", flat=True)) for urn in shown
        }
    assert all(shown[urn] and shown[urn] <= there[urn] for urn in shown)


def test_a_withdrawn_line_is_gone_from_that_day_on() -> None:
    line, day = line_of(GOVERNOR), timezone.localdate()
    register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
    for when, is_there in ((day - timedelta(days=1), True), (day, False)):
        lines = stories.show_register_on(asker(HEAD), BECKSIDE, day=when).lines
        assert (line.pk in {there.id for there in lines}) is is_there


def test_stories_are_for_those_who_keep_the_register() -> None:
    """R33."""
    with pytest.raises(NotAtYourLevel):
        stories.show_story(asker(TEACHER), BECKSIDE, line_of(TEACHER).pk)
    with pytest.raises(NotAtYourLevel):
        stories.show_register_on(asker(TEACHER), BECKSIDE, day=timezone.localdate())
    with pytest.raises(NoSuchRecord):
        stories.show_story(asker(HEAD), BECKSIDE, line_of("head-ravensgill", 999003).pk)


def test_history_is_not_rewritten() -> None:
    """R36, R43: the web application adds to it, and neither changes nor removes."""
    with visit(asker(HEAD), Permission.MANAGE_REGISTER, action="test") as here:
        here.showed()
        for change in (
            lambda: LineEvent.objects.update(words="nothing"),
            lambda: LineEvent.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                change()


def test_who_asked_is_filled_in_by_the_store() -> None:
    """R36, R44: whatever the portal writes there. What the service does by itself is by nobody."""
    somebody = add(role="teacher")
    with as_batch():
        line = RegisterLine.objects.get(person=somebody)
    with visit(asker(HEAD), Permission.MANAGE_REGISTER, action="test") as here:
        here.showed()
        told = history.tell(line, "suspended", by_name="Somebody else")
        LineEvent.objects.create(
            line=line, establishment=line.establishment, what="resumed", words="x", after={}, by_id=somebody.pk
        )
    with as_batch():
        history.tell(line, "suspended", by_name="The portal")
        by = list(line.events.order_by("pk").values_list("by_id", flat=True))
    assert told.by_name == "Somebody else"
    assert by == [person(HEAD).pk] * 3 + [None]


def test_in_the_browser() -> None:
    browser, line = client(HEAD), line_of(TEACHER)
    story = browser.get(f"/establishments/{BECKSIDE}/register/{line.pk}/story/").content.decode()
    assert "gave this line at Level 2" in story
    url = f"/establishments/{BECKSIDE}/register/as-it-was/"
    assert person(TEACHER).name in browser.get(f"{url}?on={date(2025, 9, 3):%d/%m/%Y}").content.decode()
    assert "Nobody was on the register" in browser.get(f"{url}?on=1/9/2020").content.decode()
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wrong in (f"{tomorrow:%d/%m/%Y}", "1/1/2999", "yesterday", "31/2/2025", "31/12/1999", "1/1/1066", ""):
        assert browser.get(url, {"on": wrong}).status_code == 422
    for right in (timezone.localdate(), date(2000, 1, 1)):
        assert browser.get(url, {"on": f"{right:%d/%m/%Y}"}).status_code == 200
