"""One pupil of a School Census: what the file says, and the checks that each value must pass.

No public schema settles where exactly an element is inside the pupil. So it is found by its name anywhere in there, in
capitals or not, except in the groups that reuse names for something else (an exclusion has its own SENprovision).
Source: formats pages 4.1 and 11.
"""

import re
from collections.abc import Callable, Container
from datetime import date
from typing import Any, Final

from lxml import etree

from sharing.codes import (
    BOARDER,
    ENROL_STATUS,
    LANGUAGE,
    NC_YEARS,
    POST_LOOKED_AFTER,
    SEN_PROVISION,
    SERVICE_CHILD,
    SEX,
    YOUNG_CARER,
    main_ethnicity,
)
from sharing.imports import census_groups
from sharing.imports.census_groups import SPRING, UNCLEAR, gather, xml_date
from sharing.imports.problems import (
    NO_SUCH_DATE,
    Problem,
    mask_date,
    show_code,
    show_date,
)
from sharing.imports.pupil_checks import check_age, former_upn_of, has_meals_on, is_mixed_year, name_of, upn_of
from sharing.imports.told import ToldPupil
from sharing.models import Attendance, Enrolment, FreeMealsPeriod, HomeAddress, PupilNeeds, SenNeed, Suspension
from sharing.school_year import term_counted_at

_KINDS: Final = frozenset(Enrolment.Kind.values)
_TRUE, _FALSE = ("true", "1", "y"), ("false", "0", "n")


def read_pupil(
    element: etree._Element, row: int, on_roll: bool, reference_date: date
) -> tuple[ToldPupil | None, list[Problem]]:
    """The pupil and the queries about it; or None and everything that is wrong with it.

    Facts that the file leaves out are left as they are, since not every census asks for every fact. But what may
    properly be empty (middle names, periods of free meals) counts as empty for pupils on roll. Free school meals are
    those of the reference day.
    """
    pupil = _Pupil(element, row, on_roll)
    dob = pupil.day("DOB", mask_date)
    entry = pupil.day("EntryDate", show_date)
    leaving = pupil.day("LeavingDate", show_date, needed=not on_roll)
    check_age(pupil, "DOB", dob, reference_date)
    pupil.check_stay(dob, entry, leaving, reference_date)
    upn = upn_of(pupil, "UPN", pupil.text("UPN"))
    told = ToldPupil(row, upn, former_upn_of(pupil, "FormerUPN", pupil.text("FormerUPN")))
    record = {
        "surname": pupil.name("Surname"),
        "forename": pupil.name("Forename"),
        "middle_names": pupil.name("MiddleNames", needed=False),
        "preferred_surname": pupil.name("PreferredSurname", needed=False),
        "born_on": dob,
        "sex": pupil.code("Sex", SEX, also="Gender", needed=True),
        "ethnicity": pupil.ethnicity(),
        "language": pupil.language(),
        "year_group": pupil.year_group(),
        "boarder": pupil.code("Boarder", BOARDER),
        "service_child": pupil.code("ServiceChild", SERVICE_CHILD),
        "young_carer": pupil.code("YoungCarer", YOUNG_CARER),
        "post_looked_after": pupil.code("PLAA", POST_LOOKED_AFTER),
        "part_time": pupil.yes_or_no("PartTime"),
        "uln": pupil.uln(),
    }
    may_be_empty = {"middle_names", "preferred_surname"} if on_roll else set()
    told.record = {name: value for name, value in record.items() if value not in ("", None) or name in may_be_empty}
    status = pupil.enrol_status()
    stay = {"kind": status if status in _KINDS else None, "starts_on": entry, "ends_on": leaving}
    told.parts = {Enrolment: [stay], **pupil.parts(reference_date, dob)}
    if FreeMealsPeriod in told.parts:
        told.record["free_school_meals"] = has_meals_on(reference_date, told.parts[FreeMealsPeriod])
    pupil.ask_for("NCyearActual", "SENprovision", *(("Ethnicity",) if reference_date.month in SPRING else ()))
    return (None if pupil.refused else told), pupil.problems


