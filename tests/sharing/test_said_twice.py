"""What an XML file says twice, or not clearly, is refused or asked about, and never chosen in silence (R22).

Files were changed by machine, element by element. All children and staff are invented.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from sharing.imports import ctf_reader, workforce_reader
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.told import ToldPupil
from sharing.models import Attendance, HomeAddress, Result, Suspension
from tests.sharing import test_ctf_reader as ctf
from tests.sharing import workforce_returns as workforce
from tests.sharing.census_returns import (
    FSM,
    GROUPS,
    HEADER,
    PUPIL,
    attendance,
    document,
    load_census,
    one,
    problems_of,
    pupil,
)

Send = Callable[..., Path]
UNCLEAR = "It is there twice with different words, or has another element in it"
OTHERS = ("MiddleNames", "PreferredSurname", "FormerUPN", "UniqueLearnerNumber", "ServiceChild", "YoungCarer", "PLAA")


def twice(name: str, first: str, second: str) -> str:
    return f"<{name}>{first}</{name}><{name}>{second}</{name}>"


def ctf_problems(path: Path) -> list[Problem]:
    try:
        return [found for found in ctf_reader.read_pupils(path) if isinstance(found, Problem)]
    except ImportRefused as refused:
        return refused.problems


def workforce_problems(path: Path) -> list[Problem]:
    try:
        return [found for found in workforce_reader.read_members(path) if isinstance(found, Problem)]
    except ImportRefused as refused:
        return refused.problems


@pytest.mark.parametrize("field", [*PUPIL, *OTHERS])
def test_two_values_of_a_pupil_are_refused(send: Send, field: str) -> None:
    """The first was kept, and nobody was told: of two dates of birth, or of two surnames."""
    said = PUPIL.get(field, "Abc")
    found = problems_of(send(document(pupil(twice(field, said, "Other"), **{field: ""} if field in PUPIL else {}))))
    fatal = [problem for problem in found if problem.fatal]
    assert [(problem.row, problem.field) for problem in fatal if UNCLEAR in problem.cure] == [(1, field)]
    assert "Other" not in str([(problem.value, problem.cure) for problem in found])


def test_the_same_value_twice_leaves_no_doubt(send: Send) -> None:
    census = load_census(send(document(pupil("<Surname> Madeup </Surname>"))))
    assert (one(census).record["surname"], census.queries) == ("Madeup", [])


@pytest.mark.parametrize("inside", ["<b/>", "<b>x</b>"])
@pytest.mark.parametrize("field", ["Surname", "MiddleNames"])
def test_an_element_inside_a_text_cuts_nothing_off(send: Send, field: str, inside: str) -> None:
    """Mc<b/>Donald became Mc."""
    text = pupil(f"<{field}>Mc{inside}Donald</{field}>", **{field: ""} if field in PUPIL else {})
    (problem,) = [problem for problem in problems_of(send(document(text))) if problem.fatal]
    assert (problem.row, problem.field, UNCLEAR in problem.cure) == (1, field, True)


@pytest.mark.parametrize("inside", ["<!-- seen -->", "<?mis seen?>", "<![CDATA[]]>"])
def test_a_comment_inside_a_text_does_no_harm(send: Send, inside: str) -> None:
    census = load_census(send(document(pupil(Surname=f"Mc{inside}Donald"))))
    assert (one(census).record["surname"], census.queries) == ("McDonald", [])


@pytest.mark.parametrize("field", ["Term", "Year", "ReferenceDate", "LEA", "Estab"])
def test_two_values_in_the_header_are_refused(send: Send, field: str) -> None:
    text = document(pupil()).replace("</Header>", f"<{field}>1</{field}></Header>")
    found = problems_of(send(text))
    assert [(problem.row, problem.field) for problem in found if UNCLEAR in problem.cure] == [(None, field)]
    assert HEADER[field] not in str([(problem.value, problem.cure) for problem in found])


OF_GROUPS = {
    "types of need": ("SENtype", "MLD", "ASD"),
    "ranks": ("SENtypeRank", "2", "3"),
    "streets": ("Street", "Fictional Street", "Other Street"),
    "categories": ("Category", "FIXD", "PERM"),
    "days": ("StartDate", "2025-10-06", "2025-10-07"),
    "sessions possible": ("SessionsPossible", "380", "300"),
}


@pytest.mark.parametrize(("field", "first", "second"), OF_GROUPS.values(), ids=OF_GROUPS.keys())
def test_two_values_in_a_group_are_refused(send: Send, field: str, first: str, second: str) -> None:
    said = f"<{field}>{first}</{field}>"
    assert said in GROUPS
    text = document(pupil(GROUPS.replace(said, twice(field, first, second), 1)))
    found = problems_of(send(text))
    assert [(problem.row, problem.field) for problem in found if UNCLEAR in problem.cure] == [(1, field)]


def test_two_counts_of_one_term_are_refused(send: Send) -> None:
    """The second was passed over. The same count twice leaves no doubt."""
    (problem,) = problems_of(send(document(pupil(attendance("120", "I", "4") + attendance("110", "I", "4")))))
    assert (problem.row, problem.field, UNCLEAR in problem.cure) == (1, "TermlyAttendance", True)
    assert load_census(send(document(pupil(attendance("120", "I", "4") * 2)))).queries == []


EMPTY = ["<TermlyAttendance/>", "<TermlyAttendance><SessionsPossible/><SessionDetails/></TermlyAttendance>"]


@pytest.mark.parametrize("empty", EMPTY, ids=["element", "inside"])
@pytest.mark.parametrize("comes_first", [True, False])
def test_an_empty_count_beside_another_says_nothing(send: Send, empty: str, comes_first: bool) -> None:
    """Systems write a group with nothing in it. The return was refused, or the count of the pupil was lost."""
    told = attendance("120", "I", "4")
    census = load_census(send(document(pupil(empty + told if comes_first else told + empty))))
    ((row,), queries) = (one(census).parts[Attendance], census.queries)
    assert (row["sessions_possible"], row["sessions_absent"], queries) == (120, 4, [])


def test_another_address_is_asked_about(send: Send) -> None:
    """Of two addresses one was made: the street of the first, and what only the second had. COLLECT's tables are asked
    about so too."""
    homes = "".join(
        f"<Address><Street>{street}</Street>{more}</Address>"
        for street, more in (("First Street", ""), ("Second Street", "<SAON>Flat 2</SAON>"))
    )
    census = load_census(send(document(pupil(f"<HomeInformation>{homes}</HomeInformation>"))))
    assert one(census).parts[HomeAddress] == [{"address": "First Street", "postcode": ""}]
    (query,) = census.queries
    assert (query.row, query.field, query.value) == (1, "Address", "")
    assert "another address" in query.cure


def test_a_fourth_reason_is_asked_about(send: Send) -> None:
    """A return has three reasons for a suspension at most, and so has a record."""
    reasons = "".join(f"<Reason>{reason}</Reason>" for reason in ("PP", "DB", "VA", "BU"))
    said = "<Reasons><Reason>PP</Reason><Reason>DB</Reason></Reasons>"
    assert said in GROUPS
    census = load_census(send(document(pupil(GROUPS.replace(said, f"<Reasons>{reasons}</Reasons>")))))
    assert one(census).parts[Suspension][0]["reasons"] == ["PP", "DB", "VA"]
    (query,) = census.queries
    assert (query.row, query.field, "4 reasons" in query.cure) == (1, "Reason", True)


@pytest.mark.parametrize("name", ["pupilonroll", "PUPILONROLL", "PupilonRoll"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_pupil_in_other_capitals_is_not_passed_over(send: Send, name: str, place: int) -> None:
    """The others were read, and nobody missed the one."""
    pupils = [pupil(UPN=ctf.make_upn(380, 2999, 2024, serial)) for serial in (1, 2, 3)]
    others = "".join(pupils)
    spoilt = others.replace(pupils[place], pupils[place].replace("PupilOnRoll>", f"{name}>"))
    (problem,) = problems_of(send(document(others).replace(others, spoilt)))
    assert (problem.field, "not written as “PupilOnRoll”" in problem.cure) == ("PupilOnRoll", True)


BASIC = "<BasicDetails><ServiceChild>N</ServiceChild></BasicDetails>"
IN_A_CTF = {
    "a value": (twice("MiddleNames", "Ann", "Bea"), "MiddleNames"),
    "a group": (BASIC + BASIC.replace("N<", "Y<"), "BasicDetails"),
    "a street": (f"<Address>{twice('Street', 'A', 'B')}</Address>", "Street"),
    "an address": ("<Address><Street>A</Street></Address><Address><Street>B</Street></Address>", "Address"),
}


@pytest.mark.parametrize(("inside", "field"), IN_A_CTF.values(), ids=IN_A_CTF.keys())
def test_a_transfer_file_that_says_two_things_is_refused(send: Send, inside: str, field: str) -> None:
    inside = inside if field != "MiddleNames" else f"<BasicDetails>{inside}</BasicDetails>"
    (problem,) = ctf_problems(send(ctf.document(ctf.pupil(inside))))
    assert (problem.row, problem.field, problem.fatal) == (1, field, True)
    assert "there twice" in problem.cure


HOME = "<Address><Street>A</Street><PostCode>BD1 1AA</PostCode></Address>"
NO_DOUBT = {
    "the same": HOME + HOME.replace("><", ">\n  <").replace("BD1", " BD1"),
    "an empty one after": f"{HOME}<Address/>",
    "an empty one before": f"<Address><Street/></Address>{HOME}",
}


@pytest.mark.parametrize("homes", NO_DOUBT.values(), ids=NO_DOUBT.keys())
def test_a_group_that_says_the_same_or_nothing_leaves_no_doubt(send: Send, homes: str) -> None:
    """As with a value: nothing is passed over."""
    (child,) = ctf_reader.read_pupils(send(ctf.document(ctf.pupil(homes))))
    assert isinstance(child, ToldPupil)
    assert child.parts[HomeAddress] == [{"address": "A\nBD1 1AA", "postcode": "BD1 1AA"}]


MEALS = "<FSMinstance><FSMstartDate>2024-04-15</FSMstartDate>{}</FSMinstance>"
MARK = (
    "<StageAssessment><Year>2023</Year><Subject>MAT</Subject><Method>TA</Method><Result>{}</Result></StageAssessment>"
)
LAST_KEPT = {
    "free meals": ("<FSMhistory>{}</FSMhistory>", MEALS, ("", "<FSMendDate>2025-03-31</FSMendDate>"), "FSMstartDate"),
    "results": (
        "<StageAssessments><KeyStage><Stage>KS1</Stage>{}</KeyStage></StageAssessments>",
        MARK,
        ("EXS", "WTS"),
        "Result",
    ),
}


@pytest.mark.parametrize(("around", "each", "values", "field"), LAST_KEPT.values(), ids=LAST_KEPT.keys())
def test_the_last_of_two_in_a_transfer_file_is_kept_and_said(
    send: Send, around: str, each: str, values: tuple[str, str], field: str
) -> None:
    """As with a year's attendance that is there twice: the last was kept here too, but nobody was told."""
    path = send(ctf.document(ctf.pupil(around.format("".join(map(each.format, values))))))
    (query,) = ctf_problems(path)
    assert (query.row, query.field, query.fatal, "The last is kept." in query.cure) == (1, field, False, True)
    assert ctf_problems(send(ctf.document(ctf.pupil(around.format(each.format(values[0]) * 2))))) == []


