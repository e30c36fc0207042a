"""The content of a file of pupils or staff: all the rows of the page, and not a column more (R6, R33, R35)."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sharing.authorise import NoSuchRecord, Visit
from sharing.days import day_in_words
from sharing.door.moves import joiner, moves_here
from sharing.door.pupil_filter import FIELDS, PupilFilter, active
from sharing.door.pupil_page import read_pupil
from sharing.door.pupils import listed_pupils, told_by_most
from sharing.door.quality import record_of, records_found
from sharing.door.staff import SEARCHED, StaffFilter, filters_in_words, line_of, listed_staff, read_member
from sharing.downloads import member_record
from sharing.downloads.pupil_record import sheets_of
from sharing.models import Pupil, StaffMember
from sharing.narrowing import in_words
from sharing.quality import Whose
from sharing.records.downloads import Gathered, Sheet, Value, or_not_recorded
from sharing.records.transfers import Move

Asked = Mapping[str, str]
_CONTACTS = (
    "It says where the child lives and how to reach each contact. Before a parent or anybody else from outside reads "
    "it, cover what they must not know."
)


def pupils(here: Visit, asked: Asked) -> Gathered:
    """The list with its filters and the person's own choice of columns; a class list where a class is chosen."""
    only = PupilFilter(**{name: asked.get(name, "") for name in FIELDS})
    listed = listed_pupils(here, only, asked.get("sort", "name"))
    lines = listed.lines(listed.found)
    columns = ("Surname", "Forename", "Coming or left", *(column.heading for column in listed.columns if column.shown))
    rows = tuple((line.surname, line.forename, line.standing, *line.cells) for line in lines)
    # The words of a search by name are left out of a file, because they may name a child.
    filters = [SEARCHED if one.name == "named" else one.words for one in active(only, here.narrowing.withheld)]
    title = "Class list" if only.class_name else "Pupils"
    about = {"pupils": [line.id for line in lines]}
    return Gathered(
        title, (Sheet("Pupils", columns, rows),), len(rows), about, _notes(here, *filters, *_told(listed.found))
    )


def pupil(here: Visit, asked: Asked) -> Gathered:
    """One child's record. Raises NoSuchRecord."""
    page = read_pupil(here, _uuid(asked.get("pupil", "")))
    lives = page.contacts and (page.contacts.address or page.contacts.contacts)
    notes = _notes(here, *([_CONTACTS] if lives else []))
    return Gathered("Pupil record", sheets_of(page), 1, {"pupils": [page.pupil.id]}, notes)


def staff(here: Visit, asked: Asked) -> Gathered:
    """The list, without teacher and National Insurance numbers."""
    only = StaffFilter(asked.get("named", ""), asked.get("work", ""), asked.get("contract", ""))
    _, found = listed_staff(here, only)
    lines = [line_of(member, here.today) for member in found]
    columns = ("Surname", "Forename", "Post", "Contract", "Hours", "In post since")
    rows = tuple((line.surname, line.forename, line.post, line.contract, line.hours, line.starts_on) for line in lines)
    about = {"staff": [line.id for line in lines]}
    notes = (*filters_in_words(only), *_told(found))
    return Gathered("Staff", (Sheet("Staff", columns, rows),), len(rows), about, notes)


def member(here: Visit, asked: Asked) -> Gathered:
    """The record of one person in post. Raises NoSuchRecord."""
    page = read_member(here, _uuid(asked.get("member", "")))
    return Gathered("Staff record", member_record.sheets_of(page), 1, {"staff": [page.member.id]})


def moves(here: Visit, asked: Asked) -> Gathered:
    """Who came since a day, who is coming, who is leaving, and whose transfer file must still be sent."""
    found = moves_here(here, _day(asked.get("since", "")))
    parts = (
        ("Coming, agreed", "Expected", "From", found.coming),
        ("Leaving", "Last day", "Why and where to", found.to_leave),
        ("Left, transfer file to send", "Seen until", "To", found.in_grace),
        ("Joined", "First day", "Registered", tuple(joiner(stay) for stay in found.joined)),
    )
    sheets = tuple(
        Sheet(title, ("Name", "Year group", day, about), tuple(_move(row) for row in rows))
        for title, day, about, rows in parts
    )
    everybody = [row for *_, rows in parts for row in rows]
    children = sorted({row.child for row in everybody}, key=str)
    since = f"Joined since {day_in_words(found.since)}"
    return Gathered("Joiners and leavers", sheets, len(everybody), {"pupils": children}, _notes(here, since))


def finding(here: Visit, asked: Asked) -> Gathered:
    """The records that one check finds. Raises NoSuchRecord."""
    check, found = records_found(here, asked.get("finding", ""))
    records = [record_of(record) for record in found]
    of_staff = check.whose == Whose.STAFF
    columns = ("Surname", "Forename", *(() if of_staff else ("Year group",)), "Date of birth", "From", "As of")
    rows = tuple(
        (
            one.surname,
            one.forename,
            *(() if of_staff else (or_not_recorded(one.year_group),)),
            or_not_recorded(one.born_on),
            one.source,
            one.as_of,
        )
        for one in records
    )
    about = {check.whose.value: [record.id for record in records]}
    return Gathered(
        "Data quality", (Sheet("Found", columns, rows),), len(rows), about, _notes(here, check.what, check.cure)
    )


def _notes(here: Visit, *notes: str) -> tuple[str, ...]:
    narrowed = in_words(here.narrowing.year_groups, here.narrowing.withheld)
    return (*notes, *([f"Narrowed: {narrowed}"] if narrowed else []))


def _told(records: Iterable[Pupil | StaffMember]) -> tuple[str, ...]:
    """Who has told the records, and of which day: the file is read where no page says it."""
    as_of, source, others = told_by_most((record.source, 1, record.as_of) for record in records)
    if as_of is None:
        return ()
    return (f"Source: {source}, as of {day_in_words(as_of)}", *([others.removesuffix(".")] if others else []))


def _move(move: Move) -> tuple[Value, ...]:
    return (move.name, move.year_group, move.on, move.words)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoSuchRecord from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
