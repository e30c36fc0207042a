"""School Census returns of invented pupils, written and read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from sharing.imports import census_reader
from sharing.imports.census_reader import read_header
from sharing.imports.problems import ImportRefused, Problem, ProblemLog
from sharing.imports.told import ToldPupil
from sharing.upn import make_upn

SYNTHETIC = Path(__file__).parents[2].parent / "shared" / "data" / "school_census_xml"
UPN = make_upn(380, 2999, 2024, 1)
OTHER_UPN = make_upn(380, 2999, 2024, 2)
HEADER = {
    "Collection": "School Census",
    "Term": "SPR",
    "Year": "2026",
    "ReferenceDate": "2026-01-15",
    "LEA": "380",
    "Estab": "2999",
    "SerialNo": "007",
}

PUPIL = {
    "UPN": UPN,
    "Surname": "Madeup",
    "Forename": "Robin",
    "DOB": "2019-10-02",
    "Sex": "F",
    "Ethnicity": "APKN",
    "Language": "URD",
    "EnrolStatus": "C",
    "EntryDate": "2024-09-03",
    "NCyearActual": "1",
    "Boarder": "N",
    "PartTime": "false",
    "SENprovision": "K",
}
GROUPS = (
    "<UniqueLearnerNumber>1234567890</UniqueLearnerNumber><ServiceChild>Y</ServiceChild><YoungCarer>P</YoungCarer>"
    "<PLAA>A</PLAA><SENunitIndicator>1</SENunitIndicator><ResourcedProvisionIndicator>0</ResourcedProvisionIndicator>"
    "<SENneeds><SENneed><SENtypeRank>2</SENtypeRank><SENtype>ASD</SENtype></SENneed>"
    "<SENneed><SENtypeRank>1</SENtypeRank><SENtype>MLD</SENtype></SENneed></SENneeds>"
    "<HomeInformation><Address><BS7666Address><SAON>Flat 2</SAON><PAON>1</PAON><Street>Fictional Street</Street>"
    "<Town>Bradford</Town></BS7666Address><PostCode>bd1  1hy</PostCode></Address></HomeInformation>"
    "<Attendance><AnnualAttendance><SessionsPossible>380</SessionsPossible></AnnualAttendance></Attendance>"
    "<Exclusions><TermlyExclusion><Category>FIXD</Category><Reasons><Reason>PP</Reason><Reason>DB</Reason></Reasons>"
    "<StartDate>2025-10-06</StartDate><Sessions>4</Sessions></TermlyExclusion></Exclusions>"
)
FSM = (
    "<FSMeligibility><FSMperiod><FSMstartDate>2024-04-15</FSMstartDate><FSMendDate>2025-03-31</FSMendDate>"
    "</FSMperiod><FSMperiod><FSMstartDate>2026-01-15</FSMstartDate></FSMperiod></FSMeligibility>"
)


def term_of(day: date) -> str:
    """The term that a return of that reference day names."""
    return next(term for term, months in census_reader._MONTHS.items() if day.month in months)


def tags(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{text}</{name}>" for name, text in values.items())


def pupil(more: str = "", **changes: str) -> str:
    """One pupil; an empty change leaves the element out."""
    values = {field: text for field, text in (PUPIL | changes).items() if text}
    return f"<PupilOnRoll>{tags(values)}{more}</PupilOnRoll>"


def attendance(possible: str, code: str, missed: str) -> str:
    return (
        f"<TermlyAttendance><SessionsPossible>{possible}</SessionsPossible><SessionDetail><AttendanceReason>{code}"
        f"</AttendanceReason><AbsenceSessions>{missed}</AbsenceSessions></SessionDetail></TermlyAttendance>"
    )


def leaver(**changes: str) -> str:
    return pupil(**changes).replace("PupilOnRoll>", "PupilNoLongerOnRoll>")


def document(*pupils: str, root: str = "Message", attributes: str = "", **header: str) -> str:
    values = {field: text for field, text in (HEADER | header).items() if text}
    on_roll = "".join(p for p in pupils if p.startswith("<PupilOnRoll"))
    gone = "".join(p for p in pupils if not p.startswith("<PupilOnRoll"))
    return (
        f"<{root}{attributes}>\n<Header>{tags(values)}</Header>\n"
        "<School><SchoolName>Invented Primary</SchoolName><URN>999998</URN></School>\n"
        f"<Pupils><PupilsOnRoll>{on_roll}</PupilsOnRoll>\n"
        f"<PupilsNoLongerOnRoll>{gone}</PupilsNoLongerOnRoll></Pupils>\n</{root}>\n"
    )


@dataclass
class Census:
    pupils: list[ToldPupil]
    queries: list[Problem]


def read_pupils(path: Path) -> Iterator[ToldPupil | Problem]:
    return census_reader.read_pupils(path, read_header(path))


def load_census(path: Path) -> Census:
    """The whole return, or the refusal with every problem."""
    log, pupils = ProblemLog(), []
    for found in read_pupils(path):
        if isinstance(found, Problem):
            log.add(found)
        else:
            pupils.append(found)
    log.refuse_if_fatal()
    return Census(pupils, log.queries())


def one(census: Census) -> ToldPupil:
    (found,) = census.pupils
    return found


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(ImportRefused) as refusal:
        load_census(path)
    return refusal.value.problems


def cures_of(path: Path) -> str:
    return " | ".join(str(problem) for problem in problems_of(path))
