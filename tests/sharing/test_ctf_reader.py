"""The Common Transfer File, read and written (R8; formats page 3). All children here are invented."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sharing import codes
from sharing.ctf import file_name
from sharing.ctf.people import name_kept
from sharing.ctf.writer import School, write_ctf
from sharing.files.spreadsheet_slips import LOST_LETTERS
from sharing.imports.ctf_reader import read_header, read_pupils
from sharing.imports.problems import ImportRefused, Problem
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
    Term,
)
from sharing.upn import make_upn

UPN, OTHER_UPN = make_upn(380, 2999, 2019, 1), make_upn(380, 2999, 2019, 2)
BEFORE, AFTER = School("3802901", "Invented First"), School("3802902")
MADE = datetime(2026, 7, 10, 14, 5)


def document(*pupils: str, root: str = "CTfile", version: str = "<CTFversion>25.0</CTFversion>", **header: str) -> str:
    values = {
        "DateTime": "2026-07-10T14:05:00",
        "from": "<LEA>380</LEA><Estab>2901</Estab>",
        "to": "<LEA>380</LEA><Estab>2902</Estab>",
    } | header
    return (
        f"<{root}><Header><DocumentName>Common Transfer File</DocumentName>{version}"
        f"<DateTime>{values['DateTime']}</DateTime><DocumentQualifier>full</DocumentQualifier>"
        f"<SourceSchool>{values['from']}<SchoolName>Invented First</SchoolName></SourceSchool>"
        f"<DestSchool>{values['to']}</DestSchool></Header>"
        f"<CTFpupilData>{''.join(pupils)}</CTFpupilData></{root}>"
    )


def pupil(inside: str = "", upn: str = UPN, sex: str = "<Sex>M</Sex>", dob: str = "2015-02-16") -> str:
    return (
        f"<Pupil><UPN>{upn}</UPN><Surname>Samplesson</Surname><Forename>Bilal</Forename><DOB>{dob}</DOB>{sex}"
        f"{inside}</Pupil>"
    )


YEAR_DATA = (
    "<YearData><Year>2025</Year><LEA>380</LEA><Estab>2901</Estab><SessionsPossible>190</SessionsPossible>"
    "<SessionsAuthorised>{missed}</SessionsAuthorised><SessionsUnauthorised>0</SessionsUnauthorised></YearData>"
)


@pytest.fixture
def send(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "3802901_CTF_3802902_001.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


Send = Callable[[str | bytes], Path]


def told(path: Path) -> tuple[list[ToldPupil], list[Problem]]:
    found = list(read_pupils(path))
    return [one for one in found if isinstance(one, ToldPupil)], [one for one in found if isinstance(one, Problem)]


def only(path: Path) -> ToldPupil:
    children, problems = told(path)
    assert not [problem for problem in problems if problem.fatal]
    return children[0]


class TestHeader:
    @pytest.mark.parametrize("version", ["19", "20.0", "22.1", "25.0", "26.0"])
    @pytest.mark.parametrize("element", ["CTFversion", "CTFVersion"])
    def test_versions_from_19_are_read(self, send: Send, version: str, element: str) -> None:
        """A new one comes out each September, and schools send it from then on."""
        path = send(document(pupil(), version=f"<{element}>{version}</{element}>"))
        assert read_header(path).version == version

    @pytest.mark.parametrize("version", ["18.0", "0", "twenty", "", "25.0.1"])
    def test_other_versions_are_refused_with_a_cure(self, send: Send, version: str) -> None:
        with pytest.raises(ImportRefused, match="Versions of the CTF from 19"):
            read_header(send(document(pupil(), version=f"<CTFversion>{version}</CTFversion>")))

    def test_from_whom_and_for_whom(self, send: Send) -> None:
        header = read_header(send(document(pupil())))
        assert (header.source, header.destination, header.source_name) == ("3802901", "3802902", "Invented First")
        assert header.written_on == date(2026, 7, 10)

    def test_a_destination_that_is_not_known(self, send: Send) -> None:
        assert read_header(send(document(pupil(), to="<LEA>XXX</LEA><Estab>XXXX</Estab>"))).destination == ""

    def test_a_source_without_a_number(self, send: Send) -> None:
        assert read_header(send(document(pupil(), **{"from": "<LEA>820</LEA><Estab>LLLL</Estab>"}))).source == ""

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (document(pupil(), root="ATfile"), "Admissions Transfer File"),
            (document(pupil(), root="Message"), "census return"),
            (document(pupil(), root="Other"), "not a Common Transfer File"),
            (document(pupil(), DateTime="31-02-2026"), "when it was made"),
            (document(pupil(), to="<LEA>38O</LEA><Estab>2902</Estab>"), "receiving school"),
            (document(pupil()).replace("Invented First", "First & Second"), "has “&” or “<” in it"),
            ("<CTfile><CTFpupilData/></CTfile>", "no header"),
            (document(), "no pupil"),
            ("", "empty"),
            (document(pupil())[:-30], "cut short"),
            ('<!DOCTYPE x [<!ENTITY a "b">]>' + document(pupil()), "DOCTYPE"),
        ],
    )
    def test_what_is_no_ctf_is_refused_in_words(self, send: Send, content: str, says: str) -> None:
        with pytest.raises(ImportRefused, match=says):
            list(read_pupils(send(content)))

    def test_two_gigabytes_of_nothing_are_not_read_into_memory(self, send: Send) -> None:
        """A file of blanks before its end is refused by the parser's own limit or as cut short, not by the machine."""
        with pytest.raises(ImportRefused):
            list(read_pupils(send(b"<CTfile>" + b" " * (20 << 20))))


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_utf_8_with_and_without_a_mark_and_utf_16(self, send: Send, encoding: str) -> None:
        named = "UTF-16" if encoding == "utf-16" else "UTF-8"
        text = f'<?xml version="1.0" encoding="{named}"?>' + document(pupil().replace("Bilal", "Zoë"))
        assert only(send(text.encode(encoding))).record["forename"] == "Zoë"


