"""The School Census return (formats page 4.1). All pupils here are invented."""

import re
import resource
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from sharing.imports import census_reader
from sharing.imports.census_reader import read_header
from sharing.imports.problems import ImportRefused, Problem, ProblemLog, mask_date, mask_upn
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    SenNeed,
    Suspension,
    Term,
)
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


def tags(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{text}</{name}>" for name, text in values.items())


def pupil(more: str = "", **changes: str) -> str:
    """One pupil; an empty change leaves the element out."""
    values = {field: text for field, text in (PUPIL | changes).items() if text}
    return f"<PupilOnRoll>{tags(values)}{more}</PupilOnRoll>"


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


@pytest.fixture
def send(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "return.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


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


def test_the_header_says_whose_return_it_is(send: Callable[..., Path]) -> None:
    """R22: source and as-of date."""
    header = read_header(send(document(pupil())))
    assert (header.la, header.establishment_number, header.urn) == (380, 2999, 999998)
    assert (header.term, header.year, header.reference_date) == ("SPR", 2026, date(2026, 1, 15))
    assert (header.school_name, header.serial) == ("Invented Primary", "007")


def test_a_pupil_is_read_whole(send: Callable[..., Path]) -> None:
    """R5: status, entry and leaving dates are what an enrolment is made of."""
    more = (
        "<Attendance><SummerHalfTerm2Attendance><SessionsPossible>60</SessionsPossible>"
        "</SummerHalfTerm2Attendance><TermlyAttendance><SessionsPossible>140</SessionsPossible>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>4</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>O</AttendanceReason><AbsenceSessions>2</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>1</AbsenceSessions></SessionDetail>"
        "</TermlyAttendance></Attendance>"
    )
    census = load_census(send(document(pupil(more, FormerUPN=OTHER_UPN, MiddleNames="Sky"))))
    found = one(census)
    assert census.queries == []
    assert (found.row, found.upn, found.former_upn, found.dfe_number) == (1, UPN, OTHER_UPN, "3802999")
    assert found.record == {
        "surname": "Madeup",
        "forename": "Robin",
        "middle_names": "Sky",
        "preferred_surname": "",
        "born_on": date(2019, 10, 2),
        "sex": "F",
        "ethnicity": "APKN",
        "language": "URD",
        "year_group": "1",
        "boarder": "N",
        "part_time": False,
        "free_school_meals": False,
    }
    assert found.parts == {
        Enrolment: [{"kind": "C", "starts_on": date(2024, 9, 3), "ends_on": None}],
        PupilNeeds: [{"sen_provision": "K", "in_sen_unit": None, "in_resourced_provision": None}],
        SenNeed: [],
        FreeMealsPeriod: [],
        Suspension: [],
        Attendance: [
            {
                "academic_year": 2025,
                "term": Term.AUTUMN,
                "sessions_possible": 140,
                "sessions_absent": 7,
                "sessions_unauthorised": 2,
                "by_code": {"I": 5, "O": 2},
            }
        ],
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


@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_every_group_of_a_pupil_is_read_in_capitals_or_not(
    send: Callable[..., Path], written: Callable[[str], str]
) -> None:
    """R5, R13: what a return tells of a pupil, as formats page 4.1 lists it."""
    more = re.sub("<[^>]*>", lambda tag: written(tag[0]), GROUPS)
    found = one(load_census(send(document(pupil(more)))))
    told = {name: found.record[name] for name in ("uln", "service_child", "young_carer", "post_looked_after")}
    assert told == {"uln": "1234567890", "service_child": "Y", "young_carer": "P", "post_looked_after": "A"}
    assert found.parts[PupilNeeds] == [{"sen_provision": "K", "in_sen_unit": True, "in_resourced_provision": False}]
    assert found.parts[SenNeed] == [{"rank": 2, "need": "ASD"}, {"rank": 1, "need": "MLD"}]
    assert found.parts[HomeAddress] == [
        {"address": "Flat 2\n1 Fictional Street\nBradford\nBD1 1HY", "postcode": "BD1 1HY"}
    ]
    assert found.parts[Suspension] == [
        {"category": "SUSP", "starts_on": date(2025, 10, 6), "sessions": 4, "reasons": ["PP", "DB"]}
    ]
    (year,) = found.parts[Attendance]
    assert (year["term"], year["sessions_possible"], year["sessions_absent"]) == (Term.YEAR, 380, 0)


def test_what_the_autumn_return_does_not_ask_for_is_not_told(send: Callable[..., Path]) -> None:
    """Ethnicity and types of need come in spring: an autumn return leaves them as they stand."""
    autumn = {"Term": "AUT", "Year": "2025", "ReferenceDate": "2025-10-02"}
    census = load_census(send(document(pupil(Ethnicity=""), **autumn)))
    assert census.queries == []
    assert "ethnicity" not in one(census).record
    assert SenNeed not in one(census).parts


def test_a_leaver_has_a_leaving_date_and_needs_no_status(send: Callable[..., Path]) -> None:
    """R5, R8."""
    gone = leaver(UPN=OTHER_UPN, LeavingDate="2025-12-12", EnrolStatus="", Ethnicity="")
    census = load_census(send(document(pupil(), gone)))
    assert census.queries == []
    assert [(p.row, p.parts[Enrolment][0]["ends_on"]) for p in census.pupils] == [
        (1, None),
        (2, date(2025, 12, 12)),
    ]


def test_elements_are_found_wherever_they_stand_and_in_any_namespace(send: Callable[..., Path]) -> None:
    wrapped = pupil("<Status><Deeper><ServiceChild>N</ServiceChild></Deeper></Status>", Sex="", Gender="m")
    path = send(document(wrapped, attributes=' xmlns="urn:of:some:vendor"'))
    assert (one(load_census(path)).record["service_child"], one(load_census(path)).record["sex"]) == ("N", "M")


def test_an_exclusion_has_a_sen_provision_of_its_own(send: Callable[..., Path]) -> None:
    exclusion = (
        "<Exclusions><TermlyExclusion><Category>SUSP</Category><StartDate>2025-10-06</StartDate>"
        "<SENprovision>E</SENprovision></TermlyExclusion></Exclusions>"
    )
    path = send(document(pupil(SENprovision="").replace("<UPN>", f"{exclusion}<UPN>", 1)))
    assert PupilNeeds not in one(load_census(path)).parts


FSM = (
    "<FSMeligibility><FSMperiod><FSMstartDate>2024-04-15</FSMstartDate><FSMendDate>2025-03-31</FSMendDate>"
    "</FSMperiod><FSMperiod><FSMstartDate>2026-01-15</FSMstartDate></FSMperiod></FSMeligibility>"
)


@pytest.mark.parametrize(
    ("day", "term", "eligible"),
    [
        ("2024-04-14", "SPR", False),
        ("2024-04-15", "SPR", True),
        ("2025-03-31", "SPR", True),
        ("2025-04-01", "SPR", False),
        ("2026-01-14", "SPR", False),
        ("2026-01-15", "SPR", True),
        ("2030-01-01", "SPR", True),
    ],
)
def test_free_school_meals_on_a_day(send: Callable[..., Path], day: str, term: str, eligible: bool) -> None:
    """R22: the day before, the day of, the day after."""
    path = send(document(pupil(FSM, EntryDate="2023-09-01"), Term=term, Year=day[:4], ReferenceDate=day))
    found = one(load_census(path))
    assert found.record["free_school_meals"] is eligible
    assert found.parts[FreeMealsPeriod] == [
        {"starts_on": date(2024, 4, 15), "ends_on": date(2025, 3, 31), "country": ""},
        {"starts_on": date(2026, 1, 15), "ends_on": None, "country": ""},
    ]


FATAL = [
    ({"UPN": ""}, "UPN", "missing"),
    ({"UPN": ("A" if UPN[0] != "A" else "B") + UPN[1:]}, "UPN", "check letter does not fit"),
    ({"Surname": ""}, "Surname", "missing"),
    ({"Forename": ""}, "Forename", "missing"),
    ({"DOB": ""}, "DOB", "missing"),
    ({"DOB": "2019-02-31"}, "DOB", "no such date"),
    ({"DOB": "02/10/2019"}, "DOB", "no such date"),
    ({"DOB": "2026-01-16"}, "DOB", "after the reference date"),
    ({"DOB": "1999-01-01"}, "DOB", "over 25"),
    ({"Sex": ""}, "Sex", "missing"),
    ({"Sex": "X"}, "Sex", "does not exist"),
    ({"EntryDate": "2026-01-16"}, "EntryDate", "after the reference date"),
    ({"EntryDate": "2019-10-01"}, "EntryDate", "before being born"),
    ({"LeavingDate": "2026-01-14"}, "LeavingDate", "had left"),
    ({"LeavingDate": "2024-09-02"}, "LeavingDate", "before starting"),
    ({"EnrolStatus": ""}, "EnrolStatus", "missing"),
    ({"EnrolStatus": "Z"}, "EnrolStatus", "does not exist"),
    ({"EnrolStatus": "P"}, "EnrolStatus", "previously registered"),
    ({"NCyearActual": "15"}, "NCyearActual", "does not exist"),
    ({"SENprovision": "Q"}, "SENprovision", "does not exist"),
    ({"Ethnicity": "Pakistani"}, "Ethnicity", "neither"),
    ({"Language": "Urdu?"}, "Language", "three or four letters"),
]


@pytest.mark.parametrize(("changes", "field", "cure"), FATAL)
def test_what_stops_an_import(send: Callable[..., Path], changes: dict[str, str], field: str, cure: str) -> None:
    """R22: each problem names the place and the cure, and the rest is still read."""
    path = send(document(pupil(**changes), pupil(UPN=OTHER_UPN)))
    fatal = [problem for problem in problems_of(path) if problem.fatal]
    assert [(problem.row, problem.field) for problem in fatal] == [(1, field)]
    assert cure in fatal[0].cure
    assert [p.row for p in read_pupils(path) if isinstance(p, ToldPupil)] == [2]


QUERIES = [
    ({"DOB": "2025-06-01", "EntryDate": "2025-09-01"}, "DOB"),
    ({"Ethnicity": "ZZZZ"}, "Ethnicity"),
    ({"Ethnicity": ""}, "Ethnicity"),
    ({"NCyearActual": ""}, "NCyearActual"),
    ({"SENprovision": ""}, "SENprovision"),
    ({"PartTime": "perhaps"}, "PartTime"),
    ({"FormerUPN": "A" + UPN[1:]}, "FormerUPN"),
]


@pytest.mark.parametrize(("changes", "field"), QUERIES)
def test_what_is_odd_but_importable(send: Callable[..., Path], changes: dict[str, str], field: str) -> None:
    """R23: a query to be confirmed, not a refusal."""
    census = load_census(send(document(pupil(**changes))))
    assert [(query.row, query.field, query.fatal) for query in census.queries] == [(1, field, False)]
    assert (one(census).former_upn, one(census).record.get("part_time", False)) == ("", False)


@pytest.mark.parametrize("code", ["AKPA", "WROR", "apkn"])
def test_extended_ethnicity_codes_are_known(send: Callable[..., Path], code: str) -> None:
    census = load_census(send(document(pupil(Ethnicity=code))))
    assert (one(census).record["ethnicity"], census.queries) == (code.upper(), [])


def attendance(possible: str, code: str, missed: str) -> str:
    return (
        f"<TermlyAttendance><SessionsPossible>{possible}</SessionsPossible><SessionDetail><AttendanceReason>{code}"
        f"</AttendanceReason><AbsenceSessions>{missed}</AbsenceSessions></SessionDetail></TermlyAttendance>"
    )


@pytest.mark.parametrize(
    ("more", "field", "fatal"),
    [
        (attendance("-1", "I", "0"), "SessionsPossible", True),
        (attendance("140", "I", "-2"), "AbsenceSessions", True),
        (attendance("many", "I", "0"), "SessionsPossible", True),
        (attendance("140", "illness", "1"), "AttendanceReason", True),
        (attendance("140", "W", "1"), "AttendanceReason", False),
        (attendance("10", "I", "11"), "AbsenceSessions", False),
        (attendance("501", "I", "1"), "SessionsPossible", True),
        (attendance("", "I", "1"), "AbsenceSessions", False),
        ("<FSMstartDate>2025-02-30</FSMstartDate>", "FSMstartDate", True),
        ("<FSMstartDate>2025-02-03</FSMstartDate><FSMendDate>2025-02-02</FSMendDate>", "FSMendDate", True),
        ("<FSMendDate>2025-02-02</FSMendDate>", "FSMendDate", False),
    ],
)
def test_sessions_and_meals_are_checked(send: Callable[..., Path], more: str, field: str, fatal: bool) -> None:
    found = [p for p in read_pupils(send(document(pupil(more)))) if isinstance(p, Problem)]
    assert (field, fatal) in [(problem.field, problem.fatal) for problem in found]


def test_the_same_upn_twice_on_roll_is_refused(send: Callable[..., Path]) -> None:
    (problem,) = problems_of(send(document(pupil(), pupil(Forename="Ash"))))
    assert (problem.row, problem.field) == (2, "UPN")
    assert "Pupil 1 of this file" in problem.cure


def test_a_leaver_who_is_on_roll_again_is_a_query(send: Callable[..., Path]) -> None:
    census = load_census(send(document(pupil(), leaver(LeavingDate="2025-10-01"))))
    assert [query.field for query in census.queries] == ["UPN"]
    again = census.pupils[1]
    assert (again.record, list(again.parts), again.parts[Enrolment][0]["ends_on"]) == (
        {},
        [Enrolment],
        date(2025, 10, 1),
    )


def test_nothing_personal_is_in_a_problem_or_a_repr(send: Callable[..., Path]) -> None:
    """R13, R43: problems are shown, stored and logged; a child is not to be found there."""
    bad = "A" + UPN[1:] if UPN[0] != "A" else "B" + UPN[1:]
    path = send(
        document(
            pupil(UPN=bad, DOB="2019-02-31", FormerUPN=bad, Ethnicity="Robin Madeup", Language="Madeup"),
            pupil(UPN=OTHER_UPN, NCyearActual="Robin", EntryDate="Madeup", Sex=bad),
        )
    )
    with pytest.raises(ImportRefused) as refusal:
        load_census(path)
    told = f"{refusal.value} {refusal.value!r} {[vars(problem) for problem in refusal.value.problems]}"
    for personal in (bad, bad[1:], "Robin", "Madeup", "2019"):
        assert personal not in told
    assert "A•••••••••••" in told or "B•••••••••••" in told
    assert repr(one(load_census(send(document(pupil()))))) == "<ToldPupil row 1>"


def test_masks() -> None:
    """R13."""
    assert mask_upn("W380201224001") == "W•••••••••••1"
    assert mask_upn("W3802") == "•••••"
    assert mask_date("31/02/2015") == "••/••/••••"
    assert Problem(1, "Note", f"see {UPN}", "").value == f"see {mask_upn(UPN)}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Term": "WIN"}, "Term"),
        ({"Term": ""}, "Term"),
        ({"Term": "SUM"}, "ReferenceDate"),
        ({"Year": "2016"}, "ReferenceDate"),
        ({"Year": "MMXXVI"}, "Year"),
        ({"ReferenceDate": "15-01-2026"}, "ReferenceDate"),
        ({"ReferenceDate": ""}, "ReferenceDate"),
        ({"LEA": "0"}, "LEA"),
        ({"Estab": ""}, "Estab"),
        ({"Collection": "School Workforce Census"}, "Collection"),
        ({"Collection": ""}, "Collection"),
    ],
)
def test_a_wrong_header_is_refused_before_a_pupil_is_read(
    send: Callable[..., Path], changes: dict[str, str], field: str
) -> None:
    path = send(document(pupil(), **changes))
    with pytest.raises(ImportRefused) as refusal:
        read_header(path)
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_other_files_are_named(send: Callable[..., Path]) -> None:
    assert "School Workforce Census" in cures_of(send(document(pupil(), Collection="School Workforce Census")))
    assert "Common Transfer File" in cures_of(send(document(pupil(), root="CTFile")))
    assert "not a census return" in cures_of(send("<x/>"))
    assert "no header" in cures_of(send("<Message><Pupils/></Message>"))
    assert "no pupil on roll" in cures_of(send(document()))
    assert "no pupil on roll" in cures_of(send(document(leaver(LeavingDate="2025-12-01"))))
    assert "empty" in cures_of(send(b"\xef\xbb\xbf\n"))
    assert "not an XML file" in cures_of(send("UPN,Surname"))
    assert "ZIP" in cures_of(send(b"PK\x03\x04"))


