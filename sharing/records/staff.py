"""What the door says about staff (R33). Teacher and National Insurance numbers are only on a person's own page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sharing.records import Here, Page, Why


@dataclass(frozen=True)
class StaffLine:
    id: UUID
    surname: str
    forename: str
    post: str
    contract: str
    hours: str
    starts_on: date


@dataclass(frozen=True)
class StaffList:
    here: Here
    page: Page[StaffLine]
    filters: tuple[str, ...]
    kinds_of_work: tuple[tuple[str, str], ...]
    contracts: tuple[tuple[str, str], ...]
    as_of: date | None
    source: str
    note: str
    why: Why


@dataclass(frozen=True)
class ContractRecord:
    """A contract. `pay` is base pay in pounds a year or, where `paid_daily`, a day."""

    post: str
    kind: str
    starts_on: date
    ends_on: date | None
    hours: Decimal | None
    fte_hours: Decimal | None
    weeks_a_year: Decimal | None
    pay_range: str
    pay: Decimal | None
    paid_daily: bool


@dataclass(frozen=True)
class AbsenceRecord:
    """Absences of one school year and category. `days_lost` are working days, None where no absence gives them.

    `without_days`: how many do not give them.
    """

    school_year: str
    category: str
    absences: int
    days_lost: Decimal | None
    without_days: int = 0

    @property
    def days_in_words(self) -> str:
        """ "4.5"; where some absences give no days, also how many these are."""
        if self.days_lost is None:
            return "Not recorded"
        days = f"{float(self.days_lost):g}"
        return f"{days} (of {self.without_days} not recorded)" if self.without_days else days


@dataclass(frozen=True)
class StaffRecord:
    id: UUID
    surname: str
    forename: str
    teacher_number: str
    ni_number: str
    born_on: date | None
    sex: str
    ethnicity: str
    disability: str
    has_qts: bool | None
    is_hlta: bool | None
    is_senior_leader: bool | None
    starts_on: date
    ends_on: date | None
    source: str
    as_of: date


@dataclass(frozen=True)
class StaffPage:
    here: Here
    member: StaffRecord
    contracts: tuple[ContractRecord, ...]
    absences: tuple[AbsenceRecord, ...]
    why: Why
