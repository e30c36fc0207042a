"""The COLLECT export of the School Census: many schools, many tables, one pupil at a time."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.imports.collect_cells import collect_day
from sharing.imports.collect_details import Details
from sharing.imports.collect_reader import open_export
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.upn import make_upn
from tests.sharing.collect_export import Export, sound
from tests.sharing.collect_read import by_name, facts, problems_of, read


def test_a_pupil_is_joined_from_every_table(tmp_path: Path) -> None:
    """R22: who the pupils are, and what each table tells of them."""
    pupils = by_name(sound().write(tmp_path / "export"))
    ann, ben, cat, gone = (pupils[name] for name in ("Onroll1", "Onroll2", "Onroll3", "Gone4"))
    assert (ann.dfe_number, cat.dfe_number, ann.row) == ("3802901", "3804901", 2)
    assert ann.record["born_on"] == date(2016, 7, 19)
    assert (ann.record["ethnicity"], ann.record["language"], ann.record["year_group"]) == ("APKN", "URD", "4")
    assert (ann.record["free_school_meals"], ben.record["free_school_meals"]) == (True, False)
    assert ann.parts[HomeAddress] == [{"address": "1 Fictional Street\nBradford\nBD1 1HY", "postcode": "BD1 1HY"}]
    assert cat.parts[HomeAddress][0]["address"] == "2 Invented Road\nBradford\nBD2 2CC"
    assert ben.parts[PupilNeeds][0]["sen_provision"] == "K"
    assert [need["need"] for need in ben.parts[SenNeed]] == ["ASD", "SLCN"]
    assert ben.parts[FreeMealsPeriod] == [
        {"starts_on": date(2023, 4, 15), "ends_on": date(2025, 3, 31), "country": "ENG"}
    ]
    assert cat.parts[Suspension] == [
        {"category": "SUSP", "starts_on": date(2025, 11, 3), "sessions": 4, "reasons": ["PP"]}
    ]
    assert gone.parts[Suspension][0]["category"] == "PERM"
    assert gone.parts[Enrolment] == [{"kind": None, "starts_on": date(2019, 9, 3), "ends_on": date(2025, 11, 28)}]
    assert gone.record.keys().isdisjoint({"year_group", "free_school_meals", "service_child"})
    assert gone.parts.keys().isdisjoint({PupilNeeds, SenNeed, HomeAddress, FreeMealsPeriod})


@pytest.mark.parametrize(("provision", "told"), [("N", (False, False)), ("K", (None, None))])
def test_who_has_no_special_needs_is_in_no_unit(tmp_path: Path, provision: str, told: tuple[bool | None, ...]) -> None:
    """R22: it stayed on the record, as an empty indicator takes nothing away."""
    export = sound()
    export.tables["pupilonroll"][0] |= {
        "senprovision": provision, "senunitindicator": "", "resourcedprovisionindicator": "",
    }  # fmt: skip
    (needs,) = by_name(export.write(tmp_path / "export"))["Onroll1"].parts[PupilNeeds]
    assert (needs["in_sen_unit"], needs["in_resourced_provision"]) == told


def test_sessions_are_counted_by_reason(tmp_path: Path) -> None:
    """R22: attended elsewhere (K) is no absence, and a term other than summer has no second half."""
    ann = by_name(sound().write(tmp_path / "export"))["Onroll1"]
    (counted,) = ann.parts[Attendance]
    assert counted["by_code"] == {"I": 4, "O": 2}
    assert (counted["sessions_possible"], counted["sessions_absent"], counted["sessions_unauthorised"]) == (132, 6, 2)
    assert (counted["academic_year"], counted["term"], counted["dfe_number"]) == (2025, 1, "")


def in_autumn() -> Export:
    """The export of an autumn, with both halves of the summer term."""
    export = sound()
    export.period = "2025_autumn_"
    for row in export.tables["schoolcensus"]:
        row |= {"term": "AUT", "year": "2025", "referencedate": "2025-Oct-02"}
    for row in export.tables["pupilnolongeronroll"]:
        row |= {"leavingdate": "2025-Jul-18"}
    for row in export.tables["pupilonroll"]:
        row |= {"summerhalfterm2sessionspossible": "70.0"}
    return export


def test_the_summer_term_comes_in_two_halves(tmp_path: Path) -> None:
    """R22: as the Department counts a year. Of pupils aged 15 when it began, only the first half."""
    export = in_autumn()
    export.tables["pupilonroll"][2]["dob"] = "2009-Aug-31"
    pupils = by_name(export.write(tmp_path / "export"))
    (ann,), (cat,) = (pupils[name].parts[Attendance] for name in ("Onroll1", "Onroll3"))
    assert (ann["academic_year"], ann["term"]) == (2024, 3)
    assert (ann["sessions_possible"], ann["sessions_absent"], ann["sessions_unauthorised"]) == (202, 66, 2)
    assert (ann["by_code"], cat["sessions_possible"]) == ({"I": 64, "O": 2}, 132)


@pytest.mark.parametrize(
    ("missing", "counted"),
    [("summerhalfterm2sessiondetailsonroll", (132, 6)), ("termlysessiondetailsonroll", (132, None))],
    ids=["of the second", "of the first"],
)
def test_a_half_of_which_nobody_says_what_was_missed_is_no_full_attendance(
    tmp_path: Path, missing: str, counted: tuple[int, int | None]
) -> None:
    """R22: the export without one of its tables. The two halves are added only if both are known."""
    export = in_autumn()
    export.tables.pop(missing)
    (ann,) = by_name(export.write(tmp_path / "export"))["Onroll1"].parts[Attendance]
    assert (ann["sessions_possible"], ann["sessions_absent"]) == counted


def test_a_school_may_send_totals_alone_beside_others_that_send_reasons(tmp_path: Path) -> None:
    """R22: its pupils had missed nothing. The Department takes the totals where they are more than the reasons."""
    export = sound()
    ben, cat = export.tables["pupilonroll"][1:3]
    ben |= {"termlysessionsauthorised": "8", "termlysessionsunauthorised": "3"}
    cat |= {"termlysessionsauthorised": "0", "termlysessionsunauthorised": "0"}
    pupils = by_name(export.write(tmp_path / "export"))
    told = [pupils[name].parts[Attendance][0] for name in ("Onroll1", "Onroll2", "Onroll3")]
    assert [(one["sessions_absent"], one["sessions_unauthorised"]) for one in told] == [(6, 2), (11, 3), (0, 0)]


def test_totals_stand_where_reasons_are_not_told(tmp_path: Path) -> None:
    """R22: older exports have totals with and without leave."""
    export = sound()
    for row in export.tables["pupilonroll"]:
        row |= {"termlysessionsauthorised": "8.0", "termlysessionsunauthorised": ""}
    for table in ("termlysessiondetailsonroll", "termlysessiondetailsoffroll"):
        export.tables.pop(table)
    (counted,) = by_name(export.write(tmp_path / "export"))["Onroll1"].parts[Attendance]
    assert (counted["sessions_absent"], counted["sessions_unauthorised"], counted["by_code"]) == (8, 0, {})


@pytest.mark.parametrize(
    "how",
    [{"capitals": True}, {"shuffled": True}, {"encoding": "cp1252"}, {"encoding": "utf-8"}],
    ids=["capitals", "another order", "cp1252", "utf-8 without a mark"],
)
def test_the_same_whatever_the_form(tmp_path: Path, how: dict[str, Any]) -> None:
    """Formats page 13: header in another case, columns and rows in another order, another encoding."""
    export = sound()
    export.tables["pupilonroll"][0]["surname"] = "Zoë’s"
    plain = facts(by_name(export.write(tmp_path / "plain")))
    assert facts(by_name(export.zip(tmp_path / "other.zip", inside="Census 2026/", **how))) == plain


def test_autumns_names_of_tables(tmp_path: Path) -> None:
    """Formats page 4.2: addressesonroll, fsmperiodsonroll; gender before sex; no ethnicity, which stays as it is."""
    export = sound()
    for old, new in (("addresses", "addressesonroll"), ("fsmperiod", "fsmperiodsonroll")):
        export.tables[new] = [
            {name.replace(old, new, 1): cell for name, cell in row.items()} for row in export.tables.pop(old)
        ]
    for row in export.tables["pupilonroll"]:
        row["gender"] = row.pop("sex")
        row.pop("ethnicity")
    export.tables.pop("senneeds")
    pupils = by_name(export.write(tmp_path / "export"))
    assert pupils["Onroll3"].record["sex"] == "M"
    assert "ethnicity" not in pupils["Onroll1"].record
    assert SenNeed not in pupils["Onroll2"].parts
    assert pupils["Onroll1"].parts[SenNeed] == []  # no special needs: no type of them either
    assert pupils["Onroll1"].parts[HomeAddress][0]["postcode"] == "BD1 1HY"
    assert pupils["Onroll1"].record["free_school_meals"]


def test_a_table_is_known_by_its_header(tmp_path: Path) -> None:
    """Formats page 4.2: a file that somebody renamed is still what it is."""
    place = sound().write(tmp_path / "export")
    (place / "2026_spring_senneeds.csv").rename(place / "Copy of needs.csv")
    (place / "notes.txt").write_text("not a table")
    (place / "2026_spring_classes.csv").write_text("classestableid,classesorderseqcolumn\n")
    with open_export(place) as export:
        told = {p.record["surname"]: p for p in export.pupils() if isinstance(p, ToldPupil)}
        assert export.unread == ("2026_spring_classes.csv",)
        assert (export.term, export.year, export.reference_date) == ("SPR", 2026, date(2026, 1, 15))
        assert export.rows == 4
    assert len(told["Onroll2"].parts[SenNeed]) == 2


def test_an_empty_code_says_nothing(tmp_path: Path) -> None:
    """R22: an empty ethnicity takes nothing away; an empty middle name is none."""
    export = sound()
    export.tables["pupilonroll"][0] |= {"ethnicity": "", "middlenames": ""}
    record = by_name(export.write(tmp_path / "export"))["Onroll1"].record
    assert "ethnicity" not in record
    assert record["middle_names"] == ""


WRONG_UPN = make_upn(380, 2901, 2021, 77).translate(str.maketrans("7", "8"))
SPOILT = [
    ("pupilonroll", "upn", "", "pupilonroll.upn", "missing"),
    ("pupilonroll", "upn", "0002e817-8cab", "pupilonroll.upn", "begins with a letter"),
    ("pupilonroll", "upn", WRONG_UPN, "pupilonroll.upn", "check letter"),
    ("pupilonroll", "surname", "", "pupilonroll.surname", "missing"),
    ("pupilonroll", "surname", "x" * 101, "pupilonroll.surname", "Shorten"),
    ("pupilonroll", "dob", "2015-Feb-31 00:00:00", "pupilonroll.dob", "no such date"),
    ("pupilonroll", "dob", "31/02/2015", "pupilonroll.dob", "no such date"),
    ("pupilonroll", "dob", "1990-Jan-01", "pupilonroll.dob", "over 25"),
    ("pupilonroll", "entrydate", "2026-Feb-01 00:00:00", "pupilonroll.entrydate", "after the reference date"),
    ("pupilonroll", "sex", "2", "pupilonroll.sex", "not on the Department's list"),
    ("pupilonroll", "enrolstatus", "P", "pupilonroll.enrolstatus", "not on the Department's list"),
    ("pupilonroll", "ethnicity", "Pakistani", "pupilonroll.ethnicity", "not on the Department's list"),
    ("pupilonroll", "ncyearactual", "99", "pupilonroll.ncyearactual", "not on the Department's list"),
    ("pupilonroll", "termlysessionspossible", "-4", "pupilonroll.termlysessionspossible", "less than 0"),
    ("pupilonroll", "termlysessionspossible", "13.5", "pupilonroll.termlysessionspossible", "whole number"),
    ("pupilonroll", "termlysessionspossible", "501", "pupilonroll.termlysessionspossible", "More than 500"),
    ("pupilonroll", "schoolcensustableid", "nowhere", "pupilonroll.schoolcensustableid", "whose pupil"),
    ("pupilnolongeronroll", "leavingdate", "", "pupilnolongeronroll.leavingdate", "missing"),
    ("pupilnolongeronroll", "leavingdate", "2018-Jan-01", "pupilnolongeronroll.leavingdate", "before starting"),
    ("fsmperiod", "fsmenddate", "2020-Jan-01", "fsmperiod.fsmenddate", "end before they start"),
    ("fsmperiod", "pupilonrolltableid", "nobody", "fsmperiod.pupilonrolltableid", "no pupil with this key"),
    ("senneeds", "sentype", "XYZ", "senneeds.sentype", "not on the Department's list"),
    ("senneeds", "sentyperank", "1", "senneeds.sentyperank", "Two needs"),
    ("termlysessiondetailsonroll", "sessions", "-1", "termlysessiondetailsonroll.sessions", "less than 0"),
    ("termlysessiondetailsonroll", "attendancereason", "ILL", "termlysessiondetailsonroll.attendancereason", "list"),
    ("termlyexclusionsonroll", "category", "GONE", "termlyexclusionsonroll.category", "list"),
    ("termlyexclusionsonroll", "startdate", "", "termlyexclusionsonroll.startdate", "missing"),
    ("schoolcensus", "estab", "none", "schoolcensus.estab", "number from 0 to 9999"),
    ("schoolcensus", "term", "AUT", "schoolcensus.referencedate", "more than one census"),
    ("schoolcensus", "year", "2025", "schoolcensus.referencedate", "more than one census"),
]


@pytest.mark.parametrize(("table", "column", "cell", "place", "cure"), SPOILT)
def test_what_is_wrong_is_named(tmp_path: Path, table: str, column: str, cell: str, place: str, cure: str) -> None:
    """R22: each error with table, row, field and cure, and nothing of a pupil with one."""
    export = sound()
    export.tables[table][0][column] = cell
    fatal = [problem for problem in problems_of(export.write(tmp_path / "export")) if problem.fatal]
    assert [problem.field for problem in fatal] == [place]
    assert cure in fatal[0].cure
    assert fatal[0].row in (2, None) or "Two" in cure
    assert "Onroll1" not in str(fatal)
    assert WRONG_UPN not in str(fatal)


@pytest.mark.parametrize("table", ["schoolcensus", "pupilonroll", "pupilnolongeronroll", "senneeds", "addresses"])
@pytest.mark.parametrize("change", [lambda line: f"{line},", lambda line: line.rpartition(",")[0]])
def test_a_row_of_another_width_is_refused(tmp_path: Path, table: str, change: Callable[[str], str]) -> None:
    """R22: a comma too many or too few moves every fact after it into the next column."""
    place = sound().write(tmp_path / "export")
    path = place / f"2026_spring_{table}.csv"
    header, first, *rest = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([header, change(first), *rest, ""]), encoding="utf-8-sig")
    fatal = [problem for problem in problems_of(place) if problem.fatal]
    assert (fatal[0].row, fatal[0].field) == (2, table)
    assert "not as wide as the header" in fatal[0].cure


def test_two_pupils_of_one_key_are_refused(tmp_path: Path) -> None:
    """R22: each would be told the needs, the address and the suspensions of the other."""
    export = sound()
    ann, ben, _ = export.tables["pupilonroll"]
    ben["pupilonrolltableid"] = ann["pupilonrolltableid"]
    fatal = [problem for problem in problems_of(export.write(tmp_path / "export")) if problem.fatal]
    assert fatal[0].row == 3
    assert "Row 2 is another pupil with the same key" in fatal[0].cure


def test_two_returns_of_one_key_are_refused(tmp_path: Path) -> None:
    """R6, R22: nobody can tell whose pupils these are."""
    export = sound()
    first, second = export.tables["schoolcensus"]
    second["schoolcensustableid"] = first["schoolcensustableid"]
    (problem,) = problems_of(export.write(tmp_path / "export"))
    assert (problem.field, problem.row) == ("schoolcensustableid", 3)


def test_one_table_named_after_another_term_is_refused(tmp_path: Path) -> None:
    """R22: needs of autumn beside the pupils of spring."""
    place = sound().write(tmp_path / "export")
    (place / "2026_spring_senneeds.csv").rename(place / "2025_autumn_senneeds.csv")
    (problem,) = problems_of(place)
    assert "Find out which is right." in problem.cure


ODD = [
    ("pupilonroll", "formerupn", "T38022252300B", "left out"),
    ("pupilonroll", "ethnicity", "ZZZZ", "list"),
    ("pupilonroll", "language", "QQQ", "list"),
    ("pupilonroll", "ncyearactual", "M", "left out"),
    ("pupilonroll", "enrolstatus", "", "taken as C"),
    ("pupilonroll", "parttime", "perhaps", "left out"),
    ("pupilonroll", "uniquelearnernumber", "12", "left out"),
    ("pupilonroll", "termlysessionspossible", "3", "More sessions were missed"),
    ("termlyexclusionsonroll", "reason1", "OT", "list"),
    ("fsmperiod", "fsmstartdate", "", "left out"),
]


@pytest.mark.parametrize("code", ["AMR", "TIB", "BNGS", "KURM", "PNJM"])
def test_a_language_of_the_list_is_not_asked_about(tmp_path: Path, code: str) -> None:
    """R22: a query about every child who speaks Amharic would hide those that matter."""
    export = sound()
    export.tables["pupilonroll"][0]["language"] = code
    pupils, problems = read(export.write(tmp_path / "export"))
    assert (pupils[0].record["language"], problems) == (code, [])


@pytest.mark.parametrize(("table", "column", "cell", "cure"), ODD)
def test_what_is_odd_is_asked_about(tmp_path: Path, table: str, column: str, cell: str, cure: str) -> None:
    """R22: odd but importable: a query, and the pupil all the same."""
    export = sound()
    export.tables[table][0][column] = cell
    pupils, problems = read(export.write(tmp_path / "export"))
    assert [(problem.fatal, problem.row) for problem in problems] == [(False, 2)]
    assert cure in problems[0].cure
    assert len(pupils) == 4


def test_a_pupil_twice_on_one_roll(tmp_path: Path) -> None:
    """R22: whose UPN is it? The file is refused."""
    export = sound()
    export.pupil(export.tables["schoolcensus"][0]["schoolcensustableid"], 1)
    (problem,) = [p for p in problems_of(export.write(tmp_path / "export")) if p.fatal]
    assert (problem.field, problem.row) == ("pupilonroll.upn", 5)
    assert "Row 2" in problem.cure


def test_a_pupil_who_left_and_came_back(tmp_path: Path) -> None:
    """R5: one record, told by the roll; the earlier stay is kept, its sessions are not added."""
    export = sound()
    a, b = (row["schoolcensustableid"] for row in export.tables["schoolcensus"])
    export.leaver(a, 5, upn=export.tables["pupilonroll"][1]["upn"])
    key = export.tables["pupilnolongeronroll"][0]["pupilnolongeronrolltableid"]
    export.leaver(b, 4, entrydate="2017-Sep-05", leavingdate="2018-Mar-01", pupilnolongeronrolltableid=key)
    pupils, problems = read(export.write(tmp_path / "export"))
    assert [(p.fatal, p.field, p.row) for p in problems] == [
        (False, "pupilnolongeronroll.upn", 3),
        (False, "pupilnolongeronroll.upn", 4),
    ]
    for earlier in pupils[-2:]:
        assert earlier.record == {}
        assert set(earlier.parts) == {Enrolment, Suspension}

    export.leaver(b, 4)
    (problem,) = [p for p in problems_of(export.write(tmp_path / "export")) if p.fatal]
    assert "same UPN and entry date" in problem.cure


def test_registered_alone_at_two_schools(tmp_path: Path) -> None:
    """R5: both may be right about seeing the child, so it is a query that names the two."""
    export = sound()
    export.pupil(export.tables["schoolcensus"][1]["schoolcensustableid"], 1)
    pupils, (problem,) = read(export.write(tmp_path / "export"))
    assert len(pupils) == 5
    assert (problem.fatal, problem.field, problem.row) == (False, "pupilonroll.enrolstatus", 5)
    assert "380/2901 and 380/4901" in problem.cure


def test_a_key_belongs_to_a_school(tmp_path: Path) -> None:
    """Formats page 4.2: in real exports a child at two schools has one key; NativeId tells them apart."""
    export = sound()
    first, second = export.tables["schoolcensus"]
    for row in itertools.chain.from_iterable(export.tables.values()):
        row["NativeId"] = "SCH1"
    first["NativeId"], second["NativeId"] = "SCH1", "SCH2"
    ann = export.tables["pupilonroll"][0]
    ann["enrolstatus"] = "M"
    export.pupil(second["schoolcensustableid"], 1, pupilonrolltableid=ann["pupilonrolltableid"], NativeId="SCH2")
    export.tables["pupilonroll"][-1]["enrolstatus"] = "S"
    export.about("senneeds", ann["pupilonrolltableid"], sentyperank="1", sentype="HI", NativeId="SCH2")
    pupils, problems = read(export.write(tmp_path / "export"))
    needs = {(p.upn, p.dfe_number): [n["need"] for n in p.parts.get(SenNeed, [])] for p in pupils}
    assert problems == []
    assert (needs[ann["upn"], "3802901"], needs[ann["upn"], "3804901"]) == ([], ["HI"])

    export.tables["senneeds"][-1]["NativeId"] = ""
    (problem,) = problems_of(export.write(tmp_path / "export"))
    assert (problem.field, problem.row) == ("senneeds.pupilonrolltableid", 4)


def test_registered_as_main_and_subsidiary_is_nothing_odd(tmp_path: Path) -> None:
    """R5: a child on two registers, each saying so."""
    export = sound()
    export.tables["pupilonroll"][0]["enrolstatus"] = "M"
    export.pupil(export.tables["schoolcensus"][1]["schoolcensustableid"], 1, enrolstatus="S")
    assert read(export.write(tmp_path / "export"))[1] == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2013-Jul-19 00:00:00", date(2013, 7, 19)),
        ("2013-JUL-19", date(2013, 7, 19)),
        ("2013-07-19", date(2013, 7, 19)),
        ("2013-07-19 00:00:00.000", date(2013, 7, 19)),
        ("2013-Feb-29 00:00:00", None),
        ("2013-Juli-19", None),
        ("19-Jul-2013", None),
        ("2013-Jul-18 23:00:00", None),  # midnight of the 19th in summer, as a database tells it in its own time
        ("2013-07-18T23:00:00", None),
        ("2013-Jul-19 00:00:01", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    """Formats page 13, trap 8."""
    assert collect_day(text) == day


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=5)), max_size=60), st.integers(1, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_rows_come_back_to_their_pupil(rows: list[tuple[int, str]], portion: int) -> None:
    """R22: whatever the order and the portions, each row is with its pupil, in order, letter for letter."""
    rows = [(pupil, text.replace("\x00", "").encode("utf-8", "ignore").decode()) for pupil, text in rows]
    details = Details([("A", str(pupil)) for pupil in range(10)])
    details._size = portion
    with details:
        for number, (pupil, text) in enumerate(rows):
            assert details.put(("A" if number % 2 else "", str(pupil)), "table", (number, [text]))
        assert not details.put(("B", "1"), "table", (0, [""]))
        for place in range(10):
            expected = [(number, [text]) for number, (pupil, text) in enumerate(rows) if pupil == place]
            assert details.of(place).get("table", []) == expected
