"""Writing a Common Transfer File, version 25.0, according to formats page 3. Empty elements are left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lxml import etree

from sharing.ctf import COMPONENT_STAGE, STAGE, UNKNOWN_LA, UNKNOWN_SCHOOL, VERSION_WRITTEN
from sharing.ctf.people import NOT_GIVEN, address_told, name_told, telephones_told
from sharing.files.xml_text import fit_for_xml
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    Result,
    SenNeed,
)

_SUPPLIER: Final = "SCHOOLS-ONLINE"
_STAGE_TOLD: Final = {ours: theirs for theirs, ours in STAGE.items()} | {
    ours: stage for (stage, _), ours in COMPONENT_STAGE.items()
}
_COMPONENT_TOLD: Final = {ours: component for (_, component), ours in COMPONENT_STAGE.items()}
Element = etree._Element


@dataclass(frozen=True)
class School:
    """A school at one end of a transfer. `dfe_number` has seven digits; empty where it is not known."""

    dfe_number: str
    name: str = ""

    @property
    def in_a_file_name(self) -> str:
        return self.dfe_number or UNKNOWN_LA + UNKNOWN_SCHOOL


def write_ctf(children: Iterable[ToldPupil], *, source: School, destination: School, at: datetime, year: int) -> bytes:
    """The file. `year` is the calendar year in which the school year began.

    A child's `parts` may also contain Enrolment: the periods at the source, for its school history.
    """
    root = etree.Element("CTfile")
    header = etree.SubElement(root, "Header")
    _leaves(
        header,
        DocumentName="Common Transfer File",
        CTFversion=VERSION_WRITTEN,
        DateTime=f"{at:%Y-%m-%dT%H:%M:%S}",
        DocumentQualifier="full",
        SupplierID=_SUPPLIER,
    )
    _leaves(_school(header, "SourceSchool", source), SchoolName=source.name, AcademicYear=year)
    _school(header, "DestSchool", destination)
    data = etree.SubElement(root, "CTFpupilData")
    for child in children:
        _pupil(data, child, source)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _leaves(parent: Element, **values: Any) -> None:
    for name, value in values.items():
        if value not in ("", None):
            etree.SubElement(parent, name).text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else fit_for_xml(str(value))


def _group(parent: Element, name: str, **values: Any) -> Element:
    group = etree.SubElement(parent, name)
    _leaves(group, **values)
    return group


def _school(parent: Element, name: str, school: School) -> Element:
    number = school.in_a_file_name
    return _group(parent, name, LEA=number[:3], Estab=number[3:])


def _pupil(data: Element, child: ToldPupil, source: School) -> None:
    told = child.record
    pupil = _group(
        data,
        "Pupil",
        UPN=child.upn,
        UniqueLearnerNumber=told.get("uln"),
        Surname=told["surname"],
        Forename=told["forename"],
        DOB=told["born_on"],
        Sex=told["sex"],
    )
    _basic_details(pupil, child)
    _free_meals(pupil, child.parts.get(FreeMealsPeriod, []))
    _needs(pupil, child.parts.get(PupilNeeds, []), child.parts.get(SenNeed, []))
    for home in child.parts.get(HomeAddress, []):
        _address(pupil, home["address"])
    _contacts(pupil, child.parts.get(Contact, []))
    _attendance(pupil, child.parts.get(Attendance, []), source)
    _results(pupil, child.parts.get(Result, []))
    _history(pupil, child.parts.get(Enrolment, []), source)


def _basic_details(pupil: Element, child: ToldPupil) -> None:
    told = child.record
    basic = _group(
        pupil,
        "BasicDetails",
        FormerUPN=child.former_upn,
        PreferredSurname=told.get("preferred_surname"),
        MiddleNames=told.get("middle_names"),
        NCyearActual=told.get("year_group"),
        Ethnicity=told.get("ethnicity"),
    )
    if told.get("language"):
        _group(_group(basic, "Languages"), "Type", LanguageType="F", Language=told["language"])
    _leaves(basic, ServiceChild=told.get("service_child"))
    if not len(basic):
        pupil.remove(basic)


def _free_meals(pupil: Element, periods: list[dict[str, Any]]) -> None:
    if not periods:
        return
    history = _group(pupil, "FSMhistory")
    for period in periods:
        _group(
            history,
            "FSMinstance",
            FSMstartDate=period["starts_on"],
            FSMendDate=period["ends_on"],
            UKcountry=period["country"],
        )


def _needs(pupil: Element, provision: list[dict[str, Any]], needs: list[dict[str, Any]]) -> None:
    if not provision and not needs:
        return
    history = _group(pupil, "SENhistory")
    for one in provision:
        _group(history, "SEN", SENprovision=one["sen_provision"])
    if needs:
        told = _group(history, "SENneeds")
        for need in needs:
            _group(told, "SENneed", SENtypeRank=need["rank"], SENtype=need["need"])


def _address(parent: Element, kept: str) -> None:
    lines, postcode = address_told(kept)
    address = _group(parent, "Address")
    if lines:
        _group(address, "AddressLines", **{f"AddressLine{number}": line for number, line in enumerate(lines, start=1)})
    _leaves(address, PostCode=postcode)


def _contacts(pupil: Element, contacts: list[dict[str, Any]]) -> None:
    if not contacts:
        return
    told = _group(pupil, "Contacts")
    for one in contacts:
        title, forename, surname = name_told(one["name"])
        contact = _group(
            told,
            "Contact",
            Order=one["order"],
            Title=title,
            Surname=surname,
            Forename=forename,
            Relationship=one["relationship"],
            Responsibility=one["has_responsibility"],
        )
        if not one["address"]:
            _group(contact, "Address", AddressAsPupil=True)
        elif one["address"] != NOT_GIVEN:
            _address(contact, one["address"])
        if one["telephones"]:
            phones = _group(contact, "Phones")
            for kind, number in telephones_told(one["telephones"]):
                _group(phones, "Phone", TelephoneType=kind, PhoneNo=number)
        _leaves(contact, Email=one["email"])


def _attendance(pupil: Element, years: list[dict[str, Any]], source: School) -> None:
    """Write the years. The establishment's own count has no school number, so it gets the source's."""
    if not years:
        return
    attendance = _group(pupil, "Attendance")
    for year in years:
        number = year["dfe_number"] or source.dfe_number
        possible, absent, unauthorised = (
            year[name] for name in ("sessions_possible", "sessions_absent", "sessions_unauthorised")
        )
        known = absent is not None and unauthorised is not None
        told = _group(attendance, "YearData", Year=year["academic_year"])
        if number.strip("0"):
            _leaves(told, LEA=number[:3], Estab=number[3:])
        _leaves(
            told,
            SchoolName=source.name if number == source.dfe_number else "",
            SessionsPossible=possible,
            SessionsAuthorised=max(0, absent - unauthorised) if known else None,
            SessionsAttended=max(0, possible - absent) if possible is not None and absent is not None else None,
            SessionsUnauthorised=unauthorised,
        )


def _results(pupil: Element, results: list[dict[str, Any]]) -> None:
    if not results:
        return
    assessments = _group(pupil, "StageAssessments")
    stages: dict[str, Element] = {}
    for one in results:
        name = _STAGE_TOLD.get(one["stage"])
        if name is None:
            continue
        if name not in stages:
            stages[name] = _group(assessments, "KeyStage", Stage=name)
        component, by_teacher = one["component"], one["component"].endswith("TA")
        _group(
            stages[name],
            "StageAssessment",
            Locale="ENG",
            Year=one["academic_year"] + 1,
            Subject=one["subject"],
            Method="TA" if by_teacher else "",
            Component=_COMPONENT_TOLD.get(one["stage"]) or component.removesuffix("TA").strip(),
            ResultStatus=one["status"],
            Result=one["result"],
        )


def _history(pupil: Element, stays: list[dict[str, Any]], source: School) -> None:
    if not stays:
        return
    history = _group(pupil, "SchoolHistory")
    for number, stay in enumerate(stays, start=1):
        school = _school(history, "School", source)
        _leaves(
            school,
            SchoolName=source.name,
            EntryDate=stay["starts_on"],
            LeavingDate=stay["ends_on"],
            LeavingReason=stay["leaving_reason"],
            LastSchool=number == len(stays),
        )
