"""Readers of indicators and of deprivation: figures of areas, and of neighbourhoods (formats pages 6-9)."""

from decimal import Decimal
from pathlib import Path

import pytest

from sharing.published import deprivation, lait
from tests.published import files
from tests.published.files import LAIT, OURS, lait_row, write
from tests.published.test_readers import cure, figures

IMD = "Index of Multiple Deprivation (IMD) Score"


class TestInteractiveTool:
    def test_long_format(self, tmp_path: Path) -> None:
        rows = [
            lait_row("AVG_Attain8_Score", "2025", "40.799999999999997"),
            lait_row("AVG_Attain8_Score", "2025", "46", "970.0", "England"),
            lait_row("AVG_Attain8_Score", "2025", "44", "982.0", "Yorkshire and the Humber"),
            lait_row("AVG_Attain8_Score", "2025", "44", "983.0", "South West"),
            lait_row("AVG_Attain8_Score", "2025", "44", "381.0", "Calderdale"),
            lait_row("AVG_Attain8_Score", "2025", "43", "971.0", "Yorkshire and the Humber"),
            lait_row("TotFixedEx", "2023/24", "120.5"),
            lait_row("KS1P_all", "2025 (prov)", "78"),
            lait_row("PriTotAbs", "2025", "-"),
            lait_row("KS2RWM_Expected_STD", "2020", "-"),
            lait_row("InfMort", "2025", "not a number"),
            lait_row("TotAbs", "0", "-"),
        ]
        published = lait.read(write(tmp_path / "lait.csv", LAIT, rows), OURS)
        assert {(told.academic_year, key) for told, key in zip(published.figures, figures(published), strict=True)} == {
            (2024, ("authority", "ks4_attainment8", "total")),
            (2024, ("england", "ks4_attainment8", "total")),
            (2024, ("region", "ks4_attainment8", "total")),
            (2023, ("authority", "published_suspensions_rate", "total")),
            (2024, ("authority", "phonics_met", "total")),
            (2024, ("authority:primary", "absence_overall", "total")),
        }  # and no release of 2019/20, of which there is no number
        assert published.figures[0].value == Decimal("40.8")
        assert published.provisional == {2024}
        assert published.symbols == {"-": 1}
        assert published.passed_over["rows without a year"] == 1

    def test_an_unknown_year_is_named(self, tmp_path: Path) -> None:
        path = write(tmp_path / "lait.csv", LAIT, [lait_row("TotAbs", "2025 (maybe)", "8")])
        assert "2 Years 2025 (maybe) This is not a year known here" in cure(lait.read, path)

    def test_a_share_above_100_and_a_row_with_a_comma_too_many_are_named(self, tmp_path: Path) -> None:
        path = write(tmp_path / "lait.csv", LAIT, [lait_row("TotAbs", "2025", "108")])
        assert "2 Values 108 A percentage lies between 0 and 100" in cure(lait.read, path)
        path.write_text(path.read_text(encoding="utf-8").replace(",108,", ",8,,"), encoding="utf-8")
        assert "It has a comma too many" in cure(lait.read, path)

    def test_without_the_name_of_our_region_no_row_is_of_it(self, tmp_path: Path) -> None:
        rows = [lait_row("TotAbs", "2025", "8"), lait_row("TotAbs", "2025", "9", "982.0", "")]
        published = lait.read(write(tmp_path / "lait.csv", LAIT, [row | {"Region": ""} for row in rows]), OURS)
        assert [told.place.key for told in published.figures] == ["authority"]


class TestDeprivation:
    def test_scores_by_neighbourhood_with_their_vintage(self, tmp_path: Path) -> None:
        row = dict(zip(files.IMD_2019, ["E01010568", "Bradford 001A", "E08000032", "47.595", "0.31"], strict=True))
        published = deprivation.read(write(tmp_path / "File_7.csv", files.IMD_2019, [row]), OURS)
        assert figures(published) == {
            ("E01010568", "imd_score", "total"): (47.595, None, None),
            ("E01010568", "idaci", "total"): (0.31, None, None),
        }
        assert published.years == [2019]
        assert published.notes == ["Indices of 2019, by the LSOA codes of 2011."]

    def test_a_sign_that_nobody_sees_in_a_header_hides_no_vintage(self, tmp_path: Path) -> None:
        for year in ("2011", "2021"):
            path = tmp_path / f"File_7_2019_{year}.csv"
            path.write_text(f"LSOA code ({year[:3]}\x01{year[3]}),IMD_2019_score\nE01010568,36.7\n")
            assert deprivation.read(path, OURS).notes == [f"Indices of 2019, by the LSOA codes of {year}."]

    def test_of_2025_by_the_codes_of_2021(self, tmp_path: Path) -> None:
        path = tmp_path / "File_7.csv"
        path.write_text(
            "LSOA code (2021),Local Authority District code (2024),Index of Multiple Deprivation (IMD) Score\n"
            "E01010568,E08000032,36.7\n"
        )
        published = deprivation.read(path, OURS)
        assert published.notes == ["Indices of 2025, by the LSOA codes of 2021."]
        assert published.years == [2025]

    @pytest.mark.parametrize(
        ("name", "header", "year"),
        [
            ("IoD2025_File_7", "LSOA11CD,IMD_2019_score", 2019),
            ("IoD2025_File_7", f"LSOA11CD,Local Authority District code (2019),{IMD}", 2019),
            ("IoD2025_File_7", f"LSOA11CD,{IMD}", 2025),
            ("File_7", "LSOA21CD,Local Authority District code (2019),IMD_2025_score", 2025),
        ],
    )
    def test_the_year_by_the_scores_or_else_the_districts_or_else_the_name(
        self, tmp_path: Path, name: str, header: str, year: int
    ) -> None:
        path = tmp_path / f"{name}.csv"
        path.write_text(f"{header}\ne01010568,{'E08000032,' * (header.count(',') - 1)}100\n")
        published = deprivation.read(path, OURS)
        assert published.years == [year]
        assert figures(published) == {("E01010568", "imd_score", "total"): (100, None, None)}

    @pytest.mark.parametrize(
        ("header", "row", "cure_says"),
        [
            ("LSOA11CD,IMD_2019_score,IDACI_2025_score", "E01010568,1,0.2", "Put 2019 or 2025 into its name"),
            ("LSOA11CD,IMD_2019_score", "E01010568,-0.1", "The score lies between 0 and 100"),
            ("LSOA11CD,IDACI_2019_score", "E01010568,1.1", "The score lies between 0 and 1"),
            ("LSOA11CD,IMD_2019_score", "E0101,1", "The code of an LSOA is E01 and six digits"),
            ("LSOA11CD,IMD_2019_score", "E01010568,101", "The score lies between 0 and 100"),
            ("LSOA11CD,IMD_2019_score", "E01010568,SUPP", "This is neither a number"),
            ("LSOA11CD,IMD_2019_decile", "E01010568,1", "no score that is read here"),
            ("LSOA11CD,Name,IMD_2019_score", "E01010568,Moor, 12,47.5", "The row has 4 cells, the header 3"),
            ("LSOA11CD,Index of Multiple Deprivation (IMD) Score", "E01010568,1", "Put 2019 or 2025 into its name"),
            ("LSOA11CD,IMD_2015_score", "E01010568,1", "Put 2019 or 2025 into its name"),
        ],
    )
    def test_bad_files(self, tmp_path: Path, header: str, row: str, cure_says: str) -> None:
        path = tmp_path / "File_7.csv"
        path.write_text(f"{header}\n{row}\n")
        assert cure_says in cure(deprivation.read, path)
