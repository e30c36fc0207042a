"""Whatever happens to a school and its grown-ups: headships, contracts, sanctions, the protocol, new URNs.

Nobody sees more than the register says, and what was taken away does not come back by itself.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from access_register import grants
from access_register.headships import handovers
from access_register.levels import Level
from access_register.models import (
    Breach,
    BreachParty,
    Contract,
    Handover,
    LineEvent,
    Person,
    ProtocolVersion,
    RegisterLine,
    Sanction,
)
from access_register.participation import participation
from access_register.register import register
from access_register.register.register import Entry
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing.authorise import Asker, Refusal
from sharing.cannot import CannotDo
from sharing.dates import covers
from sharing.imports.succession import carry_over
from sharing.models import Establishment, Participation
from sharing.models.establishments import CLOSED
from sharing.signals import community_changed
from tests.people import EDUNET, SCHOOLS_ONLINE, accepts, as_batch, as_owner, asker, person

BECKSIDE, NEW = 999002, 150001
STAFF = ["head-beckside", "deputy-beckside", "business-manager-beckside", "teacher-beckside", "governor-beckside"]
OFFICER, OTHER_OFFICER = "officer-no-duty", "officer-admissions"

staff, numbers, ahead = st.sampled_from(STAFF), st.integers(0, 40), st.sampled_from([0, 1, 10, 30])
lasting = st.sampled_from([None, None, 0, 20])
weeks = st.sampled_from([1, 4])


def as_asker(somebody: Person) -> Asker:
    return Asker(somebody.pk, somebody.name, SCHOOLS_ONLINE, second_factor=True, confirmed_lately=True)


class Life(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.today = timezone.localdate()
        self.place = Establishment.objects.get(urn=BECKSIDE)
        self.cases: list[int] = []
        self.has_left = False

    def teardown(self) -> None:
        if hasattr(self, "all"):
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    def attempt(self, what: Callable[..., Any], *args: Any, **typed: Any) -> Any:
        """What it returns, or None where it is refused."""
        with suppress(CannotDo, Refusal), transaction.atomic():
            return what(*args, **typed)

    def head(self) -> Asker:
        with as_batch():
            line = RegisterLine.objects.get(covers(self.today), establishment=self.place, seat=0, withdrawn_at=None)
            return as_asker(line.person)

    def last_handover(self) -> Handover | None:
        with as_batch():
            return Handover.objects.select_related("successor").filter(establishment=self.place).order_by("pk").last()

    def one_of(self, rows: Any, number: int) -> int:
        with as_batch():
            found = rows.objects.filter(establishment=self.place).order_by("pk")
            return found[number % found.count()].pk

    @rule(slug=staff, on=ahead, length=lasting, far=st.sampled_from([1, 2, 3, 3]))
    def hand_over(self, slug: str, on: int, length: int | None, far: int) -> None:
        """Named, verified and accepted, or left half-way."""
        known, first = person(slug), self.today + timedelta(days=on)
        until = None if length is None else first + timedelta(days=length)
        typed = {"name": known.name, "email": known.email, "on": first, "until": until}
        self.attempt(handovers.name_successor, asker(OFFICER, EDUNET), self.place.urn, **typed)
        if (handover := self.last_handover()) and far > 1:
            self.attempt(handovers.verify_successor, asker(OTHER_OFFICER, EDUNET), handover.pk)
            if far > 2:
                self.attempt(handovers.accept_headship, as_asker(handover.successor), handover.pk)

    @rule()
    def cancel(self) -> None:
        if handover := self.last_handover():
            self.attempt(handovers.cancel_handover, asker(OFFICER, EDUNET), handover.pk)

    @rule(slug=staff, level=st.sampled_from([1, 3]))
    def give(self, slug: str, level: int) -> None:
        known, entry = person(slug), Entry(Level(level), "teacher", confirmed=True)
        self.attempt(
            register.give_access, self.head(), self.place.urn, name=known.name, email=known.email, entry=entry
        )  # fmt: skip

    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        line = self.one_of(RegisterLine, number)
        self.attempt(register.withdraw_access, self.head(), self.place.urn, line, because="")

    @rule(first=st.sampled_from([0, 5]), last=st.sampled_from([5, 60]))
    def agree_on_a_contract(self, first: int, last: int) -> None:
        days = [self.today + timedelta(days=count) for count in (first, last)]
        terms, known = Terms("Heron Psychology", "HP-1", "Clause 7", *days), person("third-party-two-sponsors")
        number = self.attempt(third_parties.record_contract, self.head(), self.place.urn, terms=terms)
        typed = {"name": known.name, "email": known.email, "level": Level.THREE}
        self.attempt(third_parties.add_third_party, self.head(), self.place.urn, number, **typed)

    @rule(number=numbers, last=st.sampled_from([0, 15, 50]))
    def change_the_contract(self, number: int, last: int) -> None:
        contract, day = self.one_of(Contract, number), self.today + timedelta(days=last)
        self.attempt(third_parties.change_contract, self.head(), self.place.urn, contract, on=day)

    @rule(number=numbers)
    def end_the_contract(self, number: int) -> None:
        contract = self.one_of(Contract, number)
        self.attempt(third_parties.end_contract, self.head(), self.place.urn, contract)

    def judge(self, case: int, measure: str, length: int) -> None:
        """What the vote of a panel enacts, without the panel."""
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT access_register_enact(%s, %s, %s, %s)", [case, measure, length, self.today])

    @rule(number=numbers, measure=st.sampled_from(["suspend_establishment", "end_third_party"]), length=weeks)
    def sanction(self, number: int, measure: str, length: int) -> None:
        against = {"establishment": self.place}
        if measure == "end_third_party":
            against = {"contract_id": self.one_of(Contract, number)}
        with as_owner():
            case = Breach.objects.create(children="1", happened="x", whom="x", aware_at=timezone.now())
            BreachParty.objects.create(breach=case, name="x", **against)
        self.cases.append(case.pk)
        self.judge(case.pk, measure, length)

    @rule(number=numbers)
    def lift(self, number: int) -> None:
        if self.cases:
            self.judge(self.cases[number % len(self.cases)], "none", 0)

    @rule()
    def leave_the_protocol(self) -> None:
        self.attempt(participation.leave_protocol, self.head(), self.place.urn)
        self.has_left = True  # it has, or takes no part already: by leaving, or it was left during a suspension

    @rule()
    def sign_up(self) -> None:
        with as_batch():
            version = ProtocolVersion.objects.in_force_on(self.today)[0].pk
            suspended = self.is_suspended()
        self.attempt(participation.join_protocol, self.head(), self.place.urn, version_id=version)
        self.has_left = self.has_left and suspended
        for somebody in Person.objects.exclude(protocol_accepted_until=None):
            accepts(somebody)

    @rule(ago=st.sampled_from([0, 10]), joined=st.sampled_from([None, 0, 20]))
    def convert(self, ago: int, joined: int | None) -> None:
        """It carries on under a new URN, which may have begun to take part by itself before that was known."""
        old, on = self.place, self.today - timedelta(days=ago)
        new = Establishment(urn=NEW + old.urn % 100, la_code=old.la_code, name="Academy", kind=old.kind, as_of=on)
        with as_batch():
            new.save()
            if joined is not None:
                Participation.objects.create(establishment=new, starts_on=self.today - timedelta(days=joined))
            Establishment.objects.filter(pk=old.pk).update(status_code=CLOSED, close_date=on - timedelta(days=1))
            carry_over(old, new, on, self.today)
            Establishment.objects.filter(pk=old.pk).update(goes_on_as=new)
            community_changed.send(sender=Establishment, today=self.today)
            assert not RegisterLine.objects.live_on(self.today).filter(establishment=old).exists()
            assert not Participation.objects.filter(establishment=old).exclude(ends_on__lte=self.today).exists()
        self.place = new

    def is_suspended(self) -> bool:
        held = Sanction.objects.filter(covers(self.today), establishment=self.place, lifted_at=None)
        return held.filter(measure="suspend_establishment").exists()

    @invariant()
    def there_is_one_head_each_day(self) -> None:
        """R32, A7."""
        with as_batch():
            lines = RegisterLine.objects.filter(establishment=self.place, seat=0, withdrawn_at=None)
            for day in (self.today + timedelta(days=count) for count in range(55)):
                assert lines.filter(covers(day)).count() == 1

    @invariant()
    def the_rows_are_what_the_lines_say(self) -> None:
        """R44, R45."""
        with as_batch():
            assert grants.drift(self.today) == (set(), set())

    @invariant()
    def nobody_outstays_a_contract(self) -> None:
        """R25."""
        with as_batch():
            lines = RegisterLine.objects.live_on(self.today).filter(establishment=self.place).exclude(contract=None)
            for line in lines.select_related("contract"):
                assert line.contract.establishment_id == self.place.pk
                assert line.contract.ended_at is None
                assert line.ends_on <= line.contract.ends_on

    @invariant()
    def who_has_left_or_is_suspended_does_not_share(self) -> None:
        """R16, R41: and everybody else does."""
        with as_batch():
            shares = Participation.objects.filter(covers(self.today), establishment=self.place).exists()
            assert shares is not (self.has_left or self.is_suspended())

    @invariant()
    def the_history_ends_where_the_line_stands(self) -> None:
        """R36."""
        with as_batch():
            for line in RegisterLine.objects.filter(establishment=self.place):
                last = LineEvent.objects.filter(line=line).order_by("pk").last()
                assert last.after["version"] == line.version
                assert last.after["ends_on"] == (line.ends_on.isoformat() if line.ends_on else None)


@pytest.mark.django_db
def test_any_life_of_a_school_and_its_grown_ups() -> None:
    """R16, R25, R32, R36, R41, R44, R45."""
    run_state_machine_as_test(
        Life, settings=settings(max_examples=8, stateful_step_count=14, suppress_health_check=list(HealthCheck))
    )
