"""What is wrong or odd in a School Census return, and how it is told (formats page 4.1)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sharing.codes import LANGUAGE, main_ethnicity
from sharing.imports.problems import ImportRefused, Problem, ProblemLog, mask_date, mask_upn
from sharing.imports.told import ToldPupil
from sharing.models import Attendance, Enrolment
from tests.sharing.census_returns import (
    OTHER_UPN,
    UPN,
    attendance,
    document,
    leaver,
    load_census,
    one,
    problems_of,
    pupil,
    read_pupils,
)

FATAL = [
    ({"UPN": ""}, "UPN", "missing"),
    ({"UPN": ("A" if UPN[0] != "A" else "B") + UPN[1:]}, "UPN", "check letter does not fit"),
    ({"Surname": ""}, "Surname", "missing"),
    ({"Forename": ""}, "Forename", "missing"),
    ({"DOB": ""}, "DOB", "missing"),
    ({"DOB": "2019-02-31"}, "DOB", "no such date"),
    ({"DOB": "02/10/2019"}, "DOB", "not written as year-month-day"),
    ({"DOB": "2019-W40-3"}, "DOB", "no such date"),
    ({"DOB": "2026-01-16"}, "DOB", "after the reference date"),
    ({"DOB": "2000-01-15"}, "DOB", "over 25"),
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
    ({"Language": "QQQ"}, "Language"),
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


ETHNICITIES_OF_COLLECT = """
    WBRI WCOR WENG WNIR WSCO WWEL WOWB WIRI WIRT WOTH WALB WBOS WCRO WGRE WGRK WGRC WITA WKOS WPOR WSER WTUR WTUK
    WTUC WEUR WEEU WWEU WOTW WROM WROG WROR WROO MWBC MWBA MWAS MWAP MWAI MWAO ABRI AWEL MOTH MAOE MABL MACH MBOE
    MBCH MCOE MWOE MWCH MOTM AIND APKN AMPK AKPA AOPK ABAN AOTH AAFR AKAO ANEP ASNL ASLT ASRO AOTA BBRI BWEL BCRB
    BAFR BANN BCON BGHA BNGN BSLN BSOM BSUD BAOF BOTH BEUR BNAM BOTB CHNE CHKC CMAL CSNG CTWN COCH OOTH OAFG ORAB
    OARA OEGY OFIL OIRN OIRQ OJPN OKOR OKRD OLAM OLEB OLIB OMAL OMRC OPOL OTHA OVIE OYEM OOEG NOBT REFU
"""


def test_every_ethnicity_that_collect_accepts_is_known() -> None:
    """R22: none of these is left out of a record (formats page 4.2)."""
    assert [code for code in ETHNICITIES_OF_COLLECT.split() if main_ethnicity(code) is None] == []


@pytest.mark.parametrize("code", ["AMR", "TIB", "BNGS", "KURM", "PNJM"])
def test_languages_of_the_list_are_known(send: Callable[..., Path], code: str) -> None:
    """R22: a language of the Department's list, or a finer code of one, is no query and has a name on pages."""
    census = load_census(send(document(pupil(Language=code))))
    assert (one(census).record["language"], census.queries) == (code, [])
    assert LANGUAGE[code] not in ("", code)


@pytest.mark.parametrize("code", ["AKPA", "WROR", "ORAB", "apkn"])
def test_extended_ethnicity_codes_are_known(send: Callable[..., Path], code: str) -> None:
    census = load_census(send(document(pupil(Ethnicity=code))))
    assert (one(census).record["ethnicity"], census.queries) == (code.upper(), [])


@pytest.mark.parametrize(
    ("more", "field", "fatal"),
    [
        (attendance("-1", "I", "0"), "SessionsPossible", True),
        (attendance("140", "I", "-2"), "AbsenceSessions", True),
        (attendance("many", "I", "0"), "SessionsPossible", True),
        (attendance("140", "illness", "1"), "AttendanceReason", True),
        (attendance("140", "F", "1"), "AttendanceReason", False),
        (attendance("10", "I", "11"), "AbsenceSessions", False),
        (attendance("501", "I", "1"), "SessionsPossible", True),
        (attendance("", "I", "1"), "AbsenceSessions", False),
        ("<FSMstartDate>2025-02-30</FSMstartDate>", "FSMstartDate", True),
        ("<FSMstartDate>2025-02-03</FSMstartDate><FSMendDate>2025-02-02</FSMendDate>", "FSMendDate", True),
        ("<FSMendDate>2025-02-02</FSMendDate>", "FSMendDate", False),
        (f"<FSMstartDate>2025-02-03</FSMstartDate>{'<FSMendDate>2025-02-04</FSMendDate>' * 2}", "FSMendDate", False),
    ],
)
def test_sessions_and_meals_are_checked(send: Callable[..., Path], more: str, field: str, fatal: bool) -> None:
    found = [p for p in read_pupils(send(document(pupil(more)))) if isinstance(p, Problem)]
    assert (field, fatal) in [(problem.field, problem.fatal) for problem in found]


def test_an_unknown_code_is_asked_about_and_counts_as_no_absence(send: Callable[..., Path]) -> None:
    """R22: the school is asked, and no session is counted for a reason that nobody knows."""
    (told,) = one(load_census(send(document(pupil(attendance("140", "F", "3")))))).parts[Attendance]
    assert (told["sessions_absent"], told["by_code"]) == (0, {"F": 3})


@pytest.mark.parametrize("code", ["/", "\\", "L", "W", "D", "#", "Y7", "J"])
def test_a_code_of_no_absence_is_passed_over(send: Callable[..., Path], code: str) -> None:
    """R22: since 2021 a return has these too. J, an interview until August 2024, was an approved activity."""
    census = load_census(send(document(pupil(attendance("140", code, "130")))))
    (told,) = one(census).parts[Attendance]
    assert (told["sessions_absent"], told["by_code"], census.queries) == (0, {}, [])


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
        assert personal.lower() not in told.lower()
    assert "A•••••••••••" in told or "B•••••••••••" in told
    assert repr(one(load_census(send(document(pupil()))))) == "<ToldPupil row 1>"


def test_the_first_of_each_kind_is_told_however_many_there_are_of_another() -> None:
    """R22: 250 children without a year of entry hid the one wrong code of row 251 until the next try. Bounded."""
    log = ProblemLog()
    for row in range(1, 251):
        log.add(Problem(row, "EntryDate", "", "This date is missing. Enter it in your MIS."))
    log.add(Problem(251, "Sex", "Q", "This code does not exist. Choose one in your MIS."))
    for row in range(252, 1000):
        log.add(Problem(row, "UPN", "", f"Pupil {row - 1} of this file has the same UPN. Find out whose it is."))
    with pytest.raises(ImportRefused) as refusal:
        log.refuse_if_fatal()
    told = refusal.value.problems
    assert [problem.row for problem in told if problem.field == "Sex"] == [251]
    assert len(told) == 251
    assert told[-1].cure.startswith("and 749 more problems")


def test_masks() -> None:
    """R13."""
    assert mask_upn("W380201224001") == "W•••••••••••1"
    assert mask_upn("W3802") == "•••••"
    assert mask_date("31/02/2015") == "••/••/••••"
    assert Problem(1, "Note", f"see {UPN}", "").value == f"see {mask_upn(UPN)}"


@pytest.mark.parametrize(
    ("second", "cure"),
    [
        ({"Surname": "Smith & Sons"}, "has “&” or “<” in it"),
        ({"Surname": "Smith <b"}, "has “&” or “<” in it"),
        ({"Surname": "Smith &nbsp;"}, "has “&” or “<” in it"),
        ({"Surname": "Zoë"}, "Export the file as UTF-8"),
        ({"Surname": "Smi\x0bth"}, "character that cannot be seen"),
        ({"Surname": "Smith</Forename>"}, "not closed"),
    ],
)
def test_damaged_xml_names_the_child_and_what_mends_it(
    send: Callable[..., Path], second: dict[str, str], cure: str
) -> None:
    """R23: a line alone says nothing where the whole file is one, and another export is damaged alike."""
    path = send(document(pupil(), pupil(UPN=OTHER_UPN, **second)).encode("latin-1"))
    with pytest.raises(ImportRefused) as refused:
        load_census(path)
    (problem,) = refused.value.problems
    assert (problem.row, problem.value) == (2, "")
    assert cure in problem.cure
    assert "Smith" not in problem.cure


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<CTfile><Header/></CTfile>", "a Common Transfer File. If it is what you meant to send"),
        (document(pupil(), Collection="School Workforce Census"), "Workforce Census'. If it is what you meant to send"),
        ("<ATfile><Header/></ATfile>", "an Admissions Transfer File. Send the School Census"),
        (document(pupil(), Collection="Alternative Provision"), "'Alternative Provision'. Send the School Census"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(send: Callable[..., Path], content: str, says: str) -> None:
    """R22: and only what can be brought in at all is asked for as what it is."""
    with pytest.raises(ImportRefused, match=says):
        load_census(send(content))
