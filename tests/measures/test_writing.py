"""A figure is written once, for every page, chart, PDF and file (R31); a symbol is never a number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import school_year
from sharing.measures import symbols, writing
from sharing.measures.catalogue import MEASURES

UNITS = [measure.unit for measure in MEASURES]
decimals = st.decimals(min_value=-99999, max_value=99999, places=4)


@pytest.mark.parametrize(
    ("value", "unit", "places", "words", "plain"),
    [
        ("42.1000", "percent", 1, "42.1%", "42.1"),
        ("61.0000", "percent", 0, "61%", "61"),
        ("-0.1600", "score", 2, "−0.16", "-0.16"),
        ("1204.0000", "number", 0, "1,204", "1204"),
        ("0.0500", "rate", 1, "0.1", "0.1"),
        ("-0.0400", "score", 1, "0.0", "0.0"),
        ("2.5000", "percent", 0, "3%", "3"),
        ("0.0000", "percent", 1, "0.0%", "0.0"),
    ],
)
def test_examples(value: str, unit: str, places: int, words: str, plain: str) -> None:
    assert writing.in_words(Decimal(value), unit, places) == words
    assert writing.number(Decimal(value), places) == plain


@given(value=decimals, places=st.integers(0, 3))
def test_what_is_written_is_written_again_as_finely(value: Decimal, places: int) -> None:
    plain = writing.number(value, places)
    assert writing.decimals_of(Decimal(plain)) == places


@given(value=decimals, unit=st.sampled_from(UNITS), places=st.integers(0, 3))
def test_words_and_plain_are_the_same_number(value: Decimal, unit: str, places: int) -> None:
    words, plain = writing.in_words(value, unit, places), writing.number(value, places)
    assert words.rstrip("%").replace(",", "").replace("−", "-") == plain
    assert abs(Decimal(plain) - value) <= Decimal(1).scaleb(-places) / 2
    assert not plain.startswith("-0") or Decimal(plain) != 0


@pytest.mark.parametrize(
    "symbol", ["SUPP", "NE", "NA", "NP", "LOWCOV", "NEW", "SP", "RE", "SN", "c", "x", "z", "low", "u"]
)
def test_every_symbol_has_words_and_no_number(symbol: str) -> None:
    assert not symbols.in_words(symbol)[0].isdigit()


@given(value=decimals)
def test_no_number_is_a_symbol(value: Decimal) -> None:
    assert str(value) not in symbols.WORDS


@pytest.mark.parametrize(("year", "words"), [(1999, "1999/00"), (2022, "2022/23"), (2008, "2008/09")])
def test_school_years(year: int, words: str) -> None:
    assert school_year.in_words(year) == words