BOMB = '<!DOCTYPE Message [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE Message SYSTEM "http://nowhere.example/x.dtd">'


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, f"<!--{' ' * (3 << 20)}-->{BOMB}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_document_type_is_refused_unparsed(send: Callable[..., Path], doctype: str, encoding: str) -> None:
    """R13: no file outside the return is ever fetched or read."""
    text = doctype + document(pupil(Surname="&b;"))
    assert "DOCTYPE" in cures_of(send(text.encode(encoding)))


@pytest.mark.parametrize("name", ["UTF-7", "cp037", "unheard-of"])
def test_encodings_that_can_hide_a_document_type_are_refused(send: Callable[..., Path], name: str) -> None:
    assert "encoding" in cures_of(send(f'<?xml version="1.0" encoding="{name}"?>{document(pupil())}'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_usual_encodings_are_read(send: Callable[..., Path], encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{document(pupil(Surname="Zoë-Müller"))}'
    assert one(load_census(send(text.encode(encoding)))).record["surname"] == "Zoë-Müller"


def test_a_return_that_is_cut_short_says_so(send: Callable[..., Path]) -> None:
    whole = document(pupil(), pupil(UPN=OTHER_UPN))
    for keep in (len("</Message>\n"), 60, len(whole) // 2, len(whole) - 30):
        assert "cut short at line" in cures_of(send(whole[:-keep]))


def test_damage_says_where_and_quotes_nothing(send: Callable[..., Path]) -> None:
    """R13: the parser's own message could hold a name."""
    path = send(document(pupil(), pupil(UPN=OTHER_UPN, Surname="&Madeup;"), pupil()))
    assert "damaged at line 4" in cures_of(path)
    assert "Madeup" not in cures_of(path)
    assert "damaged at line" in cures_of(send(document(pupil()).replace("</UPN>", "</Upn>")))


def test_memory_does_not_grow_with_the_return(send: Callable[..., Path]) -> None:
    """R22: a large return is streamed."""
    pupils = [pupil(UPN=make_upn(380, 2999, 2000 + n // 1000, n % 1000)) for n in range(4000)]
    path = send(document(*pupils))
    tracemalloc.start()
    count = sum(isinstance(p, ToldPupil) for p in read_pupils(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("filler", "words"),
    [
        (b" " * (1 << 20), "damaged"),
        (b"<x/>" * (1 << 18), "no part of a return"),
        (b"<!-- -->" * (1 << 17), "no part of a return"),
    ],
)
@pytest.mark.parametrize("before", [b"<PupilOnRoll>", b"<Header>", b"Robin"])
def test_a_file_blown_up_with_nothing_is_refused_early(
    tmp_path: Path, filler: bytes, words: str, before: bytes
) -> None:
    """R22: 200 MB of white space or of empty elements: refused, and hardly any of it read into memory."""
    head, tail = document(pupil()).encode().split(before, 1)
    path = tmp_path / "return.xml"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(200):
            file.write(filler)
        file.write(before + tail)
    before_it = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "no part of a return" in cures_of(path) or words in cures_of(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_it < 150_000  # KB


@pytest.mark.skipif(not SYNTHETIC.exists(), reason="the synthetic return is not beside this checkout")
def test_the_synthetic_return() -> None:
    """R22."""
    (path,) = SYNTHETIC.glob("*.xml")
    census = load_census(path)
    assert (len(census.pupils), census.queries) == (22, [])
    assert sum(p.parts[Enrolment][0]["ends_on"] is None for p in census.pupils) == 21
    assert sum(p.record.get("free_school_meals", False) for p in census.pupils) == 3
