"""Whatever happens to children between one disposal and the next: nobody goes early, nobody stays, nobody goes by half.

Days are moved by moving what is recorded of the children back.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sharing import children
from sharing.children import CannotMerge
from sharing.door import retention as door
from sharing.door import subject_access
from sharing.ledger import proof
from sharing.models import ChildMerge, Disposal, Enrolment, Establishment, Pupil
from sharing.retention import disposing
from tests import factories
from tests.people import EDUNET, as_batch, as_owner, asker
from tests.retention.test_any_children import keeps, years
from tests.retention.test_bounds import asked_for
from tests.retention.worlds import BECKSIDE, MANAGER, RAVENSGILL, second_manager, traces

TODAY = timezone.localdate()
PLACES = (BECKSIDE, RAVENSGILL)
which, near = st.integers(0, 9), st.integers(-3, 3)
Step = tuple[str, dict[str, Any]]


def step(name: str, **told: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), st.fixed_dictionaries(told))


STEPS = st.lists(
    st.one_of(
        step("a_child", at=st.integers(0, 1), stays=st.lists(st.one_of(st.none(), near), max_size=2), age=near),
        step("comes_back", number=which),
        step("days_pass", days=st.sampled_from([1, 2, 400])),
        step("are_one", one=st.integers(0, 1), other=st.integers(2, 3)),
        step("are_two_again"),
        step("hold_a_child", number=which, until=st.sampled_from([None, 0, 1])),
        step("hold_a_school", at=st.integers(0, 1)),
        step("ask_for_the_records", number=which),
        step("lift"),
        step("lift"),
        step("becomes_an_academy"),
    ),
    max_size=3,
)

# Of the kinds that this model does not count, too: an address goes a year after the child has left.
MAKE_MORE_DUE = {"a_child", "comes_back", "lift", "days_pass", "are_one", "are_two_again"}


@dataclass
class Record:
    """One school's record of a child. `child`: as whom it is known now; `own`: by its UPN. `stays`: the last days."""

    pupil: Pupil
    urn: int
    child: int
    own: int
    born: int
    stays: list[int | None] = field(default_factory=list)
    gone: bool = False


@dataclass
class Held:
    """`what`: a child or a URN."""

    number: int
    what: set[int]
    until: int | None = None
    is_request: bool = False
    ended: bool = False


