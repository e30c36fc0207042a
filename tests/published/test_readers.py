"""Readers of published files: which cell becomes which figure, and what refuses a file (formats pages 6-9)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sharing.imports.problems import ImportRefused, Problem
from sharing.measures import grouping
from sharing.measures.catalogue import COMPARATORS, DATASET, MEASURE
from sharing.published import absence, attendance, census, deprivation, exclusions, eyfsp, ks2, ks4, lait
from sharing.published.told import By, Place, Published
from tests.published import files
from tests.published.files import BECKSIDE, LARKROYD, OURS, OXENBY, RAVENSGILL, ks2_file, ks2_school, write

Reader = Callable[[Path, int], Published]
Figures = dict[tuple[int | str, str, str], tuple[object, ...]]


def figures(published: Published) -> Figures:
    """(place, measure, group) -> (value or symbol, numerator, denominator)"""
    return {
        (told.place.key, told.measure, told.group): (
            told.symbol or float(told.value or 0), told.numerator, told.denominator,
        )
        for told in published.figures
    }  # fmt: skip


def problems(read: Reader, path: Path) -> list[Problem]:
    with pytest.raises(ImportRefused) as refused:
        read(path, OURS)
    return refused.value.problems


def cure(read: Reader, path: Path) -> str:
    return " / ".join(
        f"{problem.row} {problem.field} {problem.value} {problem.cure}" for problem in problems(read, path)
    )


def test_every_measure_read_is_one_of_the_catalogue_and_of_the_dataset() -> None:
    """R22: a figure of anything else does not exist."""
    for layout in (ks2.LAYOUT, ks4.LAYOUT, census.LAYOUT, absence.LAYOUT):
        for reads in layout.reads:
            assert MEASURE[reads.measure].dataset == layout.dataset
            assert reads.percent == (MEASURE[reads.measure].unit == "percent") or reads.measure == census.FSM
    for kind in (eyfsp.KIND, exclusions.KIND, attendance.YEAR_TO_DATE, attendance.BY_TERM):
        assert kind.dataset in DATASET
        for indicator in kind.indicators:
            assert kind.dataset in (MEASURE[indicator.measure].dataset, COMPARATORS)
            assert indicator.percent == (MEASURE[indicator.measure].unit == "percent")
    assert {measure for measure, _, _ in lait.INDICATORS.values()} <= MEASURE.keys()
    assert set(deprivation.MEASURES.values()) <= MEASURE.keys()


class TestKeyStage2:
    @pytest.mark.parametrize(
        ("shares", "is_asked"),
        [
            (["0.63", "0.5", "0", "1", "0.71"], True),
            (["63%", "50%", "0%", "100%", "71%"], False),
            (["0.63", "0.5", "0", "1"], False),
            (["0", "1", "0", "1", "0"], False),
            (["0.63", "0.5", "0", "1", "71%"], False),
        ],
        ids=["all parts of one", "per cent", "too few to tell", "whole", "one above"],
    )
    def test_shares_that_have_lost_their_per_cent_are_asked_about(
        self, tmp_path: Path, shares: list[str], is_asked: bool
    ) -> None:
        """R22: a spreadsheet makes 0.63 of 63%, and 0.63% is a share too: a hundred times too small."""
        rows = [ks2_school(BECKSIDE + place, PTRWM_EXP=text, READPROG="0.5") for place, text in enumerate(shares)]
        published = ks2.read(ks2_file(tmp_path, rows), OURS)
        asked = [query.field for query in published.queries if "63% into 0.63" in query.cure]
        assert asked == (["PTRWM_EXP"] if is_asked else [])

    def test_schools_authority_and_england_are_told_apart(self, tmp_path: Path) -> None:
        rows = [
            ks2_school(BECKSIDE, PTRWM_EXP="63%", PTRWM_EXP_G="SUPP", GELIG=4, READPROG="-1.2", READPROG_LOWER="-3"),
            ks2_school(RAVENSGILL, RECTYPE=2, PTRWM_EXP="NE"),
            {"RECTYPE": 3, "LEA": 380, "ESTAB": " ", "URN": " ", "TELIG": 7000, "PTRWM_EXP": "59%", "READPROG": " "},
            {"RECTYPE": 3, "LEA": 381, "PTRWM_EXP": "61%"},
            {"RECTYPE": 4, "PTRWM_EXP": "65%"},
            {"RECTYPE": 5, "PTRWM_EXP": "64%", "TELIG": 640000},
        ]
        published = ks2.read(ks2_file(tmp_path, rows), OURS)
        assert figures(published) == {
            (BECKSIDE, "ks2_rwm_expected", "total"): (63.0, None, 30),
            (BECKSIDE, "ks2_rwm_expected", "sex:F"): ("SUPP", None, 4),
            (BECKSIDE, "ks2_reading_progress", "total"): (-1.2, None, None),
            (BECKSIDE, "ks2_reading_progress_lower", "total"): (-3.0, None, None),
            (RAVENSGILL, "ks2_rwm_expected", "total"): ("NE", None, 30),
            ("authority", "ks2_rwm_expected", "total"): (59.0, None, 7000),
            ("england", "ks2_rwm_expected", "total"): (64.0, None, 640000),
        }
        assert published.years == [2018]
        assert published.passed_over == {
            "rows of England with independent schools": 1,
            "rows of other authorities and their schools": 1,
        }

    def test_a_symbol_is_never_0(self, tmp_path: Path) -> None:
        """R31: kept as what it is, with no value."""
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE, PTRWM_EXP=text) for text in ["LOWCOV"]])
        (told,) = ks2.read(path, OURS).figures
        assert (told.value, told.symbol) == (None, "LOWCOV")

    def test_who_stayed_is_told_as_the_table_has_it(self, tmp_path: Path) -> None:
        """R22: the share of non-mobile pupils, or the symbol in its place; nothing where the table has nothing."""
        rows = [
            ks2_school(BECKSIDE, PTMOBN="97%", TMOBN=29),
            ks2_school(RAVENSGILL, PTMOBN="SUPP", TMOBN="SUPP"),
            ks2_school(LARKROYD, PTMOBN="", TMOBN=""),
        ]
        told = figures(ks2.read(ks2_file(tmp_path, rows), OURS))
        assert {place: what for (place, measure, _), what in told.items() if measure == "ks2_stayed"} == {
            BECKSIDE: (97.0, 29, 30),
            RAVENSGILL: ("SUPP", None, 30),
        }

    def test_an_unknown_symbol_names_row_column_and_cure(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE), ks2_school(RAVENSGILL, MATPROG="QQ")])
        (problem,) = problems(ks2.read, path)
        assert (problem.row, problem.field, problem.value) == (3, "MATPROG", "QQ")
        assert "Ask what it means, or correct it" in problem.cure

    def test_every_problem_is_told_at_once(self, tmp_path: Path) -> None:
        rows = [
            ks2_school(BECKSIDE, PTRWM_EXP="163%", TELIG="30.5"),
            ks2_school(12, PTRWM_EXP="50%"),
            {"RECTYPE": 9, "URN": RAVENSGILL, "LEA": 380},
            {"RECTYPE": 3, "LEA": "Bradford"},
            ks2_school(1234567),
            {"LEA": 380, "PTRWM_EXP": "50%"},
        ]
        fields = [(problem.row, problem.field) for problem in problems(ks2.read, ks2_file(tmp_path, rows))]
        assert fields == [(2, "TELIG"), (2, "PTRWM_EXP"), (3, "URN"), (4, "RECTYPE"), (5, "LA"), (6, "URN"), (7, "URN")]

    def test_a_measure_with_two_denominators_is_named(self, tmp_path: Path) -> None:
        """Bad input named in the issue."""
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE, TELIG=30), ks2_school(BECKSIDE, TELIG=31)])
        (problem,) = problems(ks2.read, path)
        assert (problem.row, problem.field) == (3, "PTRWM_EXP")
        assert "Row 2 gives another figure for another number of pupils" in problem.cure

    def test_another_symbol_or_another_part_is_another_figure(self, tmp_path: Path) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE, PTRWM_EXP=symbol) for symbol in ("SUPP", "NE")])
        assert "3 PTRWM_EXP NE Row 2 gives another figure for the same place" in cure(ks2.read, path)
        school = {"URN": BECKSIDE, "LA": 380, "NOR": 400, "PNUMEAL": "5%"}
        path = files.census_file(tmp_path, [school | {"NUMEAL": number} for number in (20, 21)])
        assert "3 PNUMEAL 5.0000 Row 2 gives another figure for the same place" in cure(census.read, path)

    def test_a_symbol_that_the_source_does_not_explain_is_asked_about_once(self, tmp_path: Path) -> None:
        rows = [ks2_school(urn, PTRWM_EXP="SN") for urn in (BECKSIDE, RAVENSGILL)]
        published = ks2.read(ks2_file(tmp_path, rows), OURS)
        assert [query.value for query in published.queries if "without saying what it means" in query.cure] == ["SN"]

    def test_the_same_row_twice_counts_once(self, tmp_path: Path) -> None:
        published = ks2.read(ks2_file(tmp_path, [ks2_school(BECKSIDE)] * 2), OURS)
        assert len(published.figures) == 1

    def test_schools_of_others_are_passed_over_and_a_file_of_another_authority_is_refused(self, tmp_path: Path) -> None:
        stranger = ks2_school(140810, LEA=936, PTRWM_EXP="QQ")
        published = ks2.read(ks2_file(tmp_path, [ks2_school(BECKSIDE), stranger]), OURS)
        assert published.passed_over == {"rows of other authorities and their schools": 1}
        england = {"RECTYPE": 5, "PTRWM_EXP": "64%"}
        assert "is of authority 936, none of 380" in cure(ks2.read, ks2_file(tmp_path, [stranger, england]))

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        path = ks2_file(tmp_path, [ks2_school(BECKSIDE, SCHNAME="St Anne’s School")], encoding=encoding)
        assert len(ks2.read(path, OURS).figures) == 1

    def test_columns_in_another_order_and_case(self, tmp_path: Path) -> None:
        header = ["Ptrwm_Exp_18", "ptrwm exp", " urn ", "Rectype", "lea", "telig"]
        path = write(tmp_path / "ks2.csv", header, [])
        path.write_text(",".join(header) + f"\n60%,63%,{BECKSIDE},1,380,30\n")
        assert figures(ks2.read(path, OURS)) == {(BECKSIDE, "ks2_rwm_expected", "total"): (63.0, None, 30)}

    def test_missing_columns_are_named(self, tmp_path: Path) -> None:
        path = tmp_path / "2018-19.csv"
        path.write_text(f"URN,PTRWM_EXP\n{BECKSIDE},63%\n")
        (query,) = ks2.read(path, OURS).queries
        assert "PTRWM_HIGH" in query.cure
        assert not query.fatal
        path.write_text(f"PTRWM_EXP,RECTYPE\n63%,{BECKSIDE}\n")
        assert "This is a different file" in cure(ks2.read, path)
        path.write_text(f"URN,NAME\n{BECKSIDE},x\n")
        assert "none of the columns that are read here" in cure(ks2.read, path)

    def test_a_row_with_a_comma_too_many_is_not_read_askew(self, tmp_path: Path) -> None:
        path = tmp_path / "2018-19.csv"
        path.write_text(f"URN,PTRWM_EXP,PTRWM_HIGH\n{BECKSIDE},6,3%,7%\n")
        assert "2   The row has 4 cells, the header 3" in cure(ks2.read, path)

    def test_provisional_says_the_name(self, tmp_path: Path) -> None:
        for name in ("380_ks2provisional.csv", "380_KS2_Provisional.csv"):
            assert ks2.read(ks2_file(tmp_path, [ks2_school(BECKSIDE)], name), OURS).provisional == {2018}
        assert not ks2.read(ks2_file(tmp_path, [ks2_school(BECKSIDE)]), OURS).provisional


def test_key_stage_4(tmp_path: Path) -> None:
    rows = [
        {
            "RECTYPE": 1, "LEA": 380, "URN": 999005, "TPUP": 180, "FSM": "", "ATT8SCR": "46.1", "P8PUP": 170,
            "P8MEA": "-0.16", "P8CILOW": "-0.4", "P8CIUPP": "0.08", "PTL2BASICS_94": "61%", "EBACCAPS": "NP",
            "PBL2BASICS_95": "33%", "BPUP": 90, "ATT8SCR_NFSM6CLA1A": "51.2", "TNOTFSM6CLA1A": 100,
            "PTNMOB": "94%", "TNMOB": 169,
        },
        {"RECTYPE": 4, "LEA": 380, "ATT8SCR": "41.0"},
        {"RECTYPE": 5, "ATT8SCR": "47"},
        {"RECTYPE": 7, "ATT8SCR": "46.2"},
    ]  # fmt: skip
    for row in rows:
        row.pop("FSM", None)
    published = ks4.read(write(tmp_path / "england_ks4final.csv", files.KS4, rows), OURS)
    assert published.years == [2022]
    assert figures(published) == {
        (999005, "ks4_attainment8", "total"): (46.1, None, 180),
        (999005, "ks4_attainment8", "disadvantaged:N"): (51.2, None, 100),
        (999005, "ks4_progress8", "total"): (-0.16, None, 170),
        (999005, "ks4_progress8_lower", "total"): (-0.4, None, 170),
        (999005, "ks4_progress8_upper", "total"): (0.08, None, 170),
        (999005, "ks4_english_maths_4", "total"): (61.0, None, 180),
        (999005, "ks4_english_maths_5", "sex:M"): (33.0, None, 90),
        (999005, "ks4_ebacc_points", "total"): ("NP", None, 180),
        (999005, "ks4_stayed", "total"): (94.0, 169, 180),
        ("authority", "ks4_attainment8", "total"): (41.0, None, None),
        ("england", "ks4_attainment8", "total"): (46.2, None, None),
    }


def test_census_counts_and_england_by_phase(tmp_path: Path) -> None:
    rows = [
        {
            "URN": BECKSIDE, "LA": 380, "Estab": 2901, "NOR": 400, "NORG": 190, "PNORG": "47.5%", "NUMFSM": 110,
            "NUMEAL": "NA", "PNUMEAL": "NA", "TSENELSE": 8, "PSENELSE": "2.0%", "NUMFSMEVER": 90, "NORFSMEVER": 300,
            "PNUMFSMEVER": "30%",
        },
        {"URN": RAVENSGILL, "LA": 380, "NOR": 0, "NUMFSM": 0},
        {"URN": "Nat", "LA": "", "Estab": "Pri", "NOR": "4647851", "NUMFSM": "1115284"},
        {"URN": OXENBY, "LA": 380, "NOR": "SUPP", "NUMFSM": "SUPP"},
    ]  # fmt: skip
    published = census.read(files.census_file(tmp_path, rows), OURS)
    assert published.years == [2022]
    assert published.as_of == date(2023, 1, 19)
    assert figures(published) == {
        (BECKSIDE, "census_pupils", "total"): (400.0, None, None),
        (BECKSIDE, "census_girls", "total"): (47.5, 190, 400),
        (BECKSIDE, "census_fsm", "total"): (27.5, 110, 400),
        (BECKSIDE, "census_fsm6", "total"): (30.0, 90, 300),
        (BECKSIDE, "census_eal", "total"): ("NA", None, 400),
        (BECKSIDE, "census_ehc_plan", "total"): (2.0, 8, 400),
        (RAVENSGILL, "census_pupils", "total"): (0.0, None, None),
        ("england:primary", "census_pupils", "total"): (4647851.0, None, None),
        ("england:primary", "census_fsm", "total"): (23.9957, 1115284, 4647851),
        (OXENBY, "census_pupils", "total"): ("SUPP", None, None),
        (OXENBY, "census_fsm", "total"): ("SUPP", None, None),
    }
    assert "Put the year into its name" in cure(census.read, files.census_file(tmp_path, rows, "england_census.csv"))
    rows[0]["NUMFSM"] = 401
    assert "2 NUMFSM 401 401 of 400 pupils cannot be" in cure(census.read, files.census_file(tmp_path, rows))
    without_roll = files.census_file(tmp_path, [{"URN": BECKSIDE, "LA": 380, "NUMFSM": 110}])
    assert "No row has the number on roll" in cure(census.read, without_roll)
    rows[2]["Estab"] = "ALL"
    assert "The rows of England known here are PRI, SEC, SPE" in cure(census.read, files.census_file(tmp_path, rows))


def test_absence_with_england_under_la(tmp_path: Path) -> None:
    rows = [
        {"LA": 380, "ESTAB": 2901, "URN": BECKSIDE, "PERCTOT": "5.2", "PPERSABS10": "9.8"},
        {"LA": "Nat", "ESTAB": "SEC", "URN": "", "PERCTOT": "9", "PPERSABS10": "26.5"},
    ]
    published = absence.read(write(tmp_path / "2022-23_england_abs.csv", files.ABSENCE, rows), OURS)
    assert figures(published) == {
        (BECKSIDE, "absence_overall", "total"): (5.2, None, None),
        (BECKSIDE, "absence_persistent", "total"): (9.8, None, None),
        ("england:secondary", "absence_overall", "total"): (9.0, None, None),
        ("england:secondary", "absence_persistent", "total"): (26.5, None, None),
    }


class TestExploreEducationStatistics:
    def test_early_years_profile_by_group(self, tmp_path: Path) -> None:
        total = {"characteristic": "Total", "characteristic_type": "Total", "gender": "Total"}
        plan = {"characteristic": "SEN provision", "characteristic_type": "EHC plan", "gender": "Girls"}
        asian = {"characteristic": "Ethnic group: major", "characteristic_type": "Asian / Asian British"}
        minor = {"characteristic": "Ethnic group: minor", "characteristic_type": "Pakistani", "gender": "Total"}
        counts = {"children_number": 51, "gld_number": 4, "gld_percentage": "7.800000"}
        rows = [
            files.YEAR | files.NATIONAL | total | {"gld_percentage": "65.2", "average_elgs": "14.1"},
            files.YEAR | files.OTHER_REGION | total | {"gld_percentage": "64"},
            files.YEAR | files.REGIONAL | total | {"gld_percentage": "63"},
            files.YEAR | files.LOCAL | plan | counts,
            files.YEAR | files.LOCAL | asian | {"gender": "Boys", "gld_percentage": "c"},
            files.YEAR | files.LOCAL | minor | {"gld_percentage": "QQ"},
            files.YEAR | files.OTHER_LA | total | {"gld_percentage": "QQ"},
            files.YEAR | files.LOCAL | total | {"geographic_level": "Local authority district"},
        ]
        published = eyfsp.read(write(tmp_path / "eyfsp.csv", files.EYFSP, rows), OURS)
        assert figures(published) == {
            ("england", "eyfsp_gld", "total"): (65.2, None, None),
            ("england", "eyfsp_average_goals", "total"): (14.1, None, None),
            ("region", "eyfsp_gld", "total"): (63.0, None, None),
            ("authority", "eyfsp_gld", "sex:F|sen:E"): (7.8, 4, 51),
            ("authority", "eyfsp_gld", "sex:M|ethnicity:A"): ("c", None, None),
        }
        assert published.years == [2011]
        assert sum(published.passed_over.values()) == 4

    def test_the_groups_of_the_early_years_profile_are_those_of_our_pages(self) -> None:
        """R10: Deeper Data breaks down by these; a group called otherwise would be stored and shown to nobody."""
        for group in eyfsp.CHARACTERISTICS.values():
            parts = grouping.parsed(group or grouping.TOTAL)
            assert parts is not None, group
            assert all(grouping.DIMENSIONS[key].released for key in parts)

    def test_exclusions_name_schools_by_their_number(self, tmp_path: Path) -> None:
        school = files.LOCAL | {
            "geographic_level": "School",
            "laestab": "380/2901",
            "school_type": "State-funded primary",
        }
        rates = {"headcount": 400, "perm_excl": 0, "perm_excl_rate": "0", "fixed_excl": "x", "fixed_excl_rate": "x"}
        rows = [
            files.YEAR | school | rates,
            files.YEAR | files.LOCAL | {"school_type": "Total", "perm_excl": "2.43", "perm_excl_rate": ".04"},
            files.YEAR | files.LOCAL | {"school_type": "Special", "fixed_excl_rate": "120.5"},
            files.YEAR | files.OTHER_LA | {"geographic_level": "School", "laestab": 3812000, "perm_excl_rate": "1"},
        ]
        published = exclusions.read(write(tmp_path / "exclusions.csv", files.EXCLUSIONS, rows), OURS)
        assert figures(published) == {
            (3802901, "published_exclusions_rate", "total"): (0.0, 0, 400),
            (3802901, "published_suspensions_rate", "total"): ("x", None, 400),
            ("authority", "published_exclusions_rate", "total"): (0.04, None, None),
            ("authority:special", "published_suspensions_rate", "total"): (120.5, None, None),
        }
        assert published.figures[0].place == Place(By.DFE_NUMBER, 3802901, 380)

    @pytest.mark.parametrize(
        ("facts", "place"),
        [
            ({"school_urn": BECKSIDE, "laestab": 3802901}, Place(By.URN, BECKSIDE, OURS)),
            ({"school_urn": 0, "laestab": 3802901}, Place(By.DFE_NUMBER, 3802901, OURS)),
            ({"old_la_code": "", "laestab": 3802901}, Place(By.DFE_NUMBER, 3802901)),
            ({"laestab": 2901}, None),
            ({"laestab": 38029010}, None),
        ],
    )
    def test_a_school_by_its_urn_or_else_its_number(
        self, tmp_path: Path, facts: dict[str, object], place: Place | None
    ) -> None:
        """R3, R22: a number that is none of a school is named, and never taken for one."""
        row = files.YEAR | files.LOCAL | {"geographic_level": "School", "perm_excl_rate": "1"} | facts
        path = write(tmp_path / "exclusions.csv", [*files.EXCLUSIONS, "school_urn"], [row])
        if place is None:
            assert f"2 laestab {facts['laestab']} The row of a school has its URN" in cure(exclusions.read, path)
        else:
            assert [told.place for told in exclusions.read(path, OURS).figures] == [place]

    def test_whose_area_is_not_named_is_not_ours(self, tmp_path: Path) -> None:
        """R31: a row without the number of its authority is not of ours, nor one without a region of our region."""
        total = files.YEAR | {"education_phase": "Total", "pa_perc": "9"}
        region = {"region_code": ""}
        rows = [total | files.LOCAL | region | {"old_la_code": ""}, total | files.REGIONAL | region]
        path = write(tmp_path / "ytd.csv", files.YEAR_TO_DATE, rows)
        assert "No row of this file has a figure for this authority" in cure(attendance.read_year_to_date, path)
        rows += [total | files.LOCAL | region, total | files.LOCAL | {"education_phase": "Special"}]
        rows += [total | files.REGIONAL, total | files.LOCAL | {"education_phase": "State-funded secondary"}]
        published = attendance.read_year_to_date(write(path, files.YEAR_TO_DATE, rows), OURS)
        assert [told.place.key for told in published.figures] == [
            "authority", "authority:special", "region", "authority:secondary",
        ]  # fmt: skip

    def test_attendance_of_a_year_that_goes_on_is_provisional(self, tmp_path: Path) -> None:
        rows = [
            files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8.15160796933152"},
            files.YEAR | files.NATIONAL | {"education_phase": "Primary", "pa_perc": "13.77"},
            files.YEAR | files.LOCAL | {"education_phase": "Nursery", "pa_perc": "1"},
        ]
        published = attendance.read_year_to_date(write(tmp_path / "ytd.csv", files.YEAR_TO_DATE, rows), OURS)
        assert figures(published) == {
            ("authority", "absence_overall", "total"): (8.1516, None, None),
            ("england:primary", "absence_persistent", "total"): (13.77, None, None),
        }
        assert published.provisional == {2011}

    def test_whole_years_of_absence_by_term(self, tmp_path: Path) -> None:
        facts = files.YEAR | files.LOCAL | {"school_type": "State-funded primary"}
        estimated = {"sess_possible": "1000.5", "sess_overall": "2999999999"}
        rows = [
            facts | {"term": "Total", "sess_overall_percent": "4", "sess_unauthorised_percent": "."} | estimated,
            facts | {"term": "Autumn term", "sess_overall_percent": "5"},
            facts
            | files.NATIONAL
            | {"term": "Total", "sess_overall_percent": "5", "sess_unauthorised_percent": "1"}
            | {"sess_possible": 2000, "sess_overall": 100, "sess_unauthorised": 20},
        ]
        header = [*files.BY_TERM, *estimated, "sess_unauthorised"]
        published = attendance.read_by_term(write(tmp_path / "terms.csv", header, rows), OURS)
        assert figures(published) == {
            ("authority:primary", "absence_overall", "total"): (4.0, None, None),
            ("authority:primary", "absence_unauthorised", "total"): (".", None, None),
            ("england:primary", "absence_overall", "total"): (5.0, 100, 2000),
            ("england:primary", "absence_unauthorised", "total"): (1.0, 20, 2000),
        }

    @pytest.mark.parametrize(
        ("facts", "cure_says"),
        [
            ({"geographic_level": "Galaxy"}, "2 geographic_level Galaxy The levels known are"),
            ({"time_period": "2021"}, "2 time_period 2021 An academic year is six digits"),
            ({"time_period": "202124"}, "2 time_period 202124"),
            (
                {"time_identifier": "Autumn term"},
                "2 time_identifier Autumn term Only figures for an academic year are read",
            ),
            ({"overall_absence_perc": "many"}, "2 overall_absence_perc many This is neither"),
            ({"geographic_level": "School", "old_la_code": 380}, "2 laestab  The row of a school has its URN"),
            ({"old_la_code": 381}, "No row of this file has a figure for this authority"),
        ],
    )
    def test_bad_rows_are_named(self, tmp_path: Path, facts: dict[str, object], cure_says: str) -> None:
        row = files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8"} | facts
        path = write(tmp_path / "ytd.csv", files.YEAR_TO_DATE, [row])
        assert cure_says in cure(attendance.read_year_to_date, path)

    def test_a_row_with_a_comma_too_many_is_not_read_askew(self, tmp_path: Path) -> None:
        row = files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8"}
        path = write(tmp_path / "ytd.csv", files.YEAR_TO_DATE, [row])
        path.write_text(path.read_text(encoding="utf-8").replace(",8,", ",8,,"), encoding="utf-8")
        assert "It has a comma too many" in cure(attendance.read_year_to_date, path)

    def test_the_misspelt_level_is_read(self, tmp_path: Path) -> None:
        header = [name.replace("geographic_level", "geographical_level") for name in files.YEAR_TO_DATE]
        row = files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8"}
        row["geographical_level"] = row.pop("geographic_level")
        assert len(attendance.read_year_to_date(write(tmp_path / "a.csv", header, [row]), OURS).figures) == 1
