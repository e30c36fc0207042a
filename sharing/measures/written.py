"""How a figure is written, everywhere alike (R31): on pages, in charts, in files."""

from decimal import ROUND_HALF_UP, Decimal

from sharing.measures.shape import MeasureKind
from sharing.models.releases import Measure

WITHHELD = "Withheld"
NOT_OUT = "None out"
# The symbols of the Department's files (formats pages 6 and 8): in words, and in the convention of its statistics.
SYMBOLS = {
    "SUPP": ("Suppressed by the source", "c"),
    "c": ("Suppressed by the source", "c"),
    "RE": ("Suppressed by the source", "c"),
    "NE": ("No entries", "z"),
    "NA": ("Not applicable", "z"),
    "z": ("Not applicable", "z"),
    "NP": ("Not published", "x"),
    "x": ("Not available", "x"),
    ":": ("Not available", "x"),
    "LOWCOV": ("Too few pupils covered", "u"),
    "u": ("Not reliable", "u"),
    "NEW": ("New establishment", "z"),
    "SP": ("More than 0, rounds to 0", "low"),
    "low": ("More than 0, rounds to 0", "low"),
    "k": ("More than 0, rounds to 0", "low"),
    "~": ("More than 0, rounds to 0", "low"),
}
UNKNOWN_SYMBOL = ("No figure from the source", "x")


def rounded(kind: MeasureKind, value: Decimal) -> str:
    """The number as it is written, without its unit: "64", "-0.12"."""
    return f"{value.quantize(Decimal(1).scaleb(-kind.decimals), ROUND_HALF_UP) + 0:f}"


def with_unit(kind: MeasureKind, number: str) -> str:
    """ "64%", "1,204", "−0.12"."""
    sign, amount = ("−", number[1:]) if number.startswith("-") else ("", number)
    whole, point, rest = amount.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}{'%' if kind.unit == Measure.Unit.PERCENT else ''}"


def in_words(symbol: str) -> str:
    return SYMBOLS.get(symbol, UNKNOWN_SYMBOL)[0]


def of_the_conventions(symbol: str) -> str:
    return SYMBOLS.get(symbol, UNKNOWN_SYMBOL)[1]
