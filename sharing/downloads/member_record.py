"""The record of one member of staff as tables: the page's sections, in their order and with its words (R31, R33)."""

from collections.abc import Iterator
from decimal import Decimal

from sharing.days import day_in_words
from sharing.records.downloads import NOT_RECORDED, Sheet, Value, or_not_recorded
from sharing.records.staff import ContractRecord, StaffPage, StaffRecord

_CONTRACTS = ("Post", "Contract", "From", "To", "Hours a week", "Weeks a year", "Pay range", "Base pay")
_ABSENCES = ("School year", "Category", "Absences", "Working days lost")


def sheets_of(page: StaffPage) -> tuple[Sheet, ...]:
    contracts = tuple(
        (
            one.post, one.kind, one.starts_on, one.ends_on or "No end date", _hours(one), _number(one.weeks_a_year),
            or_not_recorded(one.pay_range), _pay(one),
        )
        for one in page.contracts
    )  # fmt: skip
    absences = tuple((one.school_year, one.category, one.absences, one.days_in_words) for one in page.absences)
    return (
        Sheet("Record", ("Fact", "Value"), tuple(_record(page.member))),
        Sheet("Contracts", _CONTRACTS, contracts),
        Sheet("Absences", _ABSENCES, absences),
    )


def _record(member: StaffRecord) -> Iterator[tuple[Value, ...]]:
    facts: tuple[tuple[str, Value], ...] = (
        ("Surname", member.surname),
        ("Forename", member.forename),
        ("Date of birth", member.born_on),
        ("Sex", member.sex),
        ("Ethnicity", member.ethnicity),
        ("Disability", member.disability),
        ("Teacher number (TRN)", member.teacher_number),
        ("National Insurance number", member.ni_number),
        ("In post since", member.starts_on),
        *([("Last day", member.ends_on)] if member.ends_on else []),
        ("Qualified teacher status", _yes(member.has_qts)),
        ("Higher level teaching assistant", _yes(member.is_hlta)),
        ("Senior leadership team", _yes(member.is_senior_leader)),
        ("Source", f"{member.source}, as of {day_in_words(member.as_of)}"),
    )
    yield from ((name, or_not_recorded(value)) for name, value in facts)


def _yes(fact: bool | None) -> str:
    return NOT_RECORDED if fact is None else "Yes" if fact else "No"


def _number(number: Decimal | None) -> str:
    return NOT_RECORDED if number is None else f"{float(number):g}"


def _hours(one: ContractRecord) -> str:
    is_known = one.hours is not None and one.fte_hours
    return f"{_number(one.hours)} of {_number(one.fte_hours)}" if is_known else _number(one.hours)


def _pay(one: ContractRecord) -> str:
    if one.pay is None:
        return NOT_RECORDED
    return f"£{one.pay:,.2f}".removesuffix(".00") + (" a day" if one.paid_daily else " a year")