@pytest.mark.parametrize("first", ["result", "target"])
def test_a_target_does_not_displace_a_result(send: Send, first: str) -> None:
    """R22: of what is the more certain nobody has to be asked, whichever comes first."""
    around, mark, *_ = LAST_KEPT["results"]
    told = [mark.format("EXS"), mark.format("GDS").replace("<Result>", "<ResultStatus>T</ResultStatus><Result>")]
    path = send(ctf.document(ctf.pupil(around.format("".join(told if first == "result" else told[::-1])))))
    (child,) = ctf_reader.read_pupils(path)
    assert isinstance(child, ToldPupil)
    assert [(row["result"], row["status"]) for row in child.parts[Result]] == [("EXS", "R")]


IN_A_RETURN = {
    "a value": ("</PayRange>", "</PayRange><PayRange>UP</PayRange>", "PayRange"),
    "a group": ("</Hours>", "</Hours><Hours><HoursPerWeek>10</HoursPerWeek></Hours>", "Hours"),
    "a day": ("</ContractStart>", "</ContractStart><ContractStart>2019-09-02</ContractStart>", "ContractStart"),
    "the year of the return": ("</Year>", "</Year><Year>2024</Year>", "Year"),
}


@pytest.mark.parametrize(("said", "twice", "field"), IN_A_RETURN.values(), ids=IN_A_RETURN.keys())
def test_a_workforce_return_that_says_two_things_is_refused(send: Send, said: str, twice: str, field: str) -> None:
    text = workforce.document(workforce.member())
    assert text.count(said) == 1
    (problem,) = workforce_problems(send(text.replace(said, twice)))
    assert (problem.field, problem.fatal, "there twice" in problem.cure) == (field, True, True)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_again_in_other_words_is_refused_or_asked_about(send: Send, data: st.DataObject) -> None:
    """Any element of a pupil, with a copy beside it that says something else: no reader may choose one in silence."""
    root = etree.fromstring(document(pupil(GROUPS + FSM + attendance("120", "I", "4"))))
    (whole,) = root.iter("PupilOnRoll")
    leaves = [element for element in whole.iter() if not len(element)]
    element = data.draw(st.sampled_from(leaves))
    again = etree.Element(element.tag)
    again.text = data.draw(st.sampled_from(["B", "M", "K", "7", "2024-04-16", "Other", "BD9 9XX"]))
    if again.text == element.text:
        return
    parent = element.getparent()
    assert parent is not None
    parent.insert(parent.index(element) + data.draw(st.integers(0, 1)), again)
    problems, told = all_of(send(etree.tostring(root)))
    assert all(problem.cure and problem.field for problem in problems)
    assert problems or again.text in told or "datetime.date(2024, 4, 16)" in told  # a second reason, or another period


def all_of(path: Path) -> tuple[list[Problem], str]:
    """Everything that is wrong or odd, and what is told of the pupil."""
    try:
        census = load_census(path)
    except ImportRefused as refused:
        return refused.problems, ""
    return census.queries, str([*one(census).parts.values(), one(census).record])
