"""Any sequence of a child's life at three schools: who sees the child is what a plain model says (R5, R7, R8, R43)."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.sharing.life_store import AROUND, CHILDREN, SCHOOLS, Store
from tests.sharing.lives import BEFORE, GRACE, LAPSE, Going, Lives, Told

children, schools = st.sampled_from(["Adams", "Adams", "Bell", "Cook"]), st.sampled_from(list(SCHOOLS))
forenames = st.sampled_from(["Robin", "Robyn"])
numbers = st.sampled_from([0, 0, 0, 0, 1, 2])


@st.composite
def told(draw: st.DrawFn, child: str, day: int) -> Told:
    first = day - draw(st.sampled_from([0, 0, 1, 2, 4, 7, 10]))
    last = draw(st.none() | st.integers(first, day - 1)) if first < day else None
    return Told(child, draw(forenames), first, last, draw(st.sampled_from("CCCCMSG")))


@st.composite
def rolls(draw: st.DrawFn) -> tuple[int, list[tuple[str, str, int, int | None, str]]]:
    """How many days ago the return's day was, and what it says of some of the children, counted from that day."""
    ago = draw(st.sampled_from([0, 0, 0, 1, 2, 5]))
    of = draw(st.lists(children, min_size=1, max_size=2, unique=True))
    return ago, [draw(told(child, 0)) for child in of]


def on_day(day: int, roll: list[Told]) -> list[Told]:
    return [
        Told(one.child, one.forename, one.first + day, None if one.last is None else one.last + day, one.kind)
        for one in roll
    ]


