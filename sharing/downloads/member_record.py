"""The record of one member of staff as tables: the sections of the page, in their order (R33)."""

from collections.abc import Iterator

from sharing.days import day_in_words
from sharing.records.downloads import Sheet, Value
from sharing.records.staff import StaffPage, StaffRecord

_CONTRACTS = ("Post", "Contract", "From", "To", "Hours a week", "Weeks a year", "Pay range", "Pay", "Paid daily")
_ABSENCES = ("School year", "Category", "Absences", "Working days lost")


def sheets_of(page: StaffPage) -> tuple[Sheet, ...]:
    contracts = tuple(
        (
            one.post, one.kind, one.starts_on, one.ends_on, _text(one.hours), _text(one.weeks_a_year), one.pay_range,
            _text(one.pay), "Yes" if one.paid_daily else "No",
        )
        for one in page.contracts
    )  # fmt: skip
    absences = tuple((one.school_year, one.category, one.absences, _text(one.days_lost)) for one in page.absences)
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
        ("Last day", member.ends_on),
        ("Qualified teacher status", _yes(member.has_qts)),
        ("Higher level teaching assistant", _yes(member.is_hlta)),
        ("Senior leadership team", _yes(member.is_senior_leader)),
        ("Source", f"{member.source}, as of {day_in_words(member.as_of)}"),
    )
    yield from ((name, value) for name, value in facts if value)


def _yes(fact: bool | None) -> str:
    return "Not recorded" if fact is None else "Yes" if fact else "No"


def _text(number: object) -> str:
    return "" if number is None else f"{number}"
