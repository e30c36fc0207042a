"""What a Common Transfer File tells of a child, at the bounds of each fact (R5, R22; formats page 3)."""

from pathlib import Path

import pytest

from sharing.ctf.people import NOT_GIVEN
from sharing.ctf.writer import School, write_ctf
from sharing.models import Attendance, Contact, Result, SenNeed
from tests.sharing.test_ctf_reader import MADE, document, only, pupil, told


def sent(tmp_path: Path, inside: str = "", **facts: str) -> Path:
    """A file that was made on 10 July 2026."""
    path = tmp_path / "3802901_CTF_3802902_001.xml"
    path.write_text(document(pupil(inside, **facts)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("dob", "fits"), [("2000-12-31", False), ("2001-01-01", True), ("2026-07-10", True), ("2027-01-01", False)]
)
def test_the_year_of_birth_is_that_of_a_pupil(tmp_path: Path, dob: str, fits: bool) -> None:
    assert bool(told(sent(tmp_path, dob=dob))[0]) == fits


@pytest.mark.parametrize(
    ("first", "last", "has_meals"), [("10", "10", True), ("01", "09", False), ("11", "", False), ("10", "", True)]
)
def test_free_meals_are_those_of_the_day(tmp_path: Path, first: str, last: str, has_meals: bool) -> None:
    """The first and the last day of a period are among it."""
    ends = f"<FSMendDate>2026-07-{last}</FSMendDate>" if last else ""
    period = f"<FSMinstance><FSMstartDate>2026-07-{first}</FSMstartDate>{ends}</FSMinstance>"
    child = only(sent(tmp_path, f"<FSMhistory>{period}</FSMhistory>"))
    assert child.record["free_school_meals"] == has_meals


def test_a_mixed_year_is_left_out_as_in_a_census(tmp_path: Path) -> None:
    """R7: it is the code of a class, and no reason to refuse the child."""
    child = only(sent(tmp_path, "<BasicDetails><NCyearActual>M</NCyearActual></BasicDetails>"))
    assert not child.record.get("year_group")


def test_needs_that_have_ended_are_none(tmp_path: Path) -> None:
    needs = (("MLD", 1, "<NeedEndDate>2025-01-31</NeedEndDate>"), ("SLCN", 3, ""), ("ASD", 2, ""))
    rows = "".join(
        f"<SENneed><SENtypeRank>{rank}</SENtypeRank><SENtype>{code}</SENtype>{ended}</SENneed>"
        for code, rank, ended in needs
    )
    child = only(sent(tmp_path, f"<SENhistory><SENneeds>{rows}</SENneeds></SENhistory>"))
    assert [need["need"] for need in child.parts[SenNeed]] == ["ASD", "SLCN"]


def test_a_need_that_has_ended_may_have_a_code_that_has_ended_too(tmp_path: Path) -> None:
    """BESD became SEMH in September 2014. Nothing is kept of it, so it is no reason to refuse a child."""
    ended = "<SENneed><SENtype>BESD</SENtype><NeedEndDate>2014-08-31</NeedEndDate></SENneed>"
    now = "<SENneed><SENtype>SEMH</SENtype></SENneed>"
    child = only(sent(tmp_path, f"<SENhistory><SENneeds>{ended}{now}</SENneeds></SENhistory>"))
    assert [need["need"] for need in child.parts[SenNeed]] == ["SEMH"]


@pytest.mark.parametrize(("attended", "absent"), [("8", 2), ("10", 0), ("12", 0)])
def test_who_did_not_attend_was_absent(tmp_path: Path, attended: str, absent: int) -> None:
    """Where a file tells no absences; never less than nothing."""
    counts = f"<SessionsPossible>10</SessionsPossible><SessionsAttended>{attended}</SessionsAttended>"
    year = f"<Attendance><YearData><Year>2025</Year>{counts}</YearData></Attendance>"
    assert only(sent(tmp_path, year)).parts[Attendance][0]["sessions_absent"] == absent


@pytest.mark.parametrize(
    ("as_pupil", "kept"), [("true", ""), ("false", "1 Other Road\nBD2 2CC"), ("", "1 Other Road\nBD2 2CC")]
)
def test_a_contact_keeps_an_address_of_their_own_alone(tmp_path: Path, as_pupil: str, kept: str) -> None:
    same = f"<AddressAsPupil>{as_pupil}</AddressAsPupil>" if as_pupil else ""
    lines = f"<Address>{same}<AddressLine1>1 Other Road</AddressLine1><PostCode>BD2 2CC</PostCode></Address>"
    contact = f"<Contacts><Contact><Order>1</Order><Surname>Tested</Surname>{lines}</Contact></Contacts>"
    assert only(sent(tmp_path, contact)).parts[Contact][0]["address"] == kept


@pytest.mark.parametrize("address", ["", "<Address/>", "<Address><AddressAsPupil>false</AddressAsPupil></Address>"])
def test_a_contact_whose_address_nobody_gave_is_not_said_to_live_with_the_child(tmp_path: Path, address: str) -> None:
    """R8, R13: nor by the file that goes on to the next school. Such a contact may be one who must not know where."""
    contact = f"<Contacts><Contact><Order>1</Order><Surname>Tested</Surname>{address}</Contact></Contacts>"
    child = only(sent(tmp_path, contact))
    assert child.parts[Contact][0]["address"] == NOT_GIVEN
    written = write_ctf([child], source=School("3802901"), destination=School(""), at=MADE, year=2025)
    assert b"<Surname>Tested</Surname>" in written
    assert b"<Address>" not in written
    path = tmp_path / "again.xml"
    path.write_bytes(written)
    assert only(path).parts[Contact] == child.parts[Contact]


@pytest.mark.parametrize(
    ("told_of", "absent", "unauthorised"),
    [
        ({"Possible": 100, "Attended": 90, "Unauthorised": 4}, 10, 4),
        ({"Possible": 100, "Attended": 90, "Authorised": 6}, 10, None),
        ({"Possible": 100, "Attended": 90, "Authorised": 6, "Unauthorised": 3}, 9, 3),
        ({"Possible": 100, "Unauthorised": 4}, None, 4),
        ({"Possible": 100, "Authorised": 6}, None, None),
    ],
)
def test_one_kind_of_absence_is_not_all_of_it(
    tmp_path: Path, told_of: dict[str, int], absent: int | None, unauthorised: int | None
) -> None:
    """R31: our own file leaves authorised absence out where it is not known."""
    counts = "".join(f"<Sessions{name}>{number}</Sessions{name}>" for name, number in told_of.items())
    year = f"<Attendance><YearData><Year>2025</Year>{counts}</YearData></Attendance>"
    row = only(sent(tmp_path, year)).parts[Attendance][0]
    assert (row["sessions_absent"], row["sessions_unauthorised"]) == (absent, unauthorised)


@pytest.mark.parametrize(
    ("results", "kept"),
    [
        (["20", "Q"], {"": "20", "OUT": "Q"}), (["Q", "20"], {"": "20", "OUT": "Q"}),
        (["34", "Wa"], {"": "34", "OUT": "Wa"}),
        (["D"], {"": "D"}), (["D", "D"], {"": "D"}), (["Wt"], {"OUT": "Wt"}),
    ],
)  # fmt: skip
def test_the_mark_of_phonics_and_what_became_of_it_are_two_results(
    tmp_path: Path, results: list[str], kept: dict[str, str]
) -> None:
    """R31: an annulled check has both, and whichever came last was read as the mark."""
    told_of = "".join(
        f"<StageAssessment><Year>2023</Year><Subject>PHO</Subject><Component>PHO</Component><Result>{one}</Result>"
        "</StageAssessment>"
        for one in results
    )
    stage = f"<StageAssessments><KeyStage><Stage>KS1</Stage>{told_of}</KeyStage></StageAssessments>"
    assert {row["component"]: row["result"] for row in only(sent(tmp_path, stage)).parts[Result]} == kept


def test_the_first_language_is_that_of_type_f(tmp_path: Path) -> None:
    types = "".join(
        f"<Type><LanguageType>{kind}</LanguageType><Language>{code}</Language></Type>"
        for kind, code in (("H", "URD"), ("F", "ENG"))
    )
    child = only(sent(tmp_path, f"<BasicDetails><Languages>{types}</Languages></BasicDetails>"))
    assert child.record["language"] == "ENG"
