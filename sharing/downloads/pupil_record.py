"""One child's record as tables: the page's sections, in their order and with its words (R6, R31).

What is withheld is left out (R35). The changes, and who opened the record, are only on the page.
"""

from collections.abc import Iterator
from datetime import date

from sharing.days import day_in_words
from sharing.records.downloads import NOT_RECORDED, Sheet, Value, or_not_recorded
from sharing.records.pupils import AttendanceRecord, ContactsRecord, NeedsRecord, PupilPage, SuspensionsRecord, Told

_FACTS = ("Fact", "Value")
_AS_THE_CHILDS = "Same address as the child"
# The facts for which the page says "Not recorded". It leaves out other facts that are missing.
_ALWAYS_TOLD = {"Surname", "Forename", "Sex", "Unique pupil number (UPN)", "Year group", "Ethnicity", "First language",
                "Service child"}  # fmt: skip


def sheets_of(page: PupilPage) -> tuple[Sheet, ...]:
    sheets = [Sheet("Record", _FACTS, tuple(_record(page)))]
    if page.needs:
        sheets.append(Sheet("Special educational needs", _FACTS, tuple(_needs(page.needs))))
    if page.attendance:
        sheets += _attendance(page.attendance)
    if page.attainment:
        columns = ("Key stage", "Year", "Subject", "Component", "Result", "At school")
        rows = tuple(
            (row.stage, row.year, row.subject, row.component, row.result, row.elsewhere)
            for row in page.attainment.results
        )
        sheets.append(Sheet("Attainment", columns, rows))
    if page.suspensions:
        sheets.append(_suspensions(page.suspensions))
    if page.contacts:
        columns = ("Who", "Name", "Parental responsibility", "Address", "Telephones", "Email")
        sheets.append(Sheet("Contact details", columns, tuple(_contacts(page.contacts))))
    return tuple(sheets)


def _record(page: PupilPage) -> Iterator[tuple[Value, ...]]:
    pupil = page.pupil
    if pupil.transfer_expected_on:
        yield "Coming on", pupil.transfer_expected_on
    elif pupil.has_left:
        yield "Has left", "Shown only while the transfer file still has to be sent"
    facts: tuple[tuple[str, Value], ...] = (
        ("Surname", pupil.surname),
        ("Forename", pupil.forename),
        ("Middle names", pupil.middle_names),
        ("Preferred surname", pupil.preferred_surname),
        ("Date of birth", pupil.born_on),
        ("Sex", pupil.sex),
        ("Unique pupil number (UPN)", pupil.upn),
        ("Former UPN", pupil.former_upn),
        ("Unique learner number (ULN)", pupil.uln),
        ("Year group", pupil.year_group),
        ("Class", pupil.class_name),
        ("Part time", _yes(pupil.part_time)),
        ("Boarder", pupil.boarder),
        ("Ethnicity", pupil.ethnicity),
        ("First language", pupil.language),
        ("Service child", pupil.service_child),
        ("Young carer", pupil.young_carer),
        ("Formerly looked after", pupil.post_looked_after),
        ("Free school meals", "Eligible" if pupil.free_school_meals else "Not eligible"),
    )
    for name, value in facts:
        if value or name in _ALWAYS_TOLD:
            yield name, value or NOT_RECORDED
    for stay in pupil.enrolments:
        about = ". ".join(filter(None, (stay.destination, stay.leaving_reason)))
        yield f"{stay.kind} enrolment", f"{_stretch(stay.starts_on, stay.ends_on)}{f'. {about}' if about else ''}"
    for starts_on, ends_on in page.meals.periods:
        yield "Eligible for meals", _stretch(starts_on, ends_on)
    yield "Source", f"{pupil.source}, as of {day_in_words(pupil.as_of)}"
    of_sections: dict[str, Told | None] = {
        "special educational needs": page.needs, "contact details": page.contacts, "attendance": page.attendance,
        "attainment": page.attainment, "suspensions": page.suspensions,
    }  # fmt: skip
    for name, section in of_sections.items():
        if section and section.source:
            as_of = f", as of {day_in_words(section.as_of)}" if section.as_of else ""
            yield f"Source of {name}", f"{section.source}{as_of}"


def _needs(needs: NeedsRecord) -> Iterator[tuple[Value, ...]]:
    yield "Provision", needs.sen
    for place, need in enumerate(needs.types):
        yield ("Further need" if place else "Primary need"), need
    if needs.in_sen_unit:
        yield "In a SEN unit", "Yes"
    if needs.in_resourced_provision:
        yield "In resourced provision", "Yes"


def _attendance(attendance: AttendanceRecord) -> Iterator[Sheet]:
    columns = (
        "Term", "Possible", "Missed", "Unauthorised", "Attended", "Persistently absent", "By its file",
        "Counted by school",
    )  # fmt: skip
    rows = tuple(
        (
            term.term, *map(or_not_recorded, (term.possible, term.absent, term.unauthorised)),
            f"{term.attended}%" if term.attended else NOT_RECORDED, "Missed 10% or more" if term.persistent else "",
            term.source if term.elsewhere else "", term.elsewhere,
        )
        for term in attendance.terms
    )  # fmt: skip
    yield Sheet("Attendance", columns, rows)
    if attendance.reasons:
        missed: tuple[tuple[Value, ...], ...] = tuple((reason, *sessions) for reason, sessions in attendance.reasons)
        yield Sheet("Sessions missed, by reason", ("Reason", *attendance.years), missed)


def _contacts(contacts: ContactsRecord) -> Iterator[tuple[Value, ...]]:
    yield ("Home", "", "", ", ".join(contacts.address) or NOT_RECORDED, "", "")
    for one in contacts.contacts:
        responsible = "" if one.has_responsibility is None else _yes(one.has_responsibility)
        yield (
            one.relationship, one.name, responsible, ", ".join(one.address) or _AS_THE_CHILDS,
            ", ".join(one.telephones), one.email,
        )  # fmt: skip


def _suspensions(suspensions: SuspensionsRecord) -> Sheet:
    rows = tuple(
        (row.starts_on, row.category, or_not_recorded(row.sessions), "; ".join(row.reasons)) for row in suspensions.rows
    )
    return Sheet("Suspensions and exclusions", ("From", "Kind", "Sessions", "Reasons"), rows)


def _yes(fact: bool) -> str:
    return "Yes" if fact else "No"


def _stretch(starts_on: date, ends_on: date | None) -> str:
    return f"From {day_in_words(starts_on)}{f' to {day_in_words(ends_on)}' if ends_on else ''}"
