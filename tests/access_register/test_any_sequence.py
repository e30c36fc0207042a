"""Any sequence of actions by anyone: one head, two named staff, and exactly the rows and the view the lines say."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from access_register import grants, service
from access_register.levels import Level
from access_register.models import LineEvent, Person, RegisterLine
from access_register.register import register
from access_register.register.register import CannotChange, Entry
from sharing.authorise import Asker, Permission, Refusal, Through, visit
from sharing.models import Attendance, Establishment, Pupil, PupilNeeds, StaffMember
from tests.people import accepts, as_batch, person

BECKSIDE = 999002
ACTORS = [
    "head-beckside", "head-beckside", "head-beckside", "deputy-beckside", "business-manager-beckside",
    "teacher-beckside", "assistant-beckside", "third-party-beckside", "head-ravensgill", "superuser",
]  # fmt: skip
WATCHED = [*sorted(set(ACTORS)), "absent-beckside", "governor-beckside"]
NEW = "somebody@beckside.example"

actors, numbers, flags = st.sampled_from(ACTORS), st.integers(0, 40), st.booleans()
years = st.lists(st.sampled_from(["R", "1", "2", "5", "6"]), max_size=3)
kinds = st.lists(st.sampled_from(["contact", "sen", "attainment", "attendance"]), max_size=4)
last_days = st.sampled_from([None, None, 0, 30])
entries = st.builds(
    lambda level, role, basis, words, last, confirmed: Entry(
        Level(level), role, basis, words, timezone.localdate() + timedelta(days=last) if last is not None else None,
        confirmed,
    ),
    st.sampled_from([1, 2, 2, 3]),
    st.sampled_from([*RegisterLine.Role.values, "teacher", "teacher"]),
    st.sampled_from(["", "teaches", "teaches", "heads_reason"]),
    st.sampled_from(["", "Runs the breakfast club"]),
    last_days,
    st.sampled_from([True, True, False]),
)  # fmt: skip


def what_the_lines_say(
    person_id: int, pupils: dict[int, list[Pupil]], counted: set[UUID], today: date
) -> tuple[set, set, set, set]:
    """(pupils, with their needs, with their attendance, establishments whose staff) one may see (R33, A5)."""
    seen, needs, attendance, staff = set(), set(), set(), set()
    for line in RegisterLine.objects.filter(person_id=person_id, withdrawn_at=None):
        if line.suspended_at or line.awaiting_since or not line.starts_on <= today <= (line.ends_on or today):
            continue
        if line.level == 1:
            staff.add(line.establishment_id)
        whole = line.level == 1 or not line.year_groups
        in_years = {p.pk for p in pupils[line.establishment_id] if whole or p.year_group in line.year_groups}
        here = in_years if line.level < 3 else set()
        seen |= here
        needs |= here if line.level == 1 or "sen" not in line.withheld else set()
        attendance |= here if line.level == 1 or "attendance" not in line.withheld else set()
    return seen, needs, attendance & counted, staff


class Register(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.today = timezone.localdate()
        self.pupils: dict[int, list[Pupil]] = defaultdict(list)
        with as_batch():
            for pupil in Pupil.objects.visible_on(self.today).only("pk", "year_group", "establishment_id"):
                self.pupils[pupil.establishment_id].append(pupil)
            self.counted = set(Attendance.objects.values_list("pupil_id", flat=True))

    def teardown(self) -> None:
        if hasattr(self, "all"):
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    def line(self, number: int) -> int:
        with as_batch():
            lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE).order_by("pk")
            return lines[number % lines.count()].pk

    def attempt(self, actor: str, what, *args, **typed) -> None:
        somebody = person(actor)
        with suppress(CannotChange, Refusal):
            what(Asker(somebody.pk, somebody.name, Through.SCHOOLS_ONLINE), BECKSIDE, *args, **typed)

    @rule(actor=actors, entry=entries, number=numbers)
    def give(self, actor: str, entry: Entry, number: int) -> None:
        email = NEW if number > 30 else person(WATCHED[number % len(WATCHED)]).email
        self.attempt(actor, register.give_access, name="Somebody", email=email, entry=entry)

    @rule(actor=actors, entry=entries, number=numbers)
    def change(self, actor: str, entry: Entry, number: int) -> None:
        self.attempt(actor, register.change_access, self.line(number), entry=entry)

    @rule(actor=actors, number=numbers, years=years, kinds=kinds)
    def narrow(self, actor: str, number: int, years: list[str], kinds: list[str]) -> None:
        self.attempt(actor, register.narrow_access, self.line(number), year_groups=years, withheld=kinds)

    @rule(actor=actors, number=numbers)
    def suspend(self, actor: str, number: int) -> None:
        self.attempt(actor, register.suspend_access, self.line(number), because="")

    @rule(actor=actors, number=numbers)
    def resume(self, actor: str, number: int) -> None:
        self.attempt(actor, register.resume_access, self.line(number))

    @rule(actor=actors, number=numbers)
    def withdraw(self, actor: str, number: int) -> None:
        self.attempt(actor, register.withdraw_access, self.line(number), because="")

    @rule(number=numbers, days=st.sampled_from([-1, 0, 5]))
    def end(self, number: int, days: int) -> None:
        with as_batch():
            service.end_line(RegisterLine.objects.get(pk=self.line(number)), last_day=self.today + timedelta(days=days))

    @rule(seat=st.sampled_from([0, 1, 2]), awaiting=flags)
    def invite_to_a_seat(self, seat: int, awaiting: bool) -> None:
        """As an import or an invitation might, past all rules but the database's (R32, A9)."""
        with as_batch():
            invited, is_new = Person.objects.get_or_create(email=f"seat{seat}@beckside.example", name="Invited")
            if is_new:
                accepts(invited)  # the protocol: what is asked here is what the lines open
            with suppress(IntegrityError), transaction.atomic():
                service.place_line(
                    RegisterLine(
                        establishment=Establishment.objects.get(urn=BECKSIDE), person=invited, level=1, seat=seat,
                        role="teacher", starts_on=self.today, level_since=self.today, given_by_name="Ruth Oldroyd",
                        awaiting_since=timezone.now() if awaiting else None,
                    )
                )  # fmt: skip

    @invariant()
    def one_head_and_two_named_staff(self) -> None:
        """R32."""
        with as_batch():
            here = RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1, withdrawn_at=None)
            now = [line.seat for line in here if line.starts_on <= self.today <= (line.ends_on or self.today)]
        assert now.count(0) <= 1
        assert len([seat for seat in now if seat]) <= 2

    @invariant()
    def the_rows_are_what_the_lines_say(self) -> None:
        """R45."""
        with as_batch():
            assert grants.drift(self.today) == (set(), set())

    @invariant()
    def everybody_sees_what_the_lines_say(self) -> None:
        """R33, R35, by row-level security alone."""
        invited = Person.objects.filter(email__in=[NEW, *(f"seat{seat}@beckside.example" for seat in range(3))])
        for who in [*map(person, WATCHED), *invited]:
            with as_batch():
                expected = what_the_lines_say(who.pk, self.pupils, self.counted, self.today)
            asker = Asker(who.pk, who.name, Through.SCHOOLS_ONLINE)
            with visit(asker, Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                seen = tuple(
                    set(model.objects.values_list(column, flat=True))
                    for model, column in (
                        (Pupil, "pk"), (PupilNeeds, "pk"), (Attendance, "pupil_id"), (StaffMember, "establishment_id"),
                    )
                )  # fmt: skip
            assert seen == expected, who.email

    @invariant()
    def the_history_ends_where_the_line_stands(self) -> None:
        """R36."""
        with as_batch():
            for line in RegisterLine.objects.filter(establishment__urn=BECKSIDE):
                last = LineEvent.objects.filter(line=line).order_by("-at", "-pk").first()
                assert last.after["version"] == line.version
                assert last.after["withdrawn"] is (line.withdrawn_at is not None)


@pytest.mark.django_db
def test_any_sequence_of_actions_by_anyone() -> None:
    """R32, R33, R35, R36, R45."""
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )
