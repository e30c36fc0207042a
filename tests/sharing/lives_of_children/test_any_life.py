"""Any sequence of steps in children's lives at three schools: who sees whom is what the plain model says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from access_register import grants
from tests.people import as_batch
from tests.sharing.lives_of_children.known import BEFORE, GRACE, LAPSE, Going, Place, Told
from tests.sharing.lives_of_children.store import AROUND, SCHOOLS, TODAY, Store
from tests.sharing.lives_of_children.told import Lives

children, schools = st.sampled_from(["Adams", "Adams", "Bell"]), st.sampled_from(list(SCHOOLS))
forenames = st.sampled_from(["Robin", "Robyn"])
which, ago = st.sampled_from([0, 0, 0, 1]), st.integers(0, 4)


@st.composite
def rolls(draw: st.DrawFn) -> list[Told]:
    """What a return says of one or two children, in days from its own."""
    told = []
    for child in draw(st.lists(children, min_size=1, max_size=2, unique=True)):
        first = -draw(st.sampled_from([0, 0, 1, 2, 4, 7, 10]))
        last = draw(st.none() | st.integers(first, -1)) if first else None
        told.append(Told(child, draw(forenames), first, last, draw(st.sampled_from("CCCCMSG"))))
    return told


STEPS = st.one_of(
    *(
        st.tuples(st.just(step), st.fixed_dictionaries(said))
        for step, said in {
            "a_transfer_file": {"child": children, "school": schools, "ago": ago, "forename": forenames},
            "a_class_list": {"child": children, "school": schools, "name": st.sampled_from(["4A", "4B"])},
            "begin_a_transfer": {"which": which, "receiver": schools, "after": st.integers(0, 3)},
            "tell_from_outside": {"child": children, "receiver": schools, "after": st.integers(0, 3)},
            "answer": {"which": which, "yes": st.sampled_from([True, True, True, False])},
            "accept_who_has_come": {"which": which, "ago": ago},
            "cancel": {"which": which},
            "arrive": {"which": which, "ago": ago},
            "leave": {"which": which, "after": st.integers(-4, 9), "outside": st.booleans()},
            "stay_after_all": {"which": which},
            "make_the_file": {"which": which},
            "make_the_file_for_outside": {"child": children, "school": schools},
        }.items()
    )
)
"""What people do, each with what may be said."""


def disagree(first: list[Told], second: list[Told]) -> bool:
    """Whether two schools have a child, and one of them says that it is on its register alone. If the child moves
    between them, what the later file says then counts.
    """
    kinds = [{one.child: one.kind for one in roll} for roll in (first, second)]
    return any("C" in (kinds[0][child], kinds[1][child]) for child in kinds[0].keys() & kinds[1].keys())


class Life(RuleBasedStateMachine):
    folder: Path

    @initialize()
    def begin_story(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.lives, self.store = Lives(), Store(self.folder)
        self.last_return: dict[str, int] = {}
        self.a_return("beckside", [Told(child, "Robin", -11) for child in ("Adams", "Bell")], 9)
        self.begin_a_transfer(0, "larkroyd", 3)
        self.answer(0, yes=True)

    def teardown(self) -> None:
        if hasattr(self, "all"):
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    # Files

    @rule(school=schools, roll=rolls(), ago=st.sampled_from([0, 0, 0, 1, 2, 5]))
    def a_return(self, school: str, roll: list[Told], ago: int) -> None:
        """Also of an earlier day than the last one, which is refused."""
        day = self.lives.now - ago
        if self.is_open(school, day):
            newest, said = self.last_return.get(school, day), self.on(school, day, roll)
            assert self.store.send_return(school, day, said) is (newest <= day)
            if newest <= day:
                self.last_return[school] = day
                self.lives.returned(school, day, said)

    @rule(first=schools, second=schools, one=rolls(), other=rolls(), ago=st.sampled_from([0, 0, 1, 5]))
    def an_export_of_all_schools(self, first: str, second: str, one: list[Told], other: list[Told], ago: int) -> None:
        """Also of an earlier day than the last one, which undoes nothing that is known of a later day."""
        day = self.lives.now - ago
        if self.is_open(first, day) and self.is_open(second, day) and (first == second or not disagree(one, other)):
            said = {first: self.on(first, day, one), second: self.on(second, day, other)}
            assert self.store.send_export(day, said)
            for school, roll in said.items():
                self.lives.returned(school, day, roll)

    @rule(one=schools, two=schools, first=rolls(), second=rolls())
    def returns_of_two_schools_in_either_order(self, one: str, two: str, first: list[Told], second: list[Told]) -> None:
        day = self.lives.now
        if one == two or disagree(first, second):
            return
        returns = [(one, day, self.on(one, day, first)), (two, day, self.on(two, day, second))]
        assert self.after(returns) == self.after(returns[::-1])

    def a_transfer_file(self, child: str, school: str, ago: int, forename: str) -> None:
        said = child, school, self.lives.now - ago, forename
        assert self.store.send_transfer_file(*said) is self.lives.transfer_file(*said)

    def a_class_list(self, child: str, school: str, name: str) -> None:
        assert self.store.send_class_list(school, {child: name})
        self.lives.class_list(school, {child: name})

    # People

    @rule(taken=st.lists(STEPS, min_size=2, max_size=4))
    def people_take_steps(self, taken: list[tuple[str, dict[str, Any]]]) -> None:
        for step, said in taken:
            getattr(self, step)(**said)

    def begin_a_transfer(self, which: int, receiver: str, after: int) -> None:
        if (place := self.on_roll(which)) and place[1] != receiver:
            said = *place, receiver, self.lives.now + after
            assert self.store.begin(*said) is self.lives.begin(*said)

    def tell_from_outside(self, child: str, receiver: str, after: int) -> None:
        said = child, receiver, self.lives.now + after
        assert self.store.tell_from_outside(*said) is self.lives.tell_from_outside(*said)

    def answer(self, which: int, yes: bool) -> None:
        for transfer, going in self.goings(which, waiting=True):
            step = "accept" if yes else "decline"
            assert getattr(self.store, step)(transfer, going.receiver) is getattr(self.lives, step)(going)

    def accept_who_has_come(self, which: int, ago: int) -> None:
        self.answer(which, yes=True)
        self.arrive(which, ago)

    def cancel(self, which: int) -> None:
        for transfer, going in self.goings(which, waiting=False):
            if not going.cancelled:
                assert self.store.cancel(transfer, going.sender, going.receiver) is self.lives.cancel(going)

    def arrive(self, which: int, ago: int) -> None:
        for transfer, going in self.goings(which, waiting=False):
            day = self.lives.now - ago
            assert self.store.arrive(transfer, going.receiver, day) is self.lives.arrive(going, day)

    def leave(self, which: int, after: int, outside: bool) -> None:
        if place := self.on_roll(which):
            said = *place, self.lives.now + after, outside
            assert self.store.leave(*said) is self.lives.leave(*said)

    def stay_after_all(self, which: int) -> None:
        if place := self.on_roll(which):
            assert self.store.stay_after_all(*place) is self.lives.stay_after_all(*place)

    def make_the_file(self, which: int) -> None:
        for transfer, going in self.goings(which, waiting=False):
            if going.sender:
                assert self.store.make_file(transfer, going.sender) is self.lives.make_file(going)

    def make_the_file_for_outside(self, child: str, school: str) -> None:
        assert self.store.make_file_outside(child, school) is self.lives.make_file_outside(child, school)

    # Time

    @rule(days=st.sampled_from([1, 1, 2, 5]))
    def days_pass(self, days: int) -> None:
        self.store.let_pass(days)
        self.lives.let_pass(days)

    @precondition(lambda self: "beckside" not in self.lives.opened)
    @rule()
    def beckside_becomes_an_academy(self) -> None:
        self.store.convert()
        self.lives.converted()
        self.last_return.pop("beckside", None)

    # What is true after each step

    @invariant()
    def each_school_sees_the_children_who_attend_or_come_and_nobody_else(self) -> None:
        if not hasattr(self, "all"):
            return
        known = self.lives.records
        assert self.store.days_seen() == {
            place: {day for day in AROUND if self.lives.sees(*place, day)} for place in known
        }
        for school in SCHOOLS:
            today = [child for child, at in known if at == school and self.lives.sees(child, at, self.lives.now)]
            seen, owed = self.store.seen_by_the_head(school)
            assert seen == {(child, known[child, school].forename) for child in today}
            assert owed == self.lives.owed(school)

    @invariant()
    def nothing_that_was_said_is_lost(self) -> None:
        """Nor is a child twice on the register of one day."""
        if not hasattr(self, "all"):
            return
        records = self.lives.records.items()
        assert self.store.stays() == {place: record.told() for place, record in records if record.stays}
        assert self.store.classes() == {place: record.class_name for place, record in records}
        assert self.store.missing() == self.lives.missing()

    # What a step is about

    def goings(self, which: int, *, waiting: bool) -> Iterator[tuple[int, Going]]:
        """One of the transfers that wait for an answer, or of those agreed; of all, where there is none. The newest
        first."""
        every = zip(self.store.transfers(), self.lives.goings, strict=True)
        known = [one for one in every if BEFORE not in (one[1].sender, one[1].receiver)][::-1]
        under_way = [one for one in known if one[1].is_under_way(self.lives.now)]
        fit = [one for one in under_way if (one[1].agreed is None) is waiting] or known
        yield from fit[which : which + 1]

    def on_roll(self, which: int) -> Place | None:
        found = sorted(place for place in self.lives.records if self.lives.is_on_roll(*place) and place[1] != BEFORE)
        return found[which % len(found)] if found else None

    def is_open(self, school: str, day: int) -> bool:
        return day >= self.lives.opened.get(school, day)

    def on(self, school: str, day: int, roll: list[Told]) -> list[Told]:
        """What the roll says on that day, without who had left before the school opened."""
        said = [replace(one, first=one.first + day, last=None if one.last is None else one.last + day) for one in roll]
        return [one for one in said if one.last is None or self.is_open(school, one.last)]

    def after(self, returns: list[tuple[str, int, list[Told]]]) -> object:
        """Where these returns leave the children."""
        with transaction.atomic():
            for said in returns:
                self.store.send_return(*said)
            found = self.store.days_seen(), self.store.stays()
            transaction.set_rollback(True)
        return found


@pytest.mark.django_db
def test_any_life(tmp_path: Path) -> None:
    """R5, R7, R8, R9, R22, R43: every day is a school day here."""
    Life.folder = tmp_path
    days = {"TRANSFER_LAPSE_SCHOOL_DAYS": LAPSE, "CTF_GRACE_SCHOOL_DAYS": GRACE}
    with override_settings(**days), patch("sharing.school_year.is_school_day", return_value=True):
        run_state_machine_as_test(
            Life,
            settings=settings(max_examples=16, stateful_step_count=8, suppress_health_check=list(HealthCheck)),
        )
    with as_batch():
        assert grants.drift(TODAY) == (set(), set())
