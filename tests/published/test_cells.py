"""One cell of a published table: number, symbol, blank; and the year of a file (formats pages 6-8)."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.imports.problems import ImportRefused, ProblemLog
from sharing.measures import symbols
from sharing.published import years
from sharing.published.cells import EES, LAIT, PERFORMANCE, Cell, CellReader, whole_number
from sharing.published.lait import academic_year_of


def read(text: str, known: frozenset[str] = PERFORMANCE, *, percent: bool = False) -> Cell | str | None:
    """The cell, or the cure of its problem."""
    log = ProblemLog()
    cell = CellReader(known, log).read(7, "PTRWM_EXP", text, percent=percent)
    if not log.fatal:
        return cell
    with pytest.raises(ImportRefused) as refused:
        log.refuse_if_fatal()
    (problem,) = refused.value.problems
    assert (problem.row, problem.field, problem.value) == (7, "PTRWM_EXP", text.strip())
    return problem.cure


@pytest.mark.parametrize(
    ("text", "percent", "value"),
    [
        ("63%", True, "63"),
        (" 48.1% ", True, "48.1"),
        ("8.7", True, "8.7"),
        ("0%", True, "0"),
        ("-0.16", False, "-0.16"),
        ("-0", False, "0"),
        ("1,204", False, "1204"),
        ("40.799999999999997", False, "40.8"),
        ("9.0399999999999991", False, "9.04"),
        ("1.55757077523724e-05", True, "0"),
        (".5", False, "0.5"),
        ("0.00005", False, "0.0001"),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, percent: bool, value: str) -> None:
    cell = read(text, percent=percent)
    assert cell == Cell(value=Decimal(value))


@pytest.mark.parametrize("known", [PERFORMANCE, EES, LAIT])
def test_every_symbol_is_kept_as_it_is_and_has_words(known: frozenset[str]) -> None:
    """R31: never 0, and never a symbol that a page could not explain."""
    for symbol in known:
        assert read(symbol, known) == Cell(symbol=symbol)
        for written in (symbol.lower(), symbol.title()):
            assert read(f" {written} ", known) in {Cell(symbol=other) for other in known}
        assert symbols.in_words(symbol)


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_is_no_figure(blank: str) -> None:
    assert read(blank) is None


@pytest.mark.parametrize(
    "text", ["QQ", "63 %%", "1,2,3", "12,34", "abc", "--", "1e999", "nan", "inf", "٣", "0x1F", "5 or less"]
)
def test_an_unknown_symbol_is_named_with_its_cure(text: str) -> None:
    """A results file with an unknown symbol is refused in words that name it."""
    assert "neither a number nor a symbol known here (LOWCOV, NA, NE" in str(read(text))


def test_a_number_of_pupils_is_no_percentage() -> None:
    assert "neither a number" in str(read("63%"))


@pytest.mark.parametrize(
    ("text", "estimated", "pupils", "is_wrong"),
    [
        ("30", False, 30, False),
        ("x", False, None, False),
        ("30.5", False, None, True),
        ("-1", False, None, True),
        ("2147483648", False, None, True),
        ("30.5", True, None, False),
        ("2147483647", True, 2147483647, False),
        ("2147483648", True, None, False),  # sessions of the whole country
        ("-1", True, None, True),
        ("-0.5", True, None, True),
    ],
)
def test_a_number_of_pupils(text: str, estimated: bool, pupils: int | None, is_wrong: bool) -> None:
    """Where the source estimates, a number that cannot be stored is left out, and does not refuse the file."""
    log = ProblemLog()
    assert CellReader(EES, log).pupils(7, "sess_possible", text, estimated=estimated) == pupils
    assert bool(log.fatal) == is_wrong


def test_a_symbol_of_another_source_is_unknown() -> None:
    assert "neither a number" in str(read("SUPP", EES))
    assert "neither a number" in str(read("-", PERFORMANCE))


@pytest.mark.parametrize("text", ["101%", "-1%", "1000"])
def test_a_percentage_lies_between_0_and_100(text: str) -> None:
    assert "between 0 and 100" in str(read(text, percent=True))


def test_a_number_too_large_to_store_is_refused() -> None:
    assert "too large" in str(read("1" * 11))
    assert "too large" in str(read("9e98"))


@given(st.text(max_size=20), st.booleans())
def test_whatever_stands_in_a_cell_gives_a_figure_or_a_problem(text: str, percent: bool) -> None:
    log = ProblemLog()
    cell = CellReader(EES, log).read(1, "x", text, percent=percent)
    if cell is not None:
        assert (cell.value is None) == bool(cell.symbol)
        assert not log.fatal
        if cell.value is not None:
            assert cell.value == round(cell.value, 4)
            assert abs(cell.value) < 10**10
    else:
        assert log.fatal == bool(text.strip())


@pytest.mark.parametrize(
    ("text", "number"), [("380", 380), ("380.0", 380), (" 0380 ", 380), ("380.5", None), ("", None), ("x", None)]
)
def test_identifying_numbers(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", (2024, False)),
        ("2023/24", (2023, False)),
        ("2024-25", (2024, False)),
        ("2023/2024", (2023, False)),
        ("2025 (Rev)", (2024, False)),
        ("2020 (Final)", (2019, False)),
        ("2025 (prov)", (2024, True)),
        ("2024-25 (OT)", None),
        ("2014-16", None),
        ("2013/14-15/16", None),
        ("0", None),
        ("2099", None),
        ("", None),
    ],
)
def test_years_of_the_interactive_tool(text: str, expected: tuple[int, bool] | None) -> None:
    """A calendar year of a school measure is the one in which the academic year ended."""
    assert academic_year_of(text) == expected


class TestTheYearOfAFile:
    @pytest.mark.parametrize(
        ("path", "told", "year"),
        [
            ("2022-2023/england_abs.csv", None, 2022),
            ("x/2022-23_england_abs.csv", None, 2022),
            ("x/england_abs_202223.csv", None, 2022),
            ("2018-2019/380_ks2final.csv", 2018, 2018),
            ("x/380_ks2final.csv", 2018, 2018),
            ("2017-2018/2022-23 abs.csv", None, 2022),
        ],
    )
    def test_the_file_or_its_name_says_it(self, path: str, told: int | None, year: int) -> None:
        assert years.year_of(Path(path), told) == year

    @pytest.mark.parametrize(
        ("path", "told", "cure"),
        [
            ("x/england_abs.csv", None, "Put the year into its name, as in 2022-2023_england_abs.csv"),
            ("x/2022.csv", None, "Put the year into its name"),
            ("x/2022-2024_abs.csv", None, "Put the year into its name"),
            ("x/2021-22_ks2.csv", 2018, "name says 2021/22, its columns say 2018/19"),
            ("x/2021-22_and_2022-23.csv", None, "more than one academic year"),
            ("x/2095-96_abs.csv", None, "still to come"),
        ],
    )
    def test_no_guess_is_silent(self, path: str, told: int | None, cure: str) -> None:
        with pytest.raises(ImportRefused) as refused:
            years.year_of(Path(path), told)
        assert cure in refused.value.problems[0].cure

    @pytest.mark.parametrize(
        ("columns", "year"),
        [
            (["PTRWM_EXP", "PTRWM_EXP_17", "ptrwm_exp_18"], 2018),
            (["PTRWM_EXP", "PTRWM_EXP_3YR", "READPROG_18"], None),
            (["PTRWM_EXP_18", "PTRWM_EXP_19"], None),
            (["PTRWM_EXP_19", "PTRWM_EXP_22"], 2022),
        ],
    )
    def test_by_the_columns_of_earlier_years(self, columns: list[str], year: int | None) -> None:
        """After the results of 2019 came those of 2022: then the name must say it."""
        assert years.of_columns(columns, "PTRWM_EXP") == year

    def test_time_period(self) -> None:
        assert years.from_time_period("201819") == 2018
        assert years.from_time_period("199900") == 1999
        for text in ("201920x", "201921", "2019", "209900", "299900", ""):
            assert years.from_time_period(text) is None