class Life(RuleBasedStateMachine):
    folder: Path

    @initialize()
    def begin_story(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.last_return: dict[str, int] = {}
        self.lives, self.store = Lives(), Store(self.folder)
        at_first = [Told(child, "Robin", -20) for child in ("Adams", "Bell")]
        self.a_return("beckside", (9, [replace(one, first=-11) for one in at_first]))

    def teardown(self) -> None:
        if hasattr(self, "all"):
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    def going(self, number: int, *, waiting: bool = False, agreed: bool = False) -> tuple[int, Going] | None:
        """One of the transfers, the newest first; where it can be, one that waits for an answer, or is agreed."""
        transfers = self.store.transfers()
        known = list(zip(transfers, self.lives.goings, strict=True))[::-1]
        fit = [
            one for one in known
            if one[1].is_under_way(self.lives.now) and (one[1].agreed is None if waiting else agreed and one[1].stands)
        ]  # fmt: skip
        among = fit or known
        return among[number % len(among)] if among else None

    @rule(school=schools, roll=rolls())
    def a_return(self, school: str, roll: tuple[int, list[Told]]) -> None:
        day = self.lives.now - roll[0]
        said = self.of(school, day, roll[1])
        if not self.is_open(school, day):
            return
        newest = self.last_return.get(school, day)
        assert self.store.send_return(school, day, said) == (newest <= day)
        if newest <= day:
            self.last_return[school] = day
            self.lives.returned(school, day, said)

    @rule(first=schools, second=schools, one=rolls(), other=rolls())
    def an_export_of_all_schools(self, first: str, second: str, one, other) -> None:
        day = self.lives.now - one[0]
        said = {first: self.of(first, day, one[1])} | ({} if first == second else {second: self.of(second, day, other[1])})
        if not all(self.is_open(school, day) for school in said):
            return
        self.store.send_export(day, said)
        for school, roll in said.items():
            self.lives.returned(school, day, roll)

    def is_open(self, school: str, day: int) -> bool:
        return day >= self.lives.opened.get(school, day)

    def of(self, school: str, day: int, roll: list[Told]) -> list[Told]:
        """What the roll says from that day on, without whoever left before the school opened."""
        opened = self.lives.opened.get(school, -99)
        return [one for one in on_day(day, roll) if one.last is None or one.last >= opened]

    def on_roll(self, number: int) -> tuple[str, str] | None:
        found = sorted(place for place in self.lives.records if self.lives.is_on_roll(*place) and place[1] != BEFORE)
        return found[number % len(found)] if found else None

    @rule(child=children, school=schools, ago=st.integers(0, 3), forename=forenames)
    def a_transfer_file(self, child: str, school: str, ago: int, forename: str) -> None:
        day = self.lives.now - ago
        done = self.store.send_transfer_file(child, school, day, forename)
        assert done is self.lives.transfer_file(child, school, day, forename)

    @rule(child=children, school=schools, name=st.sampled_from(["4A", "4B"]))
    def a_class_list(self, child: str, school: str, name: str) -> None:
        self.store.send_class_list(school, {child: name})
        self.lives.class_list(school, {child: name})

    @rule(number=numbers, receiver=schools, after=st.integers(0, 3))
    def begin(self, number: int, receiver: str, after: int) -> None:
        if (place := self.on_roll(number)) and place[1] != receiver:
            expected = self.lives.now + after
            assert self.store.begin(*place, receiver, expected) is self.lives.begin(*place, receiver, expected)

    @rule(child=children, receiver=schools, after=st.integers(0, 3))
    def tell_from_outside(self, child: str, receiver: str, after: int) -> None:
        expected = self.lives.now + after
        done = self.store.tell_from_outside(child, receiver, expected, "Robin")
        assert done is self.lives.tell_from_outside(child, receiver, expected)

    @rule(number=numbers)
    def accept(self, number: int) -> None:
        if found := self.going(number, waiting=True):
            assert self.store.accept(found[0], found[1].receiver) is self.lives.accept(found[1], "Robin")

    @rule(number=numbers, ago=st.integers(0, 4))
    def accept_and_arrive(self, number: int, ago: int) -> None:
        self.accept(number)
        self.arrive(number, ago)

    @rule(number=numbers)
    def decline(self, number: int) -> None:
        if found := self.going(number):
            assert self.store.decline(found[0], found[1].receiver) is self.lives.decline(found[1])

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        found = self.going(number, waiting=True) or self.going(number, agreed=True)
        if found and not found[1].cancelled:
            transfer, going = found
            assert self.store.cancel(transfer, going.sender, going.receiver) is self.lives.cancel(going)

    @rule(number=numbers, ago=st.integers(0, 4))
    def arrive(self, number: int, ago: int) -> None:
        if found := self.going(number, agreed=True):
            day = self.lives.now - ago
            assert self.store.arrive(found[0], found[1].receiver, day) is self.lives.arrive(found[1], day)

    @rule(number=numbers, after=st.integers(-4, 9), outside=st.booleans())
    def leave(self, number: int, after: int, outside: bool) -> None:
        if place := self.on_roll(number):
            last = self.lives.now + after
            assert self.store.leave(*place, last, "NT", outside) is self.lives.leave(*place, last, "NT", outside)

    @rule(number=numbers)
    def stay_after_all(self, number: int) -> None:
        if place := self.on_roll(number):
            assert self.store.stay_after_all(*place) is self.lives.stay_after_all(*place)

    @rule(child=children, school=schools)
    def make_file_outside(self, child: str, school: str) -> None:
        assert self.store.make_file_outside(child, school) is self.lives.make_file_outside(child, school)

    @rule(number=numbers)
    def make_file(self, number: int) -> None:
        found = self.going(number)
        if found and found[1].sender:
            assert self.store.make_file(found[0], found[1].sender) is self.lives.make_file(found[1])

    @precondition(lambda self: "beckside" not in self.lives.opened)
    @rule()
    def beckside_becomes_an_academy(self) -> None:
        self.store.convert()
        self.lives.converted()
        self.last_return.pop("beckside", None)

    @rule(days=st.sampled_from([1, 1, 2, 5]))
    def days_pass(self, days: int) -> None:
        self.store.let_pass(days)
        self.lives.now += days
        self.lives.give_grace()

    @invariant()
    def everybody_sees_whom_they_should(self) -> None:
        if not hasattr(self, "all"):
            return
        stays = {
            place: [(stay.first, stay.last) for stay in record.stays]
            for place, record in self.lives.records.items() if record.stays
        }
        assert self.store.stays() == stays
        seen = self.store.days_seen()
        assert seen == {
            place: {day for day in AROUND if self.lives.sees(*place, day)} for place in self.lives.records
        }
        assert self.store.classes() == {place: record.class_name for place, record in self.lives.records.items()}
        assert self.store.missing() == self.lives.missing()
        for school in SCHOOLS:
            mine, owed = self.store.seen_by_the_head(school)
            assert mine == {
                (child, record.forename) for (child, at), record in self.lives.records.items()
                if at == school and self.lives.sees(child, at, self.lives.now)
            }
            assert owed == self.lives.owed(school)


@pytest.mark.django_db
def test_any_life(tmp_path: Path) -> None:
    """R5, R7, R8, R22, R43."""
    Life.folder = tmp_path
    import os
    with (
        override_settings(TRANSFER_LAPSE_SCHOOL_DAYS=LAPSE, CTF_GRACE_SCHOOL_DAYS=GRACE),
        patch("sharing.school_year.is_school_day", lambda day: True),
    ):
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=int(os.environ.get("LIFE_N", "12")), stateful_step_count=int(os.environ.get("LIFE_STEPS", "15")),
                suppress_health_check=list(HealthCheck), deadline=None, report_multiple_bugs=False,
                phases=[Phase.generate] + ([Phase.shrink] if os.environ.get("LIFE_SHRINK") else []), database=None,
            ),
        )