class TestPupil:
    def test_gender_is_read_where_there_is_no_sex(self, send: Send) -> None:
        assert only(send(document(pupil(sex="<Gender>F</Gender>")))).record["sex"] == "F"

    def test_what_the_file_does_not_say_is_not_told(self, send: Send) -> None:
        """A part that is not named leaves the record as it is."""
        child = only(send(document(pupil())))
        assert child.parts == {}
        assert child.record.keys() == {"surname", "forename", "born_on", "sex"}

    def test_an_empty_group_does_not_say_that_there_is_nothing(self, send: Send) -> None:
        """A sender without contacts does not take away the receiver's."""
        assert only(send(document(pupil("<FSMhistory/><Contacts/><Address/><Attendance/>")))).parts == {}

    def test_attendance_by_year_and_school(self, send: Send) -> None:
        years = "".join(
            f"<YearData><Year>{year}</Year><LEA>380</LEA><Estab>2901</Estab><SessionsPossible>370</SessionsPossible>"
            "<SessionsAuthorised>5</SessionsAuthorised><SessionsUnauthorised>2</SessionsUnauthorised></YearData>"
            for year in (2024, 2025)
        )
        rows = only(send(document(pupil(f"<Attendance>{years}</Attendance>")))).parts[Attendance]
        assert [(row["academic_year"], row["term"], row["dfe_number"], row["sessions_absent"]) for row in rows] == [
            (2024, Term.YEAR, "3802901", 7),
            (2025, Term.YEAR, "3802901", 7),
        ]

    def test_phonics_are_kept_as_other_files_tell_them(self, send: Send) -> None:
        """P9: the mark is the main result, so that figures count it, and the outcome stands beside it."""
        told = "".join(
            f"<StageAssessment><Year>2024</Year><Subject>PHO</Subject><Component>PHO</Component><Result>{result}</Result>"
            "</StageAssessment>"
            for result in ("34", "Wa")
        )
        stages = f"<StageAssessments><KeyStage><Stage>KS1</Stage>{told}</KeyStage></StageAssessments>"
        rows = only(send(document(pupil(stages)))).parts[Result]
        assert [(row["stage"], row["subject"], row["component"], row["result"]) for row in rows] == [
            ("PH", "PHO", "", "34"),
            ("PH", "PHO", "OUT", "Wa"),
        ]

    def test_the_multiplication_tables_check_is_a_stage_of_its_own(self, send: Send) -> None:
        result = (
            "<StageAssessments><KeyStage><Stage>KS2</Stage><StageAssessment><Year>2024</Year><Subject>MAT</Subject>"
            "<Component>MTC</Component><ResultStatus>R</ResultStatus><Result>18</Result></StageAssessment></KeyStage>"
            "</StageAssessments>"
        )
        (row,) = only(send(document(pupil(result)))).parts[Result]
        assert (row["stage"], row["academic_year"], row["result"]) == ("MT", 2023, "18")

    @pytest.mark.parametrize(
        ("inside", "field"),
        [
            ("<BasicDetails><NCyearActual>99</NCyearActual></BasicDetails>", "NCyearActual"),
            ("<FSMhistory><FSMinstance><FSMstartDate>2024-02-31</FSMstartDate></FSMinstance></FSMhistory>", "FSMstart"),
            ("<Attendance><YearData><Year>2025</Year><SessionsPossible>-1</SessionsPossible></YearData></Attendance>",
             "SessionsPossible"),
            ("<Attendance><YearData><Year>2025</Year><SessionsPossible>501</SessionsPossible></YearData></Attendance>",
             "SessionsPossible"),
            ("<SENhistory><SEN><SENprovision>Q</SENprovision></SEN></SENhistory>", "SENprovision"),
            (f"<BasicDetails><MiddleNames>{'x' * 101}</MiddleNames></BasicDetails>", "MiddleNames"),
            ("<FSMhistory><FSMinstance><FSMstartDate>2024-02-01</FSMstartDate><FSMendDate>2024-01-31</FSMendDate>"
             "</FSMinstance></FSMhistory>", "FSMendDate"),
            ("<Attendance><YearData><Year>1066</Year></YearData></Attendance>", "Year"),
            (f"<Address><AddressLines><AddressLine1>{'x' * 1_100}</AddressLine1></AddressLines></Address>", "Address"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_with_row_field_and_cure(self, send: Send, inside: str, field: str) -> None:
        children, problems = told(send(document(pupil(upn=OTHER_UPN), pupil(inside))))
        assert len(children) == 1
        wrong = next(problem for problem in problems if problem.fatal)
        assert wrong.row == 2
        assert wrong.field.startswith(field)
        assert wrong.cure

    @pytest.mark.parametrize(
        ("inside", "field", "says"),
        [
            ("<UniqueLearnerNumber>12</UniqueLearnerNumber>", "UniqueLearnerNumber", "It is left out."),
            ("<BasicDetails><Languages><Type><LanguageType>F</LanguageType><Language>Welsh1</Language></Type>"
             "</Languages></BasicDetails>", "Language", "It is left out."),
            ("<BasicDetails><Ethnicity>QQQQ</Ethnicity></BasicDetails>", "Ethnicity", "It is left out."),
            (f"<Attendance>{YEAR_DATA.format(missed=200)}</Attendance>", "SessionsPossible", "Ask the other school"),
            (f"<Attendance>{YEAR_DATA.format(missed=3) * 2}</Attendance>", "Attendance", "The last is kept."),
            ("<StageAssessments><KeyStage><Stage>KS9</Stage></KeyStage></StageAssessments>", "Stage", "left out"),
            ("<Contacts><Contact><Surname>Samplesson</Surname><Relationship>QQQ</Relationship></Contact></Contacts>",
             "Relationship", "It is left out."),
            ("<Contacts><Contact><Surname>Samplesson</Surname><Responsibility>maybe</Responsibility></Contact>"
             "</Contacts>", "Responsibility", "It is left out."),
            ("<SchoolHistory><School><EntryDate>2024-09-02</EntryDate><LeavingDate>2023-07-20</LeavingDate></School>"
             "</SchoolHistory>", "LeavingDate", "before starting there"),
            ("<SchoolHistory><School><EntryDate>1824-09-02</EntryDate></School></SchoolHistory>", "EntryDate",
             "not a likely year"),
        ],
    )  # fmt: skip
    def test_what_is_odd_is_asked_about_and_the_child_is_read(
        self, send: Send, inside: str, field: str, says: str
    ) -> None:
        """R22: with row, field and cure; nothing else of the file is held up."""
        children, problems = told(send(document(pupil(inside))))
        assert len(children) == 1
        assert [(problem.row, problem.field, problem.fatal) for problem in problems] == [(1, field, False)]
        assert says in problems[0].cure

    def test_a_mistyped_upn_and_a_date_of_birth_are_masked(self, send: Send) -> None:
        wrong = f"{UPN[:-1]}{(int(UPN[-1]) + 1) % 10}"
        _, problems = told(send(document(pupil(upn=wrong, dob="2015-02-31"))))
        assert {problem.field for problem in problems} == {"UPN", "DOB"}
        assert not any(wrong in repr(problem) or "2015" in problem.value for problem in problems)

    def test_the_same_child_twice_is_refused(self, send: Send) -> None:
        children, problems = told(send(document(pupil(), pupil())))
        assert len(children) == 1
        assert problems[0].fatal

    def test_a_wrong_former_upn_is_left_out(self, send: Send) -> None:
        """Lest it point at another child."""
        child = only(send(document(pupil("<BasicDetails><FormerUPN>A380299919001</FormerUPN></BasicDetails>"))))
        assert child.former_upn == ""


# --- write, then read --------------------------------------------------------------------------------------------

LETTERS = st.characters(codec="utf-8", categories=("L", "N"), exclude_characters="\u0085\u00a0")
WORD = st.text(LETTERS, min_size=1, max_size=12)
NAME = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
MAYBE = NAME | st.just("")
TITLE = st.sampled_from(["", "Mrs", "Dr", "Mx"])
DAY = st.dates(date(2012, 1, 1), date(2026, 7, 1))
SESSIONS = st.tuples(st.integers(0, 250), st.integers(0, 120), st.integers(0, 120))
ADDRESS = st.lists(NAME, min_size=1, max_size=4, unique=True)


def attendance(year: int, number: str, counts: tuple[int, int, int]) -> dict[str, Any]:
    possible, authorised, unauthorised = counts[0] + counts[1] + counts[2], counts[1], counts[2]
    return {
        "academic_year": year,
        "term": Term.YEAR,
        "dfe_number": number,
        "sessions_possible": possible,
        "sessions_absent": authorised + unauthorised,
        "sessions_unauthorised": unauthorised,
    }


RECORDS = st.fixed_dictionaries(
    {"surname": NAME, "forename": NAME, "born_on": st.dates(date(2008, 1, 1), date(2021, 1, 1)),
     "sex": st.sampled_from("FM")},
    optional={
        "middle_names": NAME, "preferred_surname": NAME, "uln": st.from_regex("[0-9]{10}", fullmatch=True),
        "year_group": st.sampled_from(list(codes.NC_YEARS)), "ethnicity": st.sampled_from(list(codes.ETHNICITY)),
        "language": st.sampled_from(list(codes.LANGUAGE)), "service_child": st.sampled_from("YNUR"),
    },
)  # fmt: skip
PARTS = st.fixed_dictionaries(
    {},
    optional={
        PupilNeeds: st.sampled_from("NKE").map(lambda code: [{"sen_provision": code}]),
        FreeMealsPeriod: st.lists(
            st.tuples(DAY, st.integers(0, 400) | st.none()), unique_by=lambda period: period[0], max_size=3
        ).map(lambda periods: [
            {"starts_on": day, "ends_on": None if days is None else date.fromordinal(day.toordinal() + days),
             "country": "ENG"} for day, days in periods
        ]),
        Attendance: st.dictionaries(st.integers(2015, 2025), SESSIONS, min_size=1, max_size=4).map(
            lambda years: [attendance(year, "3802901", counts) for year, counts in years.items()]
        ),
        Result: st.dictionaries(
            st.tuples(st.sampled_from(["FS", "K1", "K2", "K4"]), st.sampled_from(["MAT", "ENG", "RWM"])),
            st.sampled_from(["110", "EXS", "A*", "7"]), min_size=1, max_size=5,
        ).map(lambda results: [
            {"stage": stage, "academic_year": 2023, "subject": subject, "component": component, "result": result,
             "status": "R"}
            for stage in ("FS", "K1", "K2", "K4")
            for (at, subject), result in results.items() if at == stage
            for component in ("GRADE", "TA")
        ]),
        HomeAddress: ADDRESS.map(lambda lines: [{"address": "\n".join([*lines, "BD1 1HY"])}]),
        Contact: st.lists(
            st.tuples(TITLE, MAYBE, NAME, st.sampled_from([None, True, False]), ADDRESS | st.just([])), max_size=3
        ).map(lambda people: [
            {"order": order, "relationship": "PAM", "has_responsibility": responsible,
             "name": name_kept(title, forename, surname), "address": "\n".join(lines),
             "telephones": "Mobile: 07700 900000\n01632 960000", "email": "parent@home.example"}
            for order, (title, forename, surname, responsible, lines) in enumerate(people, start=1)
        ]),
    },
)  # fmt: skip
CHILDREN = st.lists(st.tuples(RECORDS, PARTS), min_size=1, max_size=3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(children=CHILDREN)
@example(children=[({"surname": "A", "forename": "àªª", "born_on": date(2015, 1, 1), "sex": "F"}, {})])
def test_what_is_written_is_read_back(children: list[tuple[dict[str, Any], dict[Any, Any]]], tmp_path: Path) -> None:
    """A file that we make tells its reader the same facts. A name that looks as if letters were lost is queried."""
    given_children = [
        ToldPupil(row, make_upn(380, 2901, 2020, row), OTHER_UPN, record=record, parts=parts)
        for row, (record, parts) in enumerate(children, start=1)
    ]
    path = tmp_path / "file.xml"
    path.write_bytes(write_ctf(given_children, source=BEFORE, destination=AFTER, at=MADE, year=2025))
    header = read_header(path)
    assert (header.source, header.destination, header.written_on) == ("3802901", "3802902", MADE.date())
    found, problems = told(path)
    assert all(problem.cure.startswith(LOST_LETTERS) and not problem.fatal for problem in problems)
    for before, after in zip(given_children, found, strict=True):
        assert (before.upn, before.former_upn) == (after.upn, after.former_upn)
        after.record.pop("free_school_meals", None)
        assert after.record == before.record
        assert _comparable(after.parts) == _comparable(before.parts)


def _comparable(parts: dict[Any, list[dict[str, Any]]]) -> dict[Any, list[dict[str, Any]]]:
    """Without what the reader works out from the rest. No rows are as good as none told."""
    return {
        model: [{name: value for name, value in row.items() if name != "postcode"} for row in rows]
        for model, rows in parts.items()
        if rows
    }


def test_the_times_at_the_source_are_the_school_history(tmp_path: Path) -> None:
    stay = {"starts_on": date(2019, 9, 3), "ends_on": date(2026, 7, 21), "leaving_reason": "NT"}
    child = ToldPupil(
        1, UPN, record={"surname": "A", "forename": "B", "born_on": date(2015, 1, 1), "sex": "F"},
        parts={Enrolment: [stay], SenNeed: [{"rank": 1, "need": "ASD"}]},
    )  # fmt: skip
    text = write_ctf([child], source=BEFORE, destination=School(""), at=MADE, year=2025).decode()
    for element in (
        "<LeavingDate>2026-07-21</LeavingDate>", "<LeavingReason>NT</LeavingReason>", "<LastSchool>true</LastSchool>",
        "<LEA>XXX</LEA>", "<Estab>XXXX</Estab>", "<SENtype>ASD</SENtype>", "<CTFversion>25.0</CTFversion>",
    ):  # fmt: skip
        assert element in text
    assert file_name(BEFORE.in_a_file_name, School("").in_a_file_name, 7) == "3802901_CTF_XXXXXXX_007.xml"


# --- damaged files -----------------------------------------------------------------------------------------------

WHOLE = document(
    pupil(
        "<BasicDetails><NCyearActual>6</NCyearActual><Languages><Type><LanguageType>F</LanguageType>"
        "<Language>URD</Language></Type></Languages></BasicDetails>"
        "<FSMhistory><FSMinstance><FSMstartDate>2024-04-15</FSMstartDate></FSMinstance></FSMhistory>"
        "<SENhistory><SEN><StartDate>2023-09-04</StartDate><SENprovision>E</SENprovision></SEN>"
        "<SENneeds><SENneed><SENtypeRank>1</SENtypeRank><SENtype>ASD</SENtype></SENneed></SENneeds></SENhistory>"
        "<Address><PostCode>BD1 1HY</PostCode></Address>"
        "<Contacts><Contact><Order>1</Order><Surname>One</Surname><Phones><Phone><TelephoneType>M</TelephoneType>"
        "<PhoneNo>07700 900000</PhoneNo></Phone></Phones></Contact></Contacts>"
    ),
    pupil(upn=OTHER_UPN),
).encode()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(WHOLE) - 1), length=st.integers(0, 60), put=st.binary(max_size=12) | st.sampled_from(
    [b"-5", b"31-02-2015", b"&x;", b"<!DOCTYPE a>", b"</Pupil>", b"\xff", b"<UPN>", b"99999999999999999999"]
))  # fmt: skip
def test_a_damaged_file_is_read_or_refused_and_never_a_fault(at: int, length: int, put: bytes, tmp_path: Path) -> None:
    path = tmp_path / "damaged.xml"
    path.write_bytes(WHOLE[:at] + put + WHOLE[at + length :])
    try:
        problems = [found for found in read_pupils(path) if not isinstance(found, ToldPupil)]
    except ImportRefused as refused:
        problems = refused.problems
        if not problems:
            pytest.fail("refused without a reason")
    for problem in problems:
        assert UPN not in f"{problem}{problem.value}"
