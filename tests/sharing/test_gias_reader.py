"""The GIAS files: schools and links (formats page 2)."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sharing.codes import COMMUNITY_KINDS, GIAS_TYPE, community_kind
from sharing.imports.gias_reader import (
    gias_date,
    load_establishments,
    load_links,
    read_establishments,
    web_address,
)
from sharing.imports.problems import CAP, ImportRefused, Problem, ProblemLog
from sharing.models.establishments import Kind

GIAS = Path(__file__).parents[2].parent / "shared" / "data" / "gias"

SCHOOL = {
    "URN": "100001",
    "LA (code)": "380",
    "LA (name)": "Bradford",
    "EstablishmentNumber": "2001",
    "EstablishmentName": "Moor Lane Primary School",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "OpenDate": "01-09-1974",
    "CloseDate": "",
    "StatutoryLowAge": "3",
    "StatutoryHighAge": "11",
    "SchoolCapacity": "420",
    "NumberOfPupils": "401",
    "PercentageFSM": "27.50",
    "HeadTitle (name)": "Ms",
    "HeadFirstName": "Amina",
    "HeadLastName": "Invented",
    "HeadPreferredJobTitle": "Headteacher",
    "SchoolWebsite": "www.moorlane.example",
    "Postcode": "BD1 1AA",
}
LINK = {
    "URN": "100001",
    "LinkURN": "100002",
    "LinkName": "Moor Lane Infant School",
    "LinkType": "Predecessor",
    "LinkEstablishedDate": "01-09-2011",
}


def csv_bytes(rows: Iterable[dict[str, str]], encoding: str = "cp1252") -> bytes:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def file_of(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return path


def schools(tmp_path: Path, *changes: dict[str, str], encoding: str = "cp1252") -> Path:
    return file_of(tmp_path, csv_bytes([SCHOOL | change for change in changes or ({},)], encoding))


def problems_of(path: Path, la: int | None = None) -> list[Problem]:
    with pytest.raises(ImportRefused) as refusal:
        load_establishments(path, la)
    return refusal.value.problems


def cures_of(path: Path, la: int | None = None) -> str:
    return " | ".join(str(problem) for problem in problems_of(path, la))


def test_a_school_is_read_whole(tmp_path: Path) -> None:
    """R4, R22."""
    (school,) = load_establishments(schools(tmp_path), 380)
    assert (school.row, school.urn, school.la_code, school.establishment_number) == (2, 100001, 380, 2001)
    assert (school.type_code, school.phase_code, school.status_code) == (1, 2, 1)
    assert (school.low_age, school.high_age, school.capacity, school.number_of_pupils) == (3, 11, 420, 401)
    assert school.percentage_fsm == Decimal("27.50")
    assert (school.open_date, school.close_date) == (date(1974, 9, 1), None)
    assert school.website == "http://www.moorlane.example"


def test_the_head_is_not_named(tmp_path: Path) -> None:
    """R2: a name that the portal does not need is not taken in."""
    (school,) = load_establishments(schools(tmp_path))
    assert (school.head_title, school.head_job_title) == ("Ms", "Headteacher")
    assert "Amina" not in repr(school)
    assert "Invented" not in repr(school)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_curly_apostrophes_survive(tmp_path: Path, encoding: str) -> None:
    path = schools(tmp_path, {"EstablishmentName": "St Mary’s – Café"}, encoding=encoding)
    assert load_establishments(path)[0].name == "St Mary’s – Café"


@pytest.mark.parametrize("code", ["01", "1", "001"])
def test_leading_zeros_do_not_matter(tmp_path: Path, code: str) -> None:
    assert load_establishments(schools(tmp_path, {"TypeOfEstablishment (code)": code}))[0].type_code == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01-09-2016", date(2016, 9, 1)),
        ("01/09/2016", date(2016, 9, 1)),
        ("29-02-2024", date(2024, 2, 29)),
        ("29-02-2023", None),
        ("01-09/2016", None),
        ("2016-09-01", None),
        ("1-9-2016", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert gias_date(text) == day


def test_the_first_of_january_1900_means_unknown(tmp_path: Path) -> None:
    assert load_establishments(schools(tmp_path, {"OpenDate": "01-01-1900"}))[0].open_date is None


def test_columns_are_found_by_name_and_unknown_ones_ignored(tmp_path: Path) -> None:
    needed = ["urn", "LA(CODE)", "Establishment Number", "EstablishmentName", "TypeOfEstablishment (code)"]
    needed += ["EstablishmentStatus (code)", "PhaseOfEducation (code)", "InventedIn2031"]
    row = dict(zip(needed, ["100001", "380", "", "Moor Lane", "1", "1", "2", "?"], strict=True))
    (school,) = load_establishments(file_of(tmp_path, csv_bytes([dict(reversed(row.items()))])))
    assert (school.urn, school.establishment_number, school.capacity, school.town) == (100001, None, None, "")
    assert (school.type_name, school.status_name, school.phase_name) == ("Community school", "Open", "Primary")


def test_each_missing_required_column_is_named(tmp_path: Path) -> None:
    row = {k: v for k, v in SCHOOL.items() if k not in ("EstablishmentName", "PhaseOfEducation (code)")}
    problems = problems_of(file_of(tmp_path, csv_bytes([row])))
    assert [problem.field for problem in problems] == ["EstablishmentName", "PhaseOfEducation (code)"]
    assert all("edubasealldata" in problem.cure for problem in problems)


@pytest.mark.parametrize(
    ("saved", "kept"),
    [("1274123456", "01274123456"), ("169772345", "0169772345"), ("01274123456", "01274123456"), ("12345", "12345")],
)
def test_a_telephone_number_gets_the_nought_back_that_a_spreadsheet_took(tmp_path: Path, saved: str, kept: str) -> None:
    (school,) = load_establishments(file_of(tmp_path, csv_bytes([SCHOOL | {"TelephoneNum": saved}])))
    assert school.telephone == kept


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert "more than once" in cures_of(file_of(tmp_path, csv_bytes([SCHOOL | {"urn": "100002"}])))


def test_every_problem_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    """R22: nothing is applied unless all of it is sound."""
    path = schools(
        tmp_path,
        {"URN": "10000X"},
        {"URN": "100002", "TypeOfEstablishment (code)": "98"},
        {"URN": "100003", "EstablishmentStatus (code)": "7"},
        {"URN": "100004", "OpenDate": "31-02-2001", "NumberOfPupils": "many"},
        {"URN": "100005", "PercentageFSM": "101"},
        {"URN": "100006", "EstablishmentStatus (code)": ""},
        {"URN": "100007", "LA (code)": "Bradford"},
        {"URN": "100008", "PhaseOfEducation (code)": "9"},
        {"URN": "100009"},
        {"URN": "100009"},
        {"URN": "100010", "EstablishmentStatus (code)": "3", "EstablishmentStatus (name)": "Proposed to open"},
    )
    assert [(problem.row, problem.field) for problem in problems_of(path)] == [
        (2, "URN"),
        (3, "TypeOfEstablishment (code)"),
        (4, "EstablishmentStatus (code)"),
        (5, "OpenDate"),
        (5, "NumberOfPupils"),
        (6, "PercentageFSM"),
        (7, "EstablishmentStatus (code)"),
        (8, "LA (code)"),
        (9, "PhaseOfEducation (code)"),
        (11, "URN"),
        (12, "EstablishmentStatus (name)"),
    ]


def test_nothing_of_another_authority_is_judged_or_kept(tmp_path: Path) -> None:
    path = schools(tmp_path, {}, {"URN": "?", "LA (code)": "908", "OpenDate": "soon"})
    assert [school.urn for school in load_establishments(path, 380)] == [100001]
    assert "URN has six digits" in cures_of(path)


def test_a_file_of_another_authority_says_so(tmp_path: Path) -> None:
    assert "authority 380; the file is for 383" in cures_of(schools(tmp_path, {"LA (code)": "383"}), 380)


def test_a_ragged_row_is_refused_and_its_shifted_cells_not_quoted(tmp_path: Path) -> None:
    content = csv_bytes([SCHOOL]).replace(b'"Bradford"', b'"Bradford","extra"')
    (problem,) = problems_of(file_of(tmp_path, content))
    assert "1 cell more than the header" in problem.cure
    assert problem.value == ""
    short = csv_bytes([SCHOOL]).replace(b'"Bradford",', b"")
    assert "1 cell fewer" in cures_of(file_of(tmp_path, short))


def test_a_missing_name_is_a_query(tmp_path: Path) -> None:
    log = ProblemLog()
    (school,) = load_establishments(schools(tmp_path, {"EstablishmentName": " "}), 380, log)
    assert school.name == "(no name in GIAS, URN 100001)"
    assert [(query.row, query.fatal) for query in log.queries()] == [(2, False)]


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0rest", "Excel workbook of the old kind"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html><html>", "web page"),
        ("URN,LA (code)".encode("utf-16"), "UTF-16"),
        (b"URN,LA (code)\r\n1,\x00\r\n", "Line 2 has bytes"),
        (b"URN,LA (code)\r\n1,2\r\n1,\x81\r\n", "Line 3 has bytes"),
        (b"\xef\xbb\xbfURN,LA (code)\r\n1,\x92\r\n", "Line 2 has bytes"),
        (b"URN;LA (code);EstablishmentName\r\n", "semicolons"),
        (b"name,age\r\n", "a different file"),
        (csv_bytes([SCHOOL]).splitlines()[0], "a header and no rows"),
        (csv_bytes([SCHOOL]) + b'"never closed\r\n', "quotation marks do not match"),
    ],
)
def test_what_is_not_the_file_says_what_it_is(tmp_path: Path, content: bytes, cure: str) -> None:
    assert cure in cures_of(file_of(tmp_path, content))


def test_many_problems_are_counted_and_not_all_kept(tmp_path: Path) -> None:
    path = schools(tmp_path, *({"URN": "x"} for _ in range(CAP + 7)))
    problems = problems_of(path)
    assert len(problems) == CAP + 1
    assert "and 7 more problems" in problems[-1].cure


def test_problems_and_queries_are_capped_apart() -> None:
    log = ProblemLog()
    for n in range(CAP + 3):
        log.add(Problem(n, "Ethnicity", "", "Odd.", fatal=False))
    log.add(Problem(9999, "UPN", "", "Wrong."))
    with pytest.raises(ImportRefused, match=r"1 problem\. First: row 9999, UPN: Wrong\.") as refusal:
        log.refuse_if_fatal()
    assert len(refusal.value.problems) == CAP + 2
    assert "and 3 more queries" in log.queries()[-1].cure


def test_read_gives_sound_rows_before_it_refuses(tmp_path: Path) -> None:
    rows = read_establishments(schools(tmp_path, {}, {"URN": "x"}))
    assert next(rows).urn == 100001
    with pytest.raises(ImportRefused, match="1 problem"):
        next(rows)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.a.example", "http://www.a.example"),
        ("https://a.example/x", "https://a.example/x"),
        ("http://", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("javascript://a.example/%0aalert(1)", ""),
        ("http://me@a.example", ""),
        ("http://a.example/ b", ""),
        ("http://[a.example", ""),
    ],
)
def test_only_a_web_address_becomes_a_link(text: str, address: str) -> None:
    """R13: what a page shows as a link cannot run."""
    assert web_address(text) == address


def test_who_is_of_the_community() -> None:
    """R4, A2."""
    assert {code for code in GIAS_TYPE if community_kind(code, 4)} == {
        *(1, 2, 3, 5, 7, 12, 14, 15, 28, 33, 34, 35, 36, 38, 39, 41, 42, 43, 44, 45, 46)
    }
    assert [community_kind(1, phase) for phase in range(8)] == [
        *(None, "nursery", "primary", "primary", "secondary", "secondary", "secondary", "secondary")
    ]
    assert community_kind(5, None) is None
    assert community_kind(999, 2) is None
    assert {community_kind(code, 2) for code in COMMUNITY_KINDS} | {"secondary", "childrens_centre"} == set(Kind.values)


def test_links_are_read(tmp_path: Path) -> None:
    path = file_of(tmp_path, csv_bytes([LINK, LINK, LINK | {"LinkType": "Other", "LinkEstablishedDate": ""}]))
    first, second = load_links(path)
    assert (first.row, first.urn, first.link_urn, first.established) == (2, 100001, 100002, date(2011, 9, 1))
    assert (second.link_type, second.established) == ("Other", None)


def test_wrong_links_are_refused(tmp_path: Path) -> None:
    wrong = [
        LINK | {"LinkURN": "100001"},
        LINK | {"URN": ""},
        LINK | {"LinkType": ""},
        LINK | {"LinkEstablishedDate": "31-11-2011"},
    ]
    with pytest.raises(ImportRefused) as refusal:
        load_links(file_of(tmp_path, csv_bytes(wrong)))
    assert [problem.row for problem in refusal.value.problems] == [2, 3, 4, 5]


def test_the_files_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="LinkURN"):
        load_links(schools(tmp_path))
    assert "edubasealldata" in cures_of(file_of(tmp_path, csv_bytes([LINK])))


def test_leeds_as_the_department_published_it() -> None:
    """R22: the one real file in the full layout."""
    leeds = load_establishments(GIAS / "edubasealldata_LA383_leeds_2023-07.csv", 383)
    assert len(leeds) == 771
    assert sum(school.status_code == 1 for school in leeds) == 306


def test_bradford_as_reconstructed() -> None:
    """R4."""
    log = ProblemLog()
    bradford = load_establishments(GIAS / "edubasealldata_LA380_bradford_RECONSTRUCTED.csv", 380, log)
    assert len(bradford) == 227
    assert len(log.queries()) == 8  # the reconstruction lacks eight names
    assert sum(community_kind(s.type_code, s.phase_code) is not None for s in bradford) == 210


def test_the_real_links() -> None:
    links = load_links(GIAS / "links_edubasealldata20250422.csv")
    assert len(links) == 33_801
    assert sum(link.link_type == "Successor" for link in links) == 16_451
