"""One child of a Common Transfer File: the facts our records have a place for, each checked (formats page 3).

Facts with no place in a record are left out: former names, preferred forename, medical flag, disabilities, looked-after
status, the child's own telephone. The school history is read for checks only: enrolments come from the census.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from lxml import etree

from sharing.codes import (
    NC_YEARS,
    RELATIONSHIP,
    SEN_NEED,
    SEN_PROVISION,
    SERVICE_CHILD,
    SEX,
    TELEPHONE,
)
from sharing.ctf import COMPONENT_STAGE, STAGE
from sharing.ctf.people import NOT_GIVEN, name_kept, telephones_kept
from sharing.imports.addresses import home_address
from sharing.imports.census_groups import leaves
from sharing.imports.problems import Problem, mask_date, show_code
from sharing.imports.pupil_checks import OLDEST, former_upn_of, has_meals_on, is_mixed_year, upn_of
from sharing.imports.told import ToldPupil
from sharing.imports.xml_values import Record, Values, groups
from sharing.models import (
    Attendance,
    Contact,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    Result,
    SenNeed,
    Term,
)
from sharing.school_year import academic_year

_MOST_SESSIONS: Final = 500
_YEARS: Final = range(1990, 2100)
# From the most certain on: result, provisional, interim, estimate, target.
_STATUSES: Final = {status: place for place, status in enumerate("RPIET")}
_COUNTRIES: Final = frozenset(("ENG", "NIR", "SCT", "WLS"))
_ADDRESS_AS_A_WHOLE: Final = 500
_LAST_KEPT: Final = "The last is kept."
_WITHOUT_A_NUMBER: Final = "0000000"  # for a school that the file gives by name only
Row = dict[str, Any]


def read_pupil(element: etree._Element, row: int, written_on: date) -> tuple[ToldPupil | None, list[Problem]]:
    """The child and the queries about it; or None and everything that is wrong with it."""
    record = Record(row)
    values, basic = record.at(element), record.at(record.group(element, "BasicDetails"))
    upn = upn_of(record, "UPN", values.raw("UPN"))
    told = ToldPupil(row=row, upn=upn, former_upn=former_upn_of(record, "FormerUPN", basic.raw("FormerUPN")))
    told.record = {name: value for name, value in _record(values, basic, element).items() if value != ""}
    _check_birth(record, told.record.get("born_on"), written_on)
    for model, read in _PARTS.items():
        rows = read(record, element)
        if rows is not None:
            told.parts[model] = rows
    if FreeMealsPeriod in told.parts:
        told.record["free_school_meals"] = has_meals_on(written_on, told.parts[FreeMealsPeriod])
    _check_history(record, element)
    return (None if record.refused else told), record.problems


def _record(values: Values, basic: Values, element: etree._Element) -> Row:
    return {
        "uln": _uln(values),
        "surname": values.name("Surname", needed=True),
        "forename": values.name("Forename", needed=True),
        "born_on": values.day("DOB", mask_date, needed=True),
        "sex": values.code("Sex", "Gender", known=SEX, needed=True),
        "middle_names": basic.name("MiddleNames"),
        "preferred_surname": basic.name("PreferredSurname"),
        "year_group": _year_group(basic),
        "ethnicity": basic.ethnicity(),
        "language": _language(basic.record, element),
        "service_child": basic.code("ServiceChild", known=SERVICE_CHILD),
    }


def _year_group(basic: Values) -> str:
    mixed = is_mixed_year(basic.record, "NCyearActual", basic.raw("NCyearActual"))
    return "" if mixed else basic.code("NCyearActual", known=NC_YEARS)


def _uln(values: Values) -> str:
    text = values.raw("UniqueLearnerNumber", "ULN")
    if text and not re.fullmatch("[0-9]{10}", text):
        values.record.odd("UniqueLearnerNumber", "", "A learner number has ten digits. It is left out.")
        return ""
    return text


def _language(record: Record, element: etree._Element) -> str:
    """The first language: the one of type F, or the only one."""
    told = [record.at(one) for one in groups(element, "BasicDetails", "Languages", "Type")]
    first = next((one for one in told if one.raw("LanguageType").upper() == "F"), told[0] if told else None)
    text = first.raw("Language").upper() if first else ""
    if text and not re.fullmatch("[A-Z]{3,4}", text):
        record.odd("Language", show_code(text), "A language code has three or four letters. It is left out.")
        return ""
    return text


def _check_birth(record: Record, born_on: date | None, written_on: date) -> None:
    if born_on and not written_on.year - OLDEST <= born_on.year <= written_on.year:
        record.wrong("DOB", mask_date(born_on.isoformat()), "This cannot be a pupil's date of birth. Check the year.")


def _needs(record: Record, element: etree._Element) -> list[Row] | None:
    """The SEN provision that began last."""
    told = [record.at(one) for one in groups(element, "SENhistory", "SEN")]
    if not told:
        return None
    begun = [(one.day("StartDate") or date.min, one.code("SENprovision", known=SEN_PROVISION)) for one in told]
    return [{"sen_provision": max(begun, key=lambda sen: sen[0])[1]}]


def _sen_needs(record: Record, element: etree._Element) -> list[Row] | None:
    """The needs that have not ended, in their order. The code of one that has ended may have ended too."""
    if record.group(element, "SENhistory") is None:
        return None
    told = []
    for one in groups(element, "SENhistory", "SENneeds", "SENneed"):
        values = record.at(one)
        if values.day("NeedEndDate"):
            continue
        need = values.code("SENtype", known=SEN_NEED, needed=True)
        told.append((values.whole("SENtypeRank", 99) or 99, need))
    told.sort(key=lambda need: need[0])
    return [{"rank": rank, "need": need} for rank, (_, need) in enumerate(told, start=1)]


def _free_meals(record: Record, element: etree._Element) -> list[Row] | None:
    """Periods of free meals. An empty history counts as not given: it does not mean that there were none."""
    periods: dict[date, Row] = {}
    for one in groups(element, "FSMhistory", "FSMinstance"):
        values = record.at(one)
        starts, ends = values.day("FSMstartDate", needed=True), values.day("FSMendDate")
        if starts is None:
            continue
        if ends and ends < starts:
            record.wrong("FSMendDate", ends.isoformat(), "Free school meals end before they start.")
        country = values.code("UKcountry", known=_COUNTRIES)
        period = {"starts_on": starts, "ends_on": ends, "country": country}
        if periods.setdefault(starts, period) != period:
            record.odd("FSMstartDate", starts.isoformat(), f"Two periods start on this day. {_LAST_KEPT}")
        periods[starts] = period
    return list(periods.values()) or None


def _attendance(record: Record, element: etree._Element) -> list[Row] | None:
    """Attendance by year, at the school named."""
    years: dict[tuple[int, str], Row] = {}
    for one in groups(element, "Attendance", "YearData"):
        values = record.at(one)
        year, school = _year(values), values.dfe_number() or _WITHOUT_A_NUMBER
        possible, attended, authorised, unauthorised = (
            values.whole(f"Sessions{kind}", _MOST_SESSIONS)
            for kind in ("Possible", "Attended", "Authorised", "Unauthorised")
        )
        absent = None
        if authorised is not None and unauthorised is not None:
            absent = authorised + unauthorised
        elif possible is not None and attended is not None:
            absent = max(0, possible - attended)
        if absent is not None and possible is not None and absent > possible:
            cure = "More sessions were missed than were possible. Ask the other school to check."
            record.odd("SessionsPossible", str(possible), cure)
        if year is None:
            continue
        if (year, school) in years:
            record.odd("Attendance", str(year), f"This year and school are in the file twice. {_LAST_KEPT}")
        years[year, school] = {
            "academic_year": year,
            "term": Term.YEAR,
            "dfe_number": school,
            "sessions_possible": possible,
            "sessions_absent": absent,
            "sessions_unauthorised": unauthorised,
        }
    return list(years.values()) or None


def _year(values: Values) -> int | None:
    year = values.whole("Year", 9999, needed=True)
    if year is not None and year not in _YEARS:
        values.record.wrong("Year", str(year), "This is not a school year. Ask for the file again.")
        return None
    return year


# Phonics is one component in the file. Here its main result is the mark, and meeting the standard is a separate result.
# So is a letter that stands beside a mark, as where the check was annulled.
_OUTCOMES: Final = ("Wa", "Wt")


def _results(record: Record, element: etree._Element) -> list[Row] | None:
    """A result for each subject and component, with teacher assessments marked TA next to tests. `Year` is the summer
    of the assessment, so its school year began the year before. A target or an estimate does not displace a result.
    """
    results: dict[tuple[Any, ...], Row] = {}
    for stage in groups(element, "StageAssessments", "KeyStage"):
        name = record.at(stage).raw("Stage").upper()
        if name not in STAGE:
            record.odd("Stage", show_code(name), "This key stage is not known here. Its results are left out.")
            continue
        every = [record.at(one) for one in groups(stage, "StageAssessment")]
        marked = {_of_what(values) for values in every if values.raw("Result").isdecimal()}
        for values in every:
            year, subject = _year(values), values.text("Subject", most=20, needed=True).upper()
            component = values.text("Component", most=17).upper()
            by_teacher = " TA" if values.raw("Method").upper() == "TA" else ""
            kept_as = COMPONENT_STAGE.get((name, component), STAGE[name])
            result = values.text("Result", most=20, needed=True)
            if kept_as == "PH":
                is_outcome = result in _OUTCOMES or (not result.isdecimal() and _of_what(values) in marked)
                component, by_teacher = ("OUT" if is_outcome else ""), ""
            told = {
                "stage": kept_as,
                "academic_year": (year or 1) - 1,
                "subject": subject,
                "component": f"{component}{by_teacher}".strip(),
                "result": result,
                "status": values.code("ResultStatus", known=_STATUSES) or "R",
            }
            what = (told["stage"], year, subject, told["component"])
            before = results.get(what, told)
            if before != told and before["status"] == told["status"]:
                cure = f"The file has two results of {year or 'a year'} for this subject and component. {_LAST_KEPT}"
                record.odd("Result", show_code(subject), cure)
            results[what] = min(told, before, key=_how_uncertain)
    return list(results.values()) or None


def _how_uncertain(told: Row) -> int:
    return _STATUSES.get(told["status"], len(_STATUSES))


def _of_what(values: Values) -> tuple[str, ...]:
    return tuple(values.raw(name).upper() for name in ("Year", "Subject", "Component"))


def _address(record: Record, element: etree._Element) -> list[Row] | None:
    told = _address_told(record, record.group(element, "Address"))
    return [told] if told else None


def _address_told(record: Record, element: etree._Element | None) -> dict[str, str] | None:
    told = home_address(leaves(element, record.say)) if element is not None else None
    if told and len(told["address"]) > _ADDRESS_AS_A_WHOLE:
        record.wrong("Address", "", f"The address has more than {_ADDRESS_AS_A_WHOLE} letters.")
    return told


def _contacts(record: Record, element: etree._Element) -> list[Row] | None:
    told = list(_each_contact(record, element))
    told.sort(key=lambda contact: contact.pop("place"))
    return [contact | {"order": order} for order, contact in enumerate(told, start=1)] or None


def _each_contact(record: Record, element: etree._Element) -> Iterator[Row]:
    for one in groups(element, "Contacts", "Contact"):
        values = record.at(one)
        relationship = values.raw("Relationship").upper()
        if relationship and relationship not in RELATIONSHIP:
            record.odd("Relationship", show_code(relationship), "This relationship is not known. It is left out.")
            relationship = ""
        numbers = [record.at(phone) for phone in groups(one, "Phones", "Phone")]
        contact: Row = {
            "relationship": relationship,
            "has_responsibility": values.yes("Responsibility"),
            "name": name_kept(
                values.text("Title", most=20),
                values.text("Forename", most=100),
                values.name("Surname", needed=True),
            ),
            "address": _contacts_address(record, record.group(one, "Address")),
            "telephones": telephones_kept(
                [(number.code("TelephoneType", known=TELEPHONE), number.text("PhoneNo", most=40)) for number in numbers]
            ),
            "email": values.text("Email", most=254),
        }
        yield contact | {"place": values.whole("Order", 999) or 999}


def _contacts_address(record: Record, element: etree._Element | None) -> str:
    """Empty where it is the child's."""
    if record.at(element).yes("AddressAsPupil"):
        return ""
    told = _address_told(record, element)
    return told["address"] if told else NOT_GIVEN


def _check_history(record: Record, element: etree._Element) -> None:
    for one in groups(element, "SchoolHistory", "School"):
        values = record.at(one)
        entry, leaving = values.day("EntryDate"), values.day("LeavingDate")
        if entry and leaving and leaving < entry:
            record.odd("LeavingDate", leaving.isoformat(), "The child leaves a school before starting there.")
        if entry and academic_year(entry) not in _YEARS:
            record.odd("EntryDate", entry.isoformat(), "This is not a likely year of entry.")


_PARTS: Final[dict[Any, Callable[[Record, etree._Element], list[Row] | None]]] = {
    PupilNeeds: _needs,
    SenNeed: _sen_needs,
    FreeMealsPeriod: _free_meals,
    Attendance: _attendance,
    Result: _results,
    HomeAddress: _address,
    Contact: _contacts,
}
