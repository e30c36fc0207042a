"""Class lists and results as offices and spreadsheets save them: what is taken, and what is refused in words (R22).

No database.
"""

from pathlib import Path

import pytest

from sharing.imports.classes import read_classes
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.results import read_results
from sharing.imports.told import ToldPupil
from sharing.models import Result
from sharing.upn import make_upn

UPN = make_upn(380, 2999, 2024, 1)
HEADER = "DfE number,UPN,Class\n"
RESULTS = "DfE number,UPN,Stage,Academic year,Subject,Component,Result,Status\n"


def told(tmp_path: Path, content: str | bytes) -> tuple[list[ToldPupil], list[Problem]]:
    path = tmp_path / "classes.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = list(read_classes(path, {"3802999"}, lambda per_cent: None))
    return [one for one in found if isinstance(one, ToldPupil)], [one for one in found if isinstance(one, Problem)]


def refusal(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        told(tmp_path, content)
    assert UPN not in str(refused.value.problems)
    return " | ".join(str(problem) for problem in refused.value.problems)


TAKEN = {
    "as it should be": f"{HEADER}380/2999,{UPN},4 Oak\n",
    "a mark at the beginning": f"\ufeff{HEADER}380/2999,{UPN},4 Oak\n",
    "blank columns and rows": f"DfE number,UPN,Class,,\n380/2999,{UPN},4 Oak,,\n,,,,\n,,,,\n",
    "line ends of an old Mac": f"DfE number,UPN,Class\r380/2999,{UPN},4 Oak\r",
    "everything in quotation marks": f'"DfE number","UPN","Class"\r\n"380/2999","{UPN}","4 Oak"\r\n',
    "another order and other capitals": f"class name,upn, LAESTAB \n4 Oak,{UPN},3802999\n",
    "a heading on two lines": f'"DfE\nnumber",UPN,Class\n380/2999,{UPN},4 Oak\n',
    "a number with separators": f'{HEADER}"3,802,999",{UPN},4 Oak\n',
    "a number with places": f"{HEADER}3802999.0,{UPN},4 Oak\n",
    "a dash for a stroke": f"{HEADER}380\u20132999,{UPN},4 Oak\n",
    "a UPN in small letters, with spaces": f"{HEADER}380/2999,\u00a0{UPN.lower()} ,4 Oak\n",
    "a UPN with signs that cannot be seen": f"{HEADER}380/2999,\u200b{UPN}\ufeff,4  Oak\n",
    "a UPN marked as text": f"{HEADER}380/2999,'{UPN},4 Oak\n",
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_what_leaves_no_doubt_is_taken(tmp_path: Path, content: str) -> None:
    """Without a query too: "4 Oak" is no date of a spreadsheet."""
    (pupil,), problems = told(tmp_path, content)
    assert (pupil.upn, pupil.dfe_number, pupil.record, problems) == (UPN, "3802999", {"class_name": "4 Oak"}, [])


FILES = {
    "semicolons": (f"DfE number;UPN;Class\n380/2999;{UPN};4 Oak\n", "separated by semicolons"),
    "semicolons, and a comma": (f"DfE number;UPN;Class, or group\n380/2999;{UPN};4 Oak\n", "separated by semicolons"),
    "tabs": (
        f"DfE number\tUPN\tClass\n380/2999\t{UPN}\t4 Oak\n",
        "separated by tabs, and not by commas. Open it in Exc",
    ),
    "a title above": (f"Classes of 2026,,\n{HEADER}380/2999,{UPN},4 Oak\n", "The header is in row 2. Take out what"),
    "a title and a blank row": (f"Classes\n\n{HEADER}380/2999,{UPN},4 Oak\n", "The header is in row 3."),
    "a line for a spreadsheet": (f"sep=,\n{HEADER}380/2999,{UPN},4 Oak\n", "The header is in row 2."),
    "a row without end": (f"{HEADER}380/2999,{UPN},4 Oak{',' * 300_000}\n", "row 2: This row is longer than"),
    "a header without end": (f"{HEADER[:-1]}{',' * 300_000}\n", "row 1: This row is longer than"),
    "a row without end, over many lines": (HEADER + '"\n",' * 100_000, "row 2: This row is longer than"),
    "no header": (f"380/2999,{UPN},4 Oak\n", "This is a different file, or there is a line above its header."),
    "a column by two names": (
        f"DfE number,UPN,Class,LAESTAB\n380/2999,{UPN},4 Oak,3802999\n",
        "The columns 'DfE number' and 'LAESTAB' say the same thing. Keep one.",
    ),
    "a column twice": (f"DfE number,UPN,Class,Class\n380/2999,{UPN},4 Oak,5 Elm\n", "'Class' is there more than once"),
    "UTF-16": (f"{HEADER}380/2999,{UPN},4 Oak\n".encode("utf-16"), "choose “Save as” and “CSV UTF-8"),
    "a workbook by another name": (b"PK\x03\x04rest", "choose “Save as” and “CSV UTF-8"),
    "a locked workbook by another name": (b"\xd0\xcf\x11\xe0rest", "with a password, and not a CSV. Open it in Excel"),
    "compressed": (b"\x1f\x8brest", "Unpack it, and send the CSV inside."),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_taken_says_what_to_do(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


CELLS = {
    "the number shortened": (f"3.80E+06,{UPN},4 Oak", "DfE number: A spreadsheet has shortened this number", True),
    "the first digits lost": (f"2999,{UPN},4 Oak", "DfE number: A DfE number has three digits and four", True),
    "a cell short": (f"380/2999,{UPN}", "The row has 2 cells and the header 3: a comma is missing", True),
    "a cell too many": (f"380/2999,{UPN},4 Oak, or Elm", "The row has 4 cells and the header 3: a comma or quot", True),
    "a blank cell too many": (f"380/2999,{UPN},4 Oak,", "The row has 4 cells and the header 3", True),
    "1E2 made a number": (f"380/2999,{UPN},1.00E+02", "Class: A spreadsheet has turned this class into a number", True),
    "a column too narrow": (f"380/2999,{UPN},########", "Class: A spreadsheet could not show or find the value", True),
    "a look-up that failed": (f"380/2999,{UPN},#N/A", "Class: A spreadsheet could not show or find the value", True),
    "1/2 made a day": (f"380/2999,{UPN},01-Feb", "Class: A spreadsheet may have turned this class into a date", False),
    "a day in digits": (f"380/2999,{UPN},46054", "Class: A spreadsheet may have turned this class into a date", False),
    "a day as computers write it": (
        f"380/2999,{UPN},2026-02-01",
        "Class: A spreadsheet may have turned this class",
        False,
    ),
    "a letter lost": (f"380/2999,{UPN},D?b", "Class: Letters may be lost", False),
    "another encoding": (f"380/2999,{UPN},4 ChÃªne", "Class: Letters may be lost", False),
}


@pytest.mark.parametrize("name", ["7E1", "1E1", "8e12", "4 Oak", "MATÚŠ", "São João"])
def test_a_class_as_a_school_calls_it_is_taken(tmp_path: Path, name: str) -> None:
    """A spreadsheet writes 7.00E+01 where 7E1 was typed, and never 7E1: such a set could not be sent at all."""
    pupils, problems = told(tmp_path, f"{HEADER}380/2999,{UPN},{name}\n")
    assert (len(pupils), problems) == (1, [])


def test_a_class_has_no_letters_that_nobody_can_see(tmp_path: Path) -> None:
    """Two classes had one name on each page, with half of the pupils in either."""
    (told_of,), problems = told(tmp_path, f"{HEADER}380/2999,{UPN},\ufeff4\u00a0O\u200bak\n")
    assert (told_of.record, problems) == ({"class_name": "4 Oak"}, [])


@pytest.mark.parametrize(("row", "words", "fatal"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_that_a_spreadsheet_has_changed_is_told(tmp_path: Path, row: str, words: str, fatal: bool) -> None:
    pupils, (problem,) = told(tmp_path, f"{HEADER}{row}\n")
    assert str(problem).startswith("row 2")
    assert words in str(problem)
    assert (problem.fatal, len(pupils)) == (fatal, 0 if fatal else 1)
    assert UPN not in f"{problem} {problem.value}"


def result(tmp_path: Path, row: str) -> ToldPupil | Problem:
    path = tmp_path / "results.csv"
    path.write_text(f"{RESULTS}380/2999,{UPN},{row}\n", encoding="utf-8")
    return next(read_results(path, {"3802999"}, lambda per_cent: None))


@pytest.mark.parametrize("text", ["45877", "2026-08-09", "09-Aug", "Sep-08", "09/08/2026"])
def test_a_result_made_a_date_says_so(tmp_path: Path, text: str) -> None:
    problem = result(tmp_path, f"K4,2024/25,SCI,GCSE,{text},R")
    assert "row 2, Result: A spreadsheet has turned this result into a date." in str(problem)


@pytest.mark.parametrize("text", ["9-8", "9\u20138", "9\u22128", "9\u20118"])
def test_a_grade_with_another_hyphen_is_the_same_grade(tmp_path: Path, text: str) -> None:
    pupil = result(tmp_path, f"K4,2024/25,SCI,GCSE,{text},R")
    assert isinstance(pupil, ToldPupil)
    assert pupil.parts[Result][0]["result"] == "9-8"


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_a_last_line_without_an_end_is_asked_about(tmp_path: Path, line_end: str) -> None:
    """A download that stops in the last cell is as wide as its header: Oak came out as O, and 25 marks as 2."""
    pupils, problems = told(tmp_path, f"{HEADER}380/2999,{UPN},4 O{line_end}")
    assert [pupil.record for pupil in pupils] == [{"class_name": "4 O"}]
    asked = [(problem.row, problem.fatal, "without the end of a line" in problem.cure) for problem in problems]
    assert asked == ([] if line_end else [(2, False, True)])


def test_a_last_cell_whose_quotation_marks_are_closed_is_whole(tmp_path: Path) -> None:
    """Some programs put each cell into quotation marks, and end no last line. They were asked at each import."""
    pupils, problems = told(tmp_path, f'{HEADER}"380/2999","{UPN}","4 Oak"')
    assert ([pupil.record for pupil in pupils], problems) == ([{"class_name": "4 Oak"}], [])


def test_a_result_on_a_last_line_without_an_end_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(f"{RESULTS.replace(',Status', '')}380/2999,{UPN},MT,2024/25,MAT,MTC,2")
    query, pupil = read_results(path, {"3802999"}, lambda per_cent: None)
    assert isinstance(query, Problem)
    assert isinstance(pupil, ToldPupil)
    assert (query.row, query.fatal, pupil.parts[Result][0]["result"]) == (2, False, "2")


@pytest.mark.parametrize("heading", ["Stauts", "Result state", "\u00a0", ""])
def test_a_column_that_is_passed_over_is_asked_about(tmp_path: Path, heading: str) -> None:
    """With its heading mistyped the status was not read, and a provisional result counted as final."""
    path = tmp_path / "results.csv"
    path.write_text(
        f"{RESULTS.replace('Status', heading)}380/2999,{UPN},K4,2024/25,SCI,GCSE,9-8,P\n" + "\n" * 3, encoding="utf-8"
    )
    query, pupil = read_results(path, {"3802999"}, lambda per_cent: None)
    assert isinstance(query, Problem)
    assert isinstance(pupil, ToldPupil)
    assert (query.row, query.field, query.value, query.fatal) == (1, "Status", "", False)
    assert "no column “Status”, and the heading of column 8 is not known" in query.cure
    assert heading.strip() == "" or heading not in query.cure
    assert pupil.parts[Result][0]["status"] == "R"


def test_a_column_beside_all_the_known_ones_is_not_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    more = RESULTS.replace("Status", "Status,Teacher")
    path.write_text(f"{more}380/2999,{UPN},K4,2024/25,SCI,GCSE,9-8,P,Ann Lee\n", encoding="utf-8")
    (pupil,) = read_results(path, {"3802999"}, lambda per_cent: None)
    assert isinstance(pupil, ToldPupil)
    assert pupil.parts[Result][0]["status"] == "P"