class _Pupil:
    """The element's values by name, and what was found wrong with them so far."""

    def __init__(self, element: etree._Element, row: int, on_roll: bool) -> None:
        self._row, self._on_roll = row, on_roll
        self._texts: dict[str, str] = {}
        self._groups: dict[str, list[etree._Element]] = {}
        self._unclear: set[str] = set()
        gather(element, self._texts, self._groups, self._unclear)
        self.problems: list[Problem] = []

    @property
    def refused(self) -> bool:
        return any(problem.fatal for problem in self.problems)

    def wrong(self, field: str, value: str, cure: str, fatal: bool = True) -> None:
        self.problems.append(Problem(self._row, field, value, cure, fatal))

    def odd(self, field: str, value: str, cure: str) -> None:
        self.wrong(field, value, cure, fatal=False)

    def text(self, field: str, also: str = "") -> str:
        for name in self._unclear and self._unclear & {field.lower(), also.lower()}:
            self._unclear.remove(name)
            self.wrong(field, "", UNCLEAR)
        return self._texts.get(field.lower(), "") or (self._texts.get(also.lower(), "") if also else "")

    def ask_for(self, *fields: str) -> None:
        """Add a query for each of these fields that a pupil on roll lacks."""
        for field in fields:
            if self._on_roll and not self.text(field):
                self.odd(field, "", "This is missing. It can be sent with the next return.")

    def name(self, field: str, needed: bool = True) -> str:
        text = name_of(self, field, self.text(field))
        if not text and needed:
            self.wrong(field, "", "This is missing. Enter it in your MIS and export again.")
        return text

    def day(self, field: str, show: Callable[[str], str], needed: bool = True) -> date | None:
        """A yyyy-mm-dd date; `show` says how much of an invalid one may be shown."""
        text = self.text(field)
        if not text and needed:
            self.wrong(field, "", "This date is missing. Enter it in your MIS.")
        day = xml_date(text)
        if text and day is None:
            self.wrong(field, show(text), NO_SUCH_DATE)
        return day

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
        """A code of a closed list. An unknown one is fatal, because it would make the statistics wrong."""
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
        """A main or extended code. An unknown one of four letters is kept, with a query."""
        text = self.text("Ethnicity").upper()
        if text and main_ethnicity(text) is None:
            cure = "This is neither a main nor an extended ethnicity code. Check it in your MIS."
            self.wrong("Ethnicity", show_code(text), cure, not re.fullmatch("[A-Z]{4}", text))
        return text

    def language(self) -> str:
        """A code of the Department's list. An unknown one of three or four letters is kept, with a query."""
        text = self.text("Language").upper()
        if text and not re.fullmatch("[A-Z]{3,4}", text):
            cure = "A language code has three or four letters. Choose one in your MIS."
            self.wrong("Language", show_code(text), cure)
        elif text and text not in LANGUAGE:
            cure = "This language code is not on the Department's list. Check it in your MIS."
            self.odd("Language", show_code(text), cure)
        return text

    def year_group(self) -> str:
        mixed = is_mixed_year(self, "NCyearActual", self.text("NCyearActual"))
        return "" if mixed else self.code("NCyearActual", NC_YEARS)

    def uln(self) -> str:
        """The unique learner number; an invalid one is left out."""
        text = self.text("UniqueLearnerNumber", also="ULN")
        if text and not re.fullmatch("[0-9]{10}", text):
            self.odd("UniqueLearnerNumber", "", "A ULN has ten digits. It is left out.")
            return ""
        return text

    def yes_or_no(self, field: str) -> bool | None:
        text = self.text(field).lower()
        if text and text not in (*_TRUE, *_FALSE):
            self.odd(field, show_code(text), "This should be true or false. It is left out.")
            return None
        return text in _TRUE if text else None

    def parts(self, reference_date: date, born_on: date | None) -> dict[Any, list[dict[str, Any]]]:
        """The rows of the tables that belong to the record: for a pupil on roll, all those this census asks for."""
        groups, say = self._groups, self.wrong
        address = census_groups.address(groups, say)
        needs = census_groups.needs(groups, say)
        provision = self.code("SENprovision", SEN_PROVISION)
        standing = census_groups.standing(
            provision, self.yes_or_no("SENunitIndicator"), self.yes_or_no("ResourcedProvisionIndicator")
        )
        parts: dict[Any, list[dict[str, Any]]] = {
            FreeMealsPeriod: census_groups.meals(groups, say),
            Attendance: census_groups.attendance(groups, term_counted_at(reference_date), born_on, say),
            Suspension: census_groups.suspensions(groups, say),
            PupilNeeds: [standing] if any(value is not None for value in standing.values()) else [],
            SenNeed: needs,
            HomeAddress: [address] if address else [],
        }
        whole = census_groups.told_whole(self._on_roll, reference_date, provision)
        return {part: rows for part, rows in parts.items() if rows or part in whole}