class Office(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.now = 0
        self.records: list[Record] = []
        self.holds: list[Held] = []
        self.merges: list[tuple[int, int, int, list[Held]]] = []
        self.same_urn = False
        for at in (0, 0, 1, 1):
            self.a_child(at, [0])

    def teardown(self) -> None:
        if hasattr(self, "all"):
            with as_batch():
                assert not proof.check().faults
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    def day(self, number: int) -> date:
        return TODAY + timedelta(days=number - self.now)

    # Children

    def a_child(self, at: int, stays: list[int | None], age: int = 0) -> None:
        """Born, and gone from the school, within days of the bounds."""
        born = years(TODAY, -25) + timedelta(days=age)
        made = factories.pupil(PLACES[at], born_on=born)
        factories.address(made, "1 The Road")
        factories.transfer(made, date(2018, 9, 1), date(2018, 12, 1))
        own = len(self.records)
        record = Record(made, PLACES[at], own, own, (born - TODAY).days + self.now)
        self.records.append(record)
        for last in stays:
            self.stays(record, None if last is None else years(TODAY, -1) + timedelta(days=last))

    def stays(self, record: Record, last: date | None) -> None:
        factories.enrolment(record.pupil, date(2010, 9, 1) + timedelta(days=len(record.stays)), last)
        record.stays.append(None if last is None else (last - TODAY).days + self.now)

    def comes_back(self, number: int) -> None:
        if record := self.one_of(number):
            self.stays(record, TODAY)

    def days_pass(self, days: int) -> None:
        self.now += days
        back = f"make_interval(days => {days})"
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, columns in (
                ("sharing_pupil", ("born_on",)),
                ("sharing_enrolment", ("starts_on", "ends_on")),
                ("sharing_transfer", ("expected_on", "agreed_on", "lapses_on")),
            ):
                mine = "id" if table == "sharing_pupil" else "pupil_id"
                sets = ", ".join(f"{name} = {name} - {back}" for name in columns)
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                cursor.execute(
                    f"UPDATE {table} SET {sets} WHERE {mine} = ANY (%s)", [[one.pupil.pk for one in self.records]]
                )
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"UPDATE sharing_legalhold SET until = until - {back}")
            cursor.execute(f"UPDATE sharing_disposal SET as_of = as_of - {back}")

    # Two identities

    def are_one(self, one: int, other: int) -> None:
        first, second = self.one_of(one), self.one_of(other)
        if first and second:
            with suppress(CannotMerge), transaction.atomic():
                done = children.merge(first.pupil.child_id, second.pupil.child_id, because="Test", by_name="Test")
                child, into = first.child, second.child
                for record in self.records:
                    if record.child == child:
                        record.child = into
                for hold in self.holds:
                    if child in hold.what:
                        hold.what.add(into)
                self.merges.append((done.pk, child, into, list(self.holds)))
                with as_owner():
                    ChildMerge.objects.filter(pk=done.pk).update(at=timezone.now() - timedelta(seconds=1))
                self.read_again()

    def are_two_again(self) -> None:
        if not self.merges:
            return
        number, child, into, before = self.merges.pop()
        with suppress(CannotMerge), transaction.atomic():
            children.undo(number, by_name="Test")
            for record in self.records:
                if record.own == child:
                    record.child = child
            for hold in self.holds:
                if into in hold.what and hold not in before:
                    hold.what.add(child)
            self.read_again()

    def read_again(self) -> None:
        for record in self.records:
            if not record.gone:
                with as_batch():
                    record.pupil = Pupil.objects.get(pk=record.pupil.pk)

    # What holds them

    def hold_a_child(self, number: int, until: int | None) -> None:
        if record := self.one_of(number):
            last = None if until is None else TODAY + timedelta(days=until)
            made = door.place_hold(
                asker(MANAGER, EDUNET),
                upn_key=record.pupil.upn_index,
                urn=None,
                reason=f"{len(self.holds)}",
                until=last,
            )
            self.holds.append(Held(made, {record.child}, None if until is None else self.now + until))

    def hold_a_school(self, at: int) -> None:
        made = door.place_hold(
            asker(MANAGER, EDUNET), upn_key="", urn=PLACES[at], reason=f"{len(self.holds)}", until=None
        )
        self.holds.append(Held(made, {PLACES[at]}))

    def ask_for_the_records(self, number: int) -> None:
        if record := self.one_of(number):
            made = asked_for(record.pupil)
            if not any(hold.is_request and hold.number == made for hold in self.holds):  # the same one is asked once
                self.holds.append(Held(made, {record.child}, is_request=True))

    def lift(self) -> None:
        for hold in [hold for hold in self.holds if not hold.ended][-1:]:
            hold.ended = True
            if hold.is_request:
                said = asker(MANAGER, EDUNET), None, hold.number
                subject_access.settle_subject_request(*said, step="answered")
            else:
                door.lift_hold(asker(MANAGER, EDUNET), hold.number)

    def becomes_an_academy(self) -> None:
        """Ravensgill carries on what Beckside was; the children of the past stay where they are."""
        with as_batch():
            after = factories.establishment(RAVENSGILL)
            Establishment.objects.filter(urn=BECKSIDE).update(goes_on_as=after)
        self.same_urn = True

    # Disposing

    @rule(taken=STEPS)
    def things_happen(self, taken: list[Step]) -> None:
        for step, told in taken:
            getattr(self, step)(**told)

    @rule(counted=STEPS, approves=st.booleans(), midway=STEPS, batches=st.sampled_from([1, 2]), killed=st.booleans())
    def a_disposal(self, counted: list[Step], approves: bool, midway: list[Step], batches: int, killed: bool) -> None:
        """One child in a batch. A worker that was killed is followed by another."""
        number, as_of = door.ask_for_disposal(asker(MANAGER, EDUNET)), self.now
        disposing.write_preview(self.disposal(number))
        due = self.due(as_of)
        with as_batch():
            lines = dict(self.disposal(number).lines.filter(kind="child").values_list("establishment__urn", "counted"))
        assert lines == Counter(record.urn for record in self.records if record.child in due)
        self.things_happen(counted)
        if not approves:
            door.decide_disposal(asker(MANAGER, EDUNET), number, approves=False)
            return
        door.decide_disposal(asker(second_manager(), EDUNET), number, approves=True)
        work = disposing.dispose(self.disposal(number))
        self.take(islice(work, batches), as_of)
        if self.disposal(number).state == "approved":
            self.things_happen(midway)
        if killed:
            work.close()
            work = disposing.dispose(self.disposal(number))
        self.take(work, as_of)
        state, left = self.disposal(number).state, self.due(as_of)
        assert state == "overtaken" or (state, left) == ("done", set())
        if due >= left and not {name for name, _ in counted + midway} & MAKE_MORE_DUE:
            assert state == "done"

    def take(self, work: Iterator[int], as_of: int) -> None:
        """Nobody goes who is not due."""
        while True:
            due = self.due(as_of)
            if next(work, None) is None:
                return
            gone = {record.child for record in self.records if not record.gone and not self.is_there(record)}
            assert gone <= due
            for record in self.records:
                record.gone |= record.child in gone

    def disposal(self, number: int) -> Disposal:
        with as_batch():
            return Disposal.objects.get(pk=number)

    # What is true

    def due(self, as_of_day: int) -> set[int]:
        """The children who go, by the day of the disposal and by what holds them today."""
        as_of = self.day(as_of_day)
        held = set().union(*(h.what for h in self.holds if not h.ended and (h.until is None or h.until >= self.now)))
        if self.same_urn and held & set(PLACES):
            held |= set(PLACES)
        kept = set()
        for record in self.records:
            told = [
                ("open" if last is None else "ended", None if last is None else self.day(last)) for last in record.stays
            ]
            late = [
                ("ended", years(self.day(record.born), 25)) if kind == "open" else (kind, last) for kind, last in told
            ]
            if {record.urn, record.child} & held or keeps((self.day(record.born), late), as_of):
                kept.add(record.child)
        return {one.child for one in self.records if not one.gone} - kept

    def is_there(self, record: Record) -> bool:
        with as_batch():
            return Pupil.objects.filter(pk=record.pupil.pk).exists()

    def one_of(self, number: int) -> Record | None:
        here = [record for record in self.records if not record.gone]
        return here[number % len(here)] if here else None

    @invariant()
    def everybody_is_whole_or_gone(self) -> None:
        if not hasattr(self, "all"):
            return
        for record in self.records:
            found = traces(record.pupil)
            if record.gone:
                assert found.keys() <= {"portal_keys.gone"}, found
            else:
                assert {"sharing_pupil", "sharing_child", "portal_keys.key"} <= found.keys(), found
                with as_batch():
                    stays = Enrolment.objects.filter(pupil=record.pupil.pk).count()
                assert stays == len(record.stays)


@pytest.mark.django_db
def test_any_disposal() -> None:
    """P5, R13, R18."""
    with patch("sharing.retention.disposing.AT_ONCE", 1):
        run_state_machine_as_test(
            Office,
            settings=settings(
                max_examples=12, stateful_step_count=6, suppress_health_check=list(HealthCheck), deadline=None
            ),
        )
