"""Reading a School Workforce Census return of one school (formats page 5).

`read_header` says whose return it is; `read_members` yields each member of staff, after the queries about them, or what
is wrong with them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import etree

from sharing.codes import (
    CONTRACT,
    PAY_RANGE,
    POST,
    ROLE,
    SEX,
    STAFF_ABSENCE,
    SUPPORT_POST,
    TEACHING_POSTS,
)
from sharing.imports.census_groups import xml_date
from sharing.imports.problems import ImportRefused, Problem, another_file, mask_date, refused, show_code
from sharing.imports.xml_stream import local_name, stream
from sharing.imports.xml_values import Record, Values, groups

__all__ = ["ToldMember", "WorkforceHeader", "read_header", "read_members"]

MEMBERS: Final = ("SchoolWorkforceMember",)
_WANTED: Final = "School Workforce Census"
_NI_NUMBER: Final = re.compile("(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_MOST_HOURS, _MOST_WEEKS, _MOST_DAYS, _MOST_PAY = 60, 53, 366, 999_999
_YOUNGEST, _OLDEST = 15, 100
Row = dict[str, Any]


@dataclass(frozen=True)
class WorkforceHeader:
    """Whose return it is, and for which day. `has_absences`: the return reports absences; if not, known ones stay."""

    year: int
    reference_date: date
    la: int
    establishment_number: int
    has_absences: bool


@dataclass(repr=False)
class ToldMember:
    """A member of staff as the school returned them. `row` is the place in the file, from 1. `person` is what
    identifies them: teacher number, else National Insurance number, else name and date of birth. `tells_arrival`: the
    first day is given as such, and not only through the contracts.
    """

    row: int
    person: str
    record: Row
    tells_arrival: bool = False
    contracts: list[Row] = field(default_factory=list)
    absences: list[Row] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<ToldMember row {self.row}>"


def named_person(surname: str, forename: str, born_on: date | None) -> str:
    """What identifies a person who has no number."""
    return f"{surname}|{forename}|{born_on}"


def read_header(path: Path) -> WorkforceHeader:
    """Whose return this is. Raises ImportRefused, with every problem found, if the header is not valid."""
    root = next(stream(path, ("*",), starts=True), None)
    if root is None or local_name(root) != "Message":
        is_ours = root is not None and local_name(root) == "CTfile"
        raise another_file("not a census return", _WANTED, is_ours=is_ours)
    header, record = None, Record(0)
    absences: bool | None = None
    for element in stream(path, ("Header", "SchoolWorkforceModules", *MEMBERS)):
        name = local_name(element)
        if name == "Header":
            header = header or _header(element, record)
        elif name == "SchoolWorkforceModules":
            absences = record.at(element).yes("AbsencesIncluded")
        else:
            break
    if header is None:
        raise refused("Header", "The return has no header. Export it again from your MIS.")
    if record.refused:
        raise ImportRefused([Problem(None, problem.field, problem.value, problem.cure) for problem in record.problems])
    return WorkforceHeader(**header, has_absences=absences is not False)


def _header(element: etree._Element, record: Record) -> Row:
    details, source = record.at(record.group(element, "CollectionDetails")), record.at(record.group(element, "Source"))
    collection = details.raw("Collection")
    if collection.lower() != "school workforce census":
        what = f"a return for '{collection[:60]}'" if collection else "a return for no named collection"
        raise another_file(what, _WANTED, is_ours=collection.lower() == "school census", field="Collection")
    reference_date = xml_date(details.raw("ReferenceDate"))
    if reference_date is None:
        record.wrong("ReferenceDate", "", "The reference date is missing, or it is not a date (year-month-day).")
    year = details.whole("Year", 2100, needed=True)
    if reference_date and year and reference_date.year != year:
        record.wrong("Year", str(year), "The reference date is not in this year. Correct one of them.")
    return {
        "year": year or 0,
        "reference_date": reference_date or date.min,
        "la": source.whole("LEA", 999, needed=True) or 0,
        "establishment_number": source.whole("Estab", 9999, needed=True) or 0,
    }


def read_members(path: Path) -> Iterator[ToldMember | Problem]:
    """Each member, after the queries about them; or, instead, what is wrong with them.

    Raises ImportRefused for what concerns the file as a whole, so apply nothing before the last member.
    """
    header = read_header(path)
    first_seen: dict[str, int] = {}
    first_with: dict[str, int] = {}
    row = 0
    for element in stream(path, MEMBERS, are_rows=True):
        row += 1
        member, problems = _member(element, row, header)
        yield from problems
        if member is None:
            continue
        first = first_seen.setdefault(member.person.upper(), row)
        if first != row:
            cure = f"Member {first} of this file is the same person. Export each person once, with all contracts."
            yield Problem(row, "StaffDetails", "", cure, also=first)
            continue
        number = member.record["ni_number"]
        first = first_with.setdefault(number, row) if number else row
        if first != row:
            cure = f"Member {first} of this file has the same National Insurance number. Find out whose it is."
            yield Problem(row, "NINumber", "", cure, also=first)
        else:
            yield member
    if not row:
        raise refused(
            "SchoolWorkforceMembers", "The return contains no members of staff. Choose them and export again."
        )


def _member(element: etree._Element, row: int, header: WorkforceHeader) -> tuple[ToldMember | None, list[Problem]]:
    record = Record(row)
    details = record.group(element, "StaffDetails")
    values = record.at(details)
    facts = _facts(values, details, header.reference_date)
    contracts = _contracts(record, element, header.reference_date)
    absences = _absences(record, element)
    arrivals = [arrived for contract in contracts if (arrived := contract.pop("arrived_on"))]
    if contracts:
        facts["starts_on"] = min(*arrivals, *(contract["starts_on"] for contract in contracts), date.max)
        ends = [contract["ends_on"] for contract in contracts]
        facts["ends_on"] = None if None in ends else max(ends)
    elif not record.refused:
        record.wrong("ContractOrService", "", "No contract or service agreement is given. Add it in your MIS.")
    if record.refused:
        return None, record.problems
    person = facts["teacher_number"] or facts["ni_number"]
    person = person or named_person(facts["surname"], facts["forename"], facts["born_on"])
    return ToldMember(row, person, facts, bool(arrivals), contracts, absences), record.problems


def _facts(values: Values, details: etree._Element | None, reference_date: date) -> Row:
    name = values.record.at(values.record.group(details, "StaffMemberName"))
    given = [values.record.at(one) for one in groups(details, "StaffMemberName", "GivenNames", "GivenName")]
    forename = given[0].name("PersonGivenName") if given else ""
    if not forename:
        values.record.wrong("PersonGivenName", "", "This is missing. Enter it in your MIS and export again.")
    born_on = values.day("PersonBirthDate", mask_date, needed=True)
    if born_on and not _YOUNGEST <= reference_date.year - born_on.year <= _OLDEST:
        cure = "This cannot be the date of birth of a member of staff. Check the year."
        values.record.wrong("PersonBirthDate", mask_date(born_on.isoformat()), cure)
    return {
        "teacher_number": _teacher_number(values),
        "ni_number": _ni_number(values),
        "surname": name.name("PersonFamilyName", needed=True),
        "forename": forename,
        "born_on": born_on,
        "sex": values.code("Sex", "Gender", known=SEX),
        "ethnicity": values.ethnicity(),
        "disability": _disability(values),
        "has_qts": values.yes("QTS"),
        "is_hlta": values.yes("HLTAStatus"),
        "is_senior_leader": values.yes("SLT"),
    }


def _teacher_number(values: Values) -> str:
    """Seven digits; leading zeros that an export has lost are restored."""
    text = re.sub("[^0-9A-Za-z]", "", values.raw("TeacherNumber"))
    if text and not re.fullmatch("[0-9]{1,7}", text):
        values.record.wrong("TeacherNumber", "", "A teacher number has seven digits. Correct it in your MIS.")
        return ""
    return text.zfill(7) if text.strip("0") else ""


def _ni_number(values: Values) -> str:
    text = "".join(values.raw("NINumber").split()).upper()
    if text and not _NI_NUMBER.fullmatch(text):
        cure = "A National Insurance number is two letters, six digits and a letter from A to D. Correct it."
        values.record.wrong("NINumber", "", cure)
        return ""
    return text


def _disability(values: Values) -> str:
    text = values.raw("Disability").upper()
    if text and not re.fullmatch("[A-Z]{1,4}", text):
        values.record.odd("Disability", show_code(text), "This is not a code of the census. It is left out.")
        return ""
    return text


def _contracts(record: Record, element: etree._Element, reference_date: date) -> list[Row]:
    told: dict[tuple[Any, str], Row] = {}
    for one in groups(element, "ContractOrServiceGroup", "ContractOrService"):
        values = record.at(one)
        starts, ends = values.day("ContractStart", needed=True), values.day("ContractEnd")
        if starts and ends and ends < starts:
            record.wrong("ContractEnd", ends.isoformat(), "The contract ends before it starts.")
        if starts and starts > reference_date:
            record.odd("ContractStart", starts.isoformat(), "The contract starts after the day of the census.")
        kind = values.code("ContractType", known=CONTRACT, needed=True)
        for post, level in _posts(record, one):
            contract = {
                "kind": kind,
                "post": post,
                "starts_on": starts,
                "ends_on": ends,
                "paid_daily": values.yes("DailyRate") or False,
                "arrived_on": values.day("SchoolArrivalDate"),
                **_level(record, level),
            }
            if (starts, post) in told:
                cure = "This person has the same post from the same day twice. Export each contract once."
                record.wrong("ContractStart", starts.isoformat() if starts else "", cure)
            told[starts, post] = contract
    return list(told.values()) if not record.refused else []


def _posts(record: Record, contract: etree._Element) -> Iterator[tuple[str, etree._Element | None]]:
    """(post in words, the group with its pay and hours). These stand with the post, and roles without say what the
    person does in it. Roles that have pay and hours of their own, or no post, are posts of their own. One with the
    name of the post is that post, and so are those of support staff whose post has no pay and hours.
    """
    roles, level = groups(contract, "Roles", "Role"), record.group(contract, "PostLevelDetails")
    post = record.at(contract).code("Post", known=POST, needed=not roles)
    told = [(_role(record, role), record.group(role, "RoleLevelDetails")) for role in roles]
    apart = [(role, own) for role, own in told if own is not None or not post]
    name = _post_in_words(post, [role for role, _ in told])
    is_told_by_roles = name in dict(apart) or (apart and level is None and post in SUPPORT_POST)
    if post and not is_told_by_roles:
        yield name, level
    yield from apart


def _role(record: Record, role: etree._Element) -> str:
    code = record.at(role).code("RoleIdentifier", known=ROLE, needed=True)
    return ROLE.get(code, code)


def _post_in_words(post: str, roles: list[str]) -> str:
    """The post. Of support staff it says only of which kind they are: their first role says more."""
    if post in SUPPORT_POST:
        return next((role for role in roles if role not in TEACHING_POSTS), SUPPORT_POST[post])
    return POST.get(post, post)


def _level(record: Record, level: etree._Element | None) -> Row:
    pay, hours = record.at(record.group(level, "Payments")), record.at(record.group(level, "Hours"))
    pay_range = pay.raw("PayRange").upper()
    if pay_range and pay_range not in PAY_RANGE:
        record.odd("PayRange", show_code(pay_range), "This pay range is not known here. It is left out.")
        pay_range = ""
    return {
        "hours": hours.number("HoursPerWeek", _MOST_HOURS, 1),
        "fte_hours": hours.number("FTEHours", _MOST_HOURS, 1),
        "weeks_a_year": hours.number("WeeksPerYear", _MOST_WEEKS, 1),
        "pay_range": pay_range,
        "pay": pay.number("BasePay", _MOST_PAY, 2),
    }


def _absences(record: Record, element: etree._Element) -> list[Row]:
    told: dict[tuple[Any, str], Row] = {}
    for one in groups(element, "Absences", "Absence"):
        values = record.at(one)
        first, last = values.day("FirstDayOfAbsence", needed=True), values.day("LastDayOfAbsence")
        if first and last and last < first:
            record.wrong("LastDayOfAbsence", last.isoformat(), "The absence ends before it starts.")
        category = values.code("AbsenceCategory", known=STAFF_ABSENCE, needed=True)
        if (first, category) in told:
            record.odd("FirstDayOfAbsence", "", "The same absence is in the return twice. The last is kept.")
        told[first, category] = {
            "first_day": first,
            "last_day": last,
            "days_lost": values.number("WorkingDaysLost", _MOST_DAYS, 1),
            "category": category,
        }
    return list(told.values())
