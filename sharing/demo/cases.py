"""The children with whom the dates can be tried: dual and guest pupils, leavers, starters, transfers (R5, R7).

Each case is one child and a record for each establishment concerned, with dates counted from today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sharing.demo.days import year_start
from sharing.demo.places import BECKSIDE, BY_URN, LA, MILLBECK, NETHERWICK, OXENBY, RAVENSGILL, THORNLEY_CROSS
from sharing.demo.pupils import AGE_IN_RECEPTION, Wanted, reception_year, record, record_id
from sharing.models import Enrolment, Transfer
from sharing.upn import make_upn

ALLOTTED = 2020
CANCELLED_AT = datetime(2020, 9, 1, 9, tzinfo=UTC)  # any instant in the past: a cancelled transfer shows nothing
LONG_AGO = -400
Kind = Enrolment.Kind


@dataclass(frozen=True)
class Stay:
    """A time on a register: first and last day, counted from today."""

    first: int
    last: int | None = None
    kind: str = Kind.CURRENT


@dataclass(frozen=True)
class Coming:
    """An agreed transfer: the days of agreement, expected arrival and lapse, counted from today."""

    from_urn: int
    agreed: int
    expected: int
    lapses: int
    cancelled: bool = False


@dataclass(frozen=True)
class Case:
    """One child. `at`: establishment -> what its record has."""

    slug: str
    serial: int
    forename: str
    surname: str
    sex: str
    year_group: str
    at: dict[int, tuple[Stay | Coming, ...]]

    @property
    def upn(self) -> str:
        """Allotted by the first establishment named."""
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
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -5, 10, 30),)},
    ),
    Case(
        "transfer-lapsed", 907, "Jasper", "Thistlewood", "M", "5",
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -41, -21, -1),)},
    ),
    Case(
        "transfer-cancelled", 908, "Marta", "Wolanska", "F", "2",
        {RAVENSGILL: (Stay(LONG_AGO),), BECKSIDE: (Coming(RAVENSGILL, -10, 5, 25, cancelled=True),)},
    ),
    Case("came-back", 909, "Kit", "Ollerenshaw", "M", "6", {BECKSIDE: (Stay(LONG_AGO, -200), Stay(-45))}),
    Case(
        "transfer-the-other-way", 910, "Amber", "Lockyerdale", "F", "3",
        {BECKSIDE: (Stay(LONG_AGO),), RAVENSGILL: (Coming(BECKSIDE, -2, 14, 34),)},
    ),
)  # fmt: skip
BY_SLUG = {case.slug: case for case in CASES}


def cases(today: date) -> Iterator[Wanted]:
    """The records of all cases, as of today."""
    for case in CASES:
        for urn, what in case.at.items():
            yield _record(case, urn, what, today)


def _record(case: Case, urn: int, what: tuple[Stay | Coming, ...], today: date) -> Wanted:
    started = reception_year(case.year_group, today)
    wanted = record(
        urn,
        case.upn,
        today,
        forename=case.forename,
        surname=case.surname,
        sex=case.sex,
        born_on=date(started - AGE_IN_RECEPTION - 1, 11, 1) + timedelta(days=case.serial % 200),
        year_group=case.year_group,
        ethnicity="WBRI",
        language="ENG",
        sen="N",
        free_school_meals=False,
        service_child="N",
        boarder="N",
        possible=60,
        absent=2,
    )
    for part in what:
        if isinstance(part, Stay):
            wanted.enrolments.append(_enrolment(part, today))
        else:
            wanted.transfers.append((part.from_urn, _transfer(case, part, wanted, today)))
    return wanted


def _days(count: int, today: date) -> date:
    """A long stay begins with a school year, so that it does not move from day to day."""
    return date(year_start(today).year - 1, 9, 1) if count == LONG_AGO else today + timedelta(days=count)


def _enrolment(stay: Stay, today: date) -> Enrolment:
    last = None if stay.last is None else _days(stay.last, today)
    return Enrolment(kind=stay.kind, starts_on=_days(stay.first, today), ends_on=last)


def _transfer(case: Case, coming: Coming, wanted: Wanted, today: date) -> Transfer:
    facts = ("surname", "forename", "born_on", "sex", "year_group", "upn", "upn_index")
    return Transfer(
        **{name: getattr(wanted.pupil, name) for name in facts},
        leaving_id=record_id(coming.from_urn, case.upn),
        asserted_by_name="The school before",
        answered_by_name="The school after",
        agreed_on=_days(coming.agreed, today),
        expected_on=_days(coming.expected, today),
        lapses_on=_days(coming.lapses, today),
        cancelled_at=CANCELLED_AT if coming.cancelled else None,
    )
