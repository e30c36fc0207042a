"""One pupil of a School Census: the record, and the checks that each value must pass.

Where exactly an element stands inside the pupil is not settled by any public schema, so it
is found by its name anywhere in there, except in the groups that reuse names for something
else (an exclusion has a SENprovision of its own). Source: formats pages 4.1 and 11.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml import etree

from sharing.codes import (
    ABSENCE,
    BOARDER,
    ENROL_STATUS,
    LANGUAGE,
    NC_YEARS,
    SEN_PROVISION,
    SERVICE_CHILD,
    SEX,
    main_ethnicity,
)
from sharing.imports.problems import (
    Problem,
    mask_date,
    mask_upn,
    show_code,
    show_date,
)
from sharing.imports.xml_text import local_name
from sharing.upn import tidy_upn, upn_problem

_ELSEWHERE: Final = frozenset(
    ("Exclusions", "TermlyExclusion", "HomeInformation", "LearnerSupport", "LearningAims", "Attendance")
)
_OLDEST, _YOUNGEST = 25, 2
_MOST_SESSIONS = 500
_TRUE, _FALSE = ("true", "1", "y"), ("false", "0", "n")


@dataclass(frozen=True, repr=False)
class CensusPupil:
    """A pupil as the school returned it for the reference date.

    `row` is the pupil's place in the file, from 1. Text that is absent is "". Ethnicity and
    language are as given (extended codes too: see `codes.main_ethnicity`). Periods of free
    school meals run from the first to the last day inclusive, without last day if they go
    on. Sessions are half days; `absence` pairs an attendance code with the sessions missed.
    Its repr shows nothing personal, so that a traceback does not either.
    """

    row: int
    upn: str
    former_upn: str
    surname: str
    forename: str
    middle_names: str
    preferred_surname: str
    dob: date
    sex: str
    ethnicity: str
    language: str
    enrol_status: str
    entry_date: date
    leaving_date: date | None
    on_roll: bool
    nc_year: str
    part_time: bool | None
    boarder: str
    sen_provision: str
    service_child: str
    fsm_periods: tuple[tuple[date, date | None], ...]
    sessions_possible: int | None
    absence: tuple[tuple[str, int], ...]

    def fsm_eligible_on(self, day: date) -> bool:
        """Whether a period of eligibility for free school meals covers this day."""
        return any(start <= day and (end is None or day <= end) for start, end in self.fsm_periods)

    def __repr__(self) -> str:
        return f"<CensusPupil row {self.row}>"


def read_pupil(
    element: etree._Element, row: int, on_roll: bool, reference_date: date
) -> tuple[CensusPupil | None, list[Problem]]:
    """The pupil and the queries about it, or None and all that is wrong with it."""
    pupil = _Pupil(element, row, on_roll)
    dob = pupil.day("DOB", mask_date)
    entry = pupil.day("EntryDate", show_date)
    leaving = pupil.day("LeavingDate", show_date, needed=not on_roll)
    pupil.check_age(dob, reference_date)
    pupil.check_stay(dob, entry, leaving, reference_date)
    sessions, absence = pupil.attendance()
    values = {
        "upn": pupil.upn(),
        "former_upn": pupil.former_upn(),
        "surname": pupil.name("Surname"),
        "forename": pupil.name("Forename"),
        "sex": pupil.code("Sex", SEX, also="Gender", needed=True),
        "ethnicity": pupil.ethnicity(),
        "language": pupil.language(),
        "enrol_status": pupil.enrol_status(),
        "nc_year": pupil.code("NCyearActual", NC_YEARS),
        "boarder": pupil.code("Boarder", BOARDER),
        "sen_provision": pupil.code("SENprovision", SEN_PROVISION),
        "service_child": pupil.code("ServiceChild", SERVICE_CHILD),
    }
    part_time, fsm = pupil.part_time(), pupil.fsm_periods()
    pupil.ask_for("Ethnicity", "NCyearActual", "SENprovision")
    if pupil.refused or dob is None or entry is None:
        return None, pupil.problems
    record = CensusPupil(
        row=row,
        dob=dob,
        entry_date=entry,
        leaving_date=leaving,
        on_roll=on_roll,
        middle_names=pupil.text("MiddleNames"),
        preferred_surname=pupil.text("PreferredSurname"),
        part_time=part_time,
        fsm_periods=fsm,
        sessions_possible=sessions,
        absence=absence,
        **values,
    )
    return record, pupil.problems


class _Pupil:
    """The element's values by name, and what was found wrong with them so far."""

    def __init__(self, element: etree._Element, row: int, on_roll: bool) -> None:
        self._element, self._row, self._on_roll = element, row, on_roll
        self._texts = leaves(element, _ELSEWHERE)
        self.problems: list[Problem] = []

    @property
    def refused(self) -> bool:
        return any(problem.fatal for problem in self.problems)

    def wrong(self, field: str, value: str, cure: str, fatal: bool = True) -> None:
        self.problems.append(Problem(self._row, field, value, cure, fatal))

    def odd(self, field: str, value: str, cure: str) -> None:
        self.wrong(field, value, cure, fatal=False)

    def text(self, field: str, also: str = "") -> str:
        return self._texts.get(field.lower(), "") or self._texts.get(also.lower(), "")

    def ask_for(self, *fields: str) -> None:
        """A query for each of these that a pupil on roll lacks."""
        for field in fields:
            if self._on_roll and not self.text(field):
                self.odd(field, "", "This is missing. It can be sent with the next return.")

    def upn(self) -> str:
        text = self.text("UPN")
        if cure := upn_problem(text):
            self.wrong("UPN", mask_upn(text), cure)
        return tidy_upn(text)

    def former_upn(self) -> str:
        """The UPN before this one; a wrong one is left out, lest it point at another child."""
        text = self.text("FormerUPN")
        if not text:
            return ""
        if cure := upn_problem(text):
            self.odd("FormerUPN", mask_upn(text), f"It is left out. {cure}")
            return ""
        return tidy_upn(text)

    def name(self, field: str) -> str:
        if not (text := self.text(field)):
            self.wrong(field, "", "This is missing. Enter it in your MIS and export again.")
        return text

    def day(self, field: str, show: Callable[[str], str], needed: bool = True) -> date | None:
        """A yyyy-mm-dd date; `show` says how much of a wrong one may be seen."""
        text = self.text(field)
        if not text and needed:
            self.wrong(field, "", "This date is missing. Enter it in your MIS.")
        day = xml_date(text)
        if text and day is None:
            self.wrong(field, show(text), "There is no such date. Correct it (year-month-day).")
        return day

    def check_age(self, dob: date | None, reference_date: date) -> None:
        if dob is None:
            return
        before_birthday = (reference_date.month, reference_date.day) < (dob.month, dob.day)
        age = reference_date.year - dob.year - before_birthday
        shown = mask_date(dob.isoformat())
        if dob > reference_date:
            self.wrong("DOB", shown, "The date of birth is after the reference date.")
        elif age > _OLDEST:
            self.wrong("DOB", shown, f"The pupil would be over {_OLDEST}. Check the year.")
        elif age < _YOUNGEST:
            self.odd("DOB", shown, f"The pupil would be under {_YOUNGEST}. Check the year.")

    def check_stay(self, dob: date | None, entry: date | None, leaving: date | None, reference_date: date) -> None:
        if entry and entry > reference_date:
            cure = "The pupil starts after the reference date and does not belong in this return."
            self.wrong("EntryDate", entry.isoformat(), cure)
        if entry and dob and entry < dob <= reference_date:
            self.wrong("EntryDate", entry.isoformat(), "The pupil starts before being born.")
        if entry and leaving and leaving < entry:
            self.wrong("LeavingDate", leaving.isoformat(), "The pupil leaves before starting.")
        elif leaving and self._on_roll and leaving < reference_date:
            cure = "The pupil had left by the reference date. Take them off the roll."
            self.wrong("LeavingDate", leaving.isoformat(), cure)
        elif leaving and not self._on_roll and leaving > reference_date:
            cure = "The pupil was still on roll on the reference date. Check the date."
            self.odd("LeavingDate", leaving.isoformat(), cure)

    def code(self, field: str, known: Container[str], also: str = "", needed: bool = False) -> str:
        """A code of a closed list; an unknown one would make the statistics wrong: fatal."""
        text = self.text(field, also).upper()
        if not text and needed:
            self.wrong(field, "", "This is missing. Enter it in your MIS and export again.")
        elif text and text not in known:
            self.wrong(field, show_code(text), "This code does not exist. Choose one in your MIS.")
        return text

    def enrol_status(self) -> str:
        status = self.code("EnrolStatus", ENROL_STATUS, needed=self._on_roll)
        if self._on_roll and status == "P":
            cure = "A pupil on roll cannot be 'previously registered'. Choose C, M or S."
            self.wrong("EnrolStatus", status, cure)
        return status

    def ethnicity(self) -> str:
        """A main or extended code; an unknown one of four letters is a query, and kept."""
        text = self.text("Ethnicity").upper()
        if text and main_ethnicity(text) is None:
            cure = "This is neither a main nor an extended ethnicity code. Check it in your MIS."
            self.wrong("Ethnicity", show_code(text), cure, not re.fullmatch("[A-Z]{4}", text))
        return text

    def language(self) -> str:
        """Any code of three or four letters: the full list is long and grows."""
        text = self.text("Language").upper()
        if text and text not in LANGUAGE and not re.fullmatch("[A-Z]{3,4}", text):
            cure = "A language code has three or four letters. Choose one in your MIS."
            self.wrong("Language", show_code(text), cure)
        return text

    def part_time(self) -> bool | None:
        text = self.text("PartTime").lower()
        if text and text not in (*_TRUE, *_FALSE):
            self.odd("PartTime", show_code(text), "This should be true or false. It is left out.")
            return None
        return text in _TRUE if text else None

    def fsm_periods(self) -> tuple[tuple[date, date | None], ...]:
        periods: list[tuple[date, date | None]] = []
        for element in self._element.iter("{*}FSMstartDate", "{*}FSMendDate"):
            field = local_name(element)
            if not (text := (element.text or "").strip()):
                continue
            if (day := xml_date(text)) is None:
                cure = "There is no such date. Correct it (year-month-day)."
                self.wrong(field, show_date(text), cure)
            elif field == "FSMstartDate":
                periods.append((day, None))
            elif not periods or periods[-1][1] is not None:
                self.odd(field, text, "This period of free meals has no start. It is left out.")
            elif day < periods[-1][0]:
                self.wrong(field, text, "Free school meals end before they start.")
            else:
                periods[-1] = (periods[-1][0], day)
        return tuple(periods)

    def attendance(self) -> tuple[int | None, tuple[tuple[str, int], ...]]:
        """Possible sessions, and missed ones by code, of the term (else of the year).

        The other blocks overlap with these (the second half of last summer), so they are
        not added.
        """
        block = next(self._element.iter("{*}TermlyAttendance"), None)
        if block is None:
            block = next(self._element.iter("{*}AnnualAttendance"), None)
        if block is None:
            return None, ()
        possible = self._sessions("SessionsPossible", leaves(block).get("sessionspossible", ""))
        missed: dict[str, int] = {}
        for detail in block.iter("{*}SessionDetail"):
            texts = leaves(detail)
            code = texts.get("attendancereason", "").upper()
            sessions = self._sessions("AbsenceSessions", texts.get("absencesessions", ""))
            if sessions is None:
                continue
            if code not in ABSENCE:
                cure = "This is not a reason for absence. Check the code in your MIS."
                fatal = re.fullmatch("[A-Z0-9]{1,2}", code) is None
                self.wrong("AttendanceReason", show_code(code), cure, fatal)
            missed[code] = missed.get(code, 0) + sessions
        if sum(missed.values()) > (possible or 0):
            cure = "More sessions were missed than were possible. Check the attendance."
            self.odd("AbsenceSessions", str(sum(missed.values())), cure)
        return possible, tuple(missed.items())

    def _sessions(self, field: str, text: str) -> int | None:
        if not text:
            return None
        if not re.fullmatch("-?[0-9]{1,4}", text):
            self.wrong(field, show_code(text), "Sessions are counted in whole half days.")
        elif (sessions := int(text)) < 0:
            self.wrong(field, text, "Sessions cannot be negative. Correct it in your MIS.")
        else:
            if sessions > _MOST_SESSIONS:
                self.odd(field, text, "There are not so many sessions in a year. Check it.")
            return sessions
        return None


def xml_date(text: str) -> date | None:
    """A day written yyyy-mm-dd, None when it is no such day."""
    try:
        return date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def leaves(element: etree._Element, skip: Container[str] = ()) -> dict[str, str]:
    """The first text under each element name in lower case, passing over the groups `skip`."""
    texts: dict[str, str] = {}
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if not isinstance(child.tag, str):  # an entity or another thing that is no element
            continue
        name = local_name(child)
        if name in skip:
            continue
        if text := (child.text or "").strip():
            texts.setdefault(name.lower(), text)
        waiting.extend(reversed(child))
    return texts
