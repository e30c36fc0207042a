"""A School Census return as XML (formats page 4.1)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from sharing.demo.bradford.returns import Return, Returned, address_elements

PHASE = {1: "NS", 2: "PS", 4: "SS"}


def write_xml(given: Return, directory: Path) -> Path:
    """Write the file, with a name like those that schools give, and return its path."""
    establishment, census = given.establishment, given.census
    path = directory / f"{establishment.la_code}{establishment.establishment_number:04}_SC_{census.code}.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n')
        file.write(_header(given))
        file.write("<Pupils><PupilsOnRoll>\n")
        file.writelines(_pupil(pupil, "PupilOnRoll") for pupil in given.pupils if pupil.leaving is None)
        file.write("</PupilsOnRoll><PupilsNoLongerOnRoll>\n")
        file.writelines(_pupil(pupil, "PupilNoLongerOnRoll") for pupil in given.pupils if pupil.leaving)
        file.write("</PupilsNoLongerOnRoll></Pupils></Message>\n")
    return path


def _header(given: Return) -> str:
    establishment, census = given.establishment, given.census
    return (
        "<Header>"
        + _group(
            "CollectionDetails",
            _text("Collection", "School Census"), _text("Term", census.code), _text("Year", str(census.day.year)),
            _day("ReferenceDate", census.day),
        )
        + _group(
            "Source",
            _text("SourceLevel", "S"), _text("LEA", str(establishment.la_code)),
            _text("Estab", f"{establishment.establishment_number:04}"), _text("SoftwareCode", "SYNTHETIC"),
            _text("SerialNo", "001"),
        )
        + "</Header>"
        + _group(
            "School",
            _group(
                "SchoolCharacteristics",
                _text("SchoolName", establishment.name), _text("Phase", PHASE.get(establishment.phase_code or 0, "SP")),
                _text("URN", str(establishment.urn)),
            ),
        )
    )  # fmt: skip


def _pupil(returned: Returned, element: str) -> str:
    pupil, needs = returned.pupil, returned.needs
    return _group(
        element,
        _group(
            "PupilIdentifiers",
            _text("UPN", pupil.upn), _text("FormerUPN", pupil.former_upn), _text("UniqueLearnerNumber", pupil.uln),
            _text("Surname", pupil.surname), _text("Forename", pupil.forename),
            _text("MiddleNames", pupil.middle_names), _text("PreferredSurname", pupil.preferred_surname),
            _day("DOB", pupil.born_on), _text("Sex", pupil.sex),
        ),
        _group(
            "PupilCharacteristics",
            _text("Ethnicity", pupil.ethnicity), _group("FSMeligibility", *_meals(returned)),
            _text("Language", pupil.language), _text("ServiceChild", pupil.service_child),
            _text("YoungCarer", pupil.young_carer), _text("PLAA", pupil.post_looked_after),
        ),
        _group(
            "PupilStatus",
            _text("EnrolStatus", returned.kind), _day("EntryDate", returned.entry),
            _day("LeavingDate", returned.leaving), _text("NCyearActual", pupil.year_group),
            _text("Boarder", pupil.boarder), _yes("PartTime", pupil.part_time),
        ),
        _group(
            "SpecialEducationalNeeds",
            _text("SENprovision", needs.sen_provision), _yes("SENunitIndicator", needs.in_sen_unit),
            _yes("ResourcedProvisionIndicator", needs.in_resourced_provision),
            _group("SENneeds", *_types(returned)),
        ) if needs else "",
        _home(returned), _sessions(returned), _group("Exclusions", *_suspensions(returned)),
    ) + "\n"  # fmt: skip


def _meals(returned: Returned) -> Iterator[str]:
    for period in returned.meals:
        yield _group(
            "FSMperiod",
            _day("FSMstartDate", period.starts_on), _day("FSMendDate", period.ends_on),
            _text("UKcountry", period.country),
        )  # fmt: skip


def _types(returned: Returned) -> Iterator[str]:
    for need in returned.types:
        yield _group("SENneed", _text("SENtypeRank", str(need.rank)), _text("SENtype", need.need))


def _home(returned: Returned) -> str:
    if returned.home is None:
        return ""
    lines = [_text(name, text) for name, text in address_elements(returned.home)]
    shape = "AddressLines" if lines and lines[0].startswith("<AddressLine") else "BS7666Address"
    return _group(
        "HomeInformation", _group("Address", _group(shape, *lines), _text("PostCode", returned.home.postcode))
    )


def _sessions(returned: Returned) -> str:
    counted = returned.attendance
    if counted is None or counted.sessions_possible is None:
        return ""
    details = [
        _group("SessionDetail", _text("AttendanceReason", code), _text("AbsenceSessions", str(number)))
        for code, number in counted.by_code.items()
    ]
    return _group(
        "Attendance",
        _group(
            "TermlyAttendance",
            _text("SessionsPossible", str(counted.sessions_possible)), _group("SessionDetails", *details),
        ),
    )  # fmt: skip


def _suspensions(returned: Returned) -> Iterator[str]:
    for one in returned.suspensions:
        yield _group(
            "TermlyExclusion",
            _text("Category", one.category), _group("Reasons", *[_text("Reason", reason) for reason in one.reasons]),
            _day("StartDate", one.starts_on), _text("Sessions", "" if one.sessions is None else str(one.sessions)),
        )  # fmt: skip


def _group(name: str, *inside: str) -> str:
    content = "".join(inside)
    return f"<{name}>{content}</{name}>" if content else ""


def _text(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _day(name: str, day: date | None) -> str:
    return f"<{name}>{day.isoformat()}</{name}>" if day else ""


def _yes(name: str, value: bool) -> str:
    return f"<{name}>{'true' if value else 'false'}</{name}>"
