"""Children for trying out the rules for dates: dual and guest pupils, leavers, starters, transfers (R5, R7).

Each case is one child with a record for each establishment concerned, and dates counted from today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sharing.crypto import blind_index
from sharing.demo.days import year_start
from sharing.demo.places import (
    BECKSIDE,
    BY_URN,
    CRAGWELL,
    LA,
    MILLBECK,
    NETHERWICK,
    OXENBY,
    RAVENSGILL,
    SKELBROOK,
    THORNLEY_CROSS,
)
from sharing.demo.pupils import AGE_IN_RECEPTION, Wanted, live, reception_year, record, record_id
from sharing.demo.staff import KNOWN
from sharing.grace import lapses_on
from sharing.models import Enrolment, Transfer
from sharing.school_year import SATURDAY
from sharing.upn import make_upn

ALLOTTED, ELSEWHERE = 2020, 381
SEED = 2012
CANCELLED_AT = datetime(2020, 9, 1, 9, tzinfo=UTC)  # any time in the past: a cancelled transfer shows nothing
LONG_AGO = -400
Kind = Enrolment.Kind


@dataclass(frozen=True)
class Stay:
    """A time on a register: first and last day, counted in days from today."""

    first: int
    last: int | None = None
    kind: str = Kind.CURRENT


@dataclass(frozen=True)
class Coming:
    """An agreed transfer: the days of agreement and expected arrival, counted from today."""

    from_urn: int
    agreed: int
    expected: int
    cancelled: bool = False


@dataclass(frozen=True)
class Asserted:
    """A transfer that the receiver has not agreed to (yet), with its day of expected arrival, counted from today.

    `declined`: the day on which the receiver said no, and why. `from_name`: a school outside the community; the child
    has no record anywhere here.
    """

    to_urn: int
    expected: int
    declined: int | None = None
    because: str = ""
    from_name: str = ""


@dataclass(frozen=True)
class Case:
    """One child. `at`: establishment -> what its record contains. `asserted`: where the child is said to be going."""

    slug: str
    serial: int
    forename: str
    surname: str
    sex: str
    year_group: str
    at: dict[int, tuple[Stay | Coming, ...]]
    asserted: Asserted | None = None

    @property
    def upn(self) -> str:
        """A UPN allotted by the first establishment named, or by one in another authority."""
        if not self.at:
            return make_upn(ELSEWHERE, self.serial, ALLOTTED, self.serial)
        return make_upn(LA, BY_URN[next(iter(self.at))].number_in_upns, ALLOTTED, self.serial)


CASES = (
    Case(
        "dual", 901, "Rowan", "Ashgill", "M", "9",
        {OXENBY: (Stay(LONG_AGO, kind=Kind.MAIN),), MILLBECK: (Stay(-60, kind=Kind.SUBSIDIARY),)},
    ),
    Case(
        "guest", 902, "Saffron", "Inglethorpe", "F", "10",
        {NETHERWICK: (Stay(LONG_AGO),), THORNLEY_CROSS: (Stay(-20, kind=Kind.GUEST),)},
    ),
    Case("left-yesterday", 903, "Zaid", "Mirpurwala", "M", "4", {BECKSIDE: (Stay(LONG_AGO, -1),)}),
    Case("leaves-today", 904, "Clover", "Satterthwaite", "F", "4", {BECKSIDE: (Stay(LONG_AGO, 0),)}),
    Case("starts-tomorrow", 905, "Hamish", "Braithwell", "M", "3", {BECKSIDE: (Stay(1),)}),
    Case(
        "transfer-agreed", 906, "Inaya", "Quraishi-Dale", "F", "5",
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -5, 10),)},
    ),
    Case(
        "transfer-lapsed", 907, "Jasper", "Thistlewood", "M", "5",
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -105, -85),)},
    ),
    Case(
        "transfer-cancelled", 908, "Marta", "Wolanska", "F", "2",
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -10, 5, cancelled=True),)},
    ),
    Case("came-back", 909, "Kit", "Ollerenshaw", "M", "6", {BECKSIDE: (Stay(LONG_AGO, -200), Stay(-45))}),
    Case(
        "transfer-the-other-way", 910, "Amber", "Lockyerdale", "F", "3",
        {BECKSIDE: (Stay(LONG_AGO),), RAVENSGILL: (Coming(BECKSIDE, -2, 14),)},
    ),
    Case(
        "transfer-waiting", 911, "Bronwen", "Sedgewick", "F", "4",
        {RAVENSGILL: (Stay(LONG_AGO),)}, Asserted(BECKSIDE, 12),
    ),
    Case(
        "transfer-waiting-late", 912, "Idris", "Chaudhry-Holt", "M", "2",
        {CRAGWELL: (Stay(LONG_AGO),)}, Asserted(BECKSIDE, -4),
    ),
    Case(
        "transfer-from-outside", 913, "Petra", "Vasilenko", "F", "1",
        {}, Asserted(BECKSIDE, 9, from_name="Hollinbank Primary School, Calderdale"),
    ),
    Case(
        "transfer-overdue", 914, "Lennox", "Featherby", "M", "3",
        {SKELBROOK: (Stay(LONG_AGO),), RAVENSGILL: (Coming(SKELBROOK, -30, -6),)},
    ),
    Case(
        "transfer-declined", 915, "Mina", "Sadowska", "F", "5",
        {BECKSIDE: (Stay(LONG_AGO),)},
        Asserted(RAVENSGILL, 6, declined=-3, because="Year 5 is full. Please ask Skelbrook Free School."),
    ),
    Case(
        "transfer-to-secondary", 916, "Tariq", "Lowenthal", "M", "6",
        {BECKSIDE: (Stay(LONG_AGO),)}, Asserted(OXENBY, 20),
    ),
)  # fmt: skip
BY_SLUG = {case.slug: case for case in CASES}


def cases(today: date) -> Iterator[Wanted]:
    """The records of all cases, as of today."""
    for case in CASES:
        for urn, what in case.at.items():
            yield _record(case, urn, what, today)


def asserted(today: date) -> Iterator[tuple[int, int | None, Transfer]]:
    """(receiver's URN, sender's URN, transfer) for those that nobody has agreed to."""
    for case in CASES:
        if said := case.asserted:
            from_urn = next(iter(case.at), None)
            transfer = _transfer(case, said, from_urn, today)
            transfer.from_name = said.from_name
            if said.declined is not None:
                transfer.declined_at = datetime.combine(_days(said.declined, today), time(9), UTC)
                transfer.declined_because = said.because
                transfer.answered_by_name = _head_of(said.to_urn)
            yield said.to_urn, from_urn, transfer


def _record(case: Case, urn: int, what: tuple[Stay | Coming, ...], today: date) -> Wanted:
    wanted = record(
        urn,
        case.upn,
        today,
        forename=case.forename,
        surname=case.surname,
        sex=case.sex,
        born_on=_born_on(case, today),
        year_group=case.year_group,
        ethnicity="WBRI",
        language="ENG",
        sen="N",
        free_school_meals=False,
        service_child="N",
        boarder="N",
        class_name=f"{case.year_group}A",
    )
    for part in what:
        if isinstance(part, Stay):
            wanted.enrolments.append(_enrolment(part, today))
        else:
            transfer = _transfer(case, part, part.from_urn, today)
            transfer.agreed_on = _days(part.agreed, today)
            transfer.answered_by_name = _head_of(urn)
            transfer.cancelled_at = CANCELLED_AT if part.cancelled else None
            wanted.transfers.append((part.from_urn, transfer))
    if wanted.enrolments:
        live(wanted, today, SEED)
    return wanted


def _days(count: int, today: date) -> date:
    """The day `count` days from today. A long stay begins with a school year, so it does not move from day to day."""
    return date(year_start(today).year - 1, 9, 1) if count == LONG_AGO else today + timedelta(days=count)


def _no_weekend(day: date) -> date:
    """The day itself, or the Monday after it: nobody is expected on a Saturday or a Sunday."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def _enrolment(stay: Stay, today: date) -> Enrolment:
    last = None if stay.last is None else _days(stay.last, today)
    return Enrolment(kind=stay.kind, starts_on=_days(stay.first, today), ends_on=last)


def _transfer(case: Case, said: Coming | Asserted, from_urn: int | None, today: date) -> Transfer:
    expected_on = _no_weekend(_days(said.expected, today))
    return Transfer(
        surname=case.surname,
        forename=case.forename,
        born_on=_born_on(case, today),
        sex=case.sex,
        year_group=case.year_group,
        upn=case.upn,
        upn_index=blind_index(case.upn),
        leaving_id=record_id(from_urn, case.upn) if from_urn else None,
        asserted_by_name=_head_of(from_urn) if from_urn else "Shirley Dobson",
        expected_on=expected_on,
        lapses_on=lapses_on(expected_on),
    )


def _born_on(case: Case, today: date) -> date:
    return date(reception_year(case.year_group, today) - AGE_IN_RECEPTION - 1, 11, 1) + timedelta(
        days=case.serial % 200
    )


def _head_of(urn: int) -> str:
    forename, surname, _ = KNOWN[urn][0]
    return f"{forename} {surname}"
