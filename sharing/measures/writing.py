"""How a figure is written: one way for every page, chart, PDF and file (R31)."""

from decimal import ROUND_HALF_UP, Decimal

from sharing.models.releases import Measure

MINUS = "−"


def number(value: Decimal, decimals: int) -> str:
    """The number as files have it: `-0.16`, `1204`. Halves are rounded away from zero; there is no minus before 0."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def decimals_of(value: Decimal) -> int:
    """How many digits it has after the point, as it was written: 26 has none, 26.0 has one."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def in_words(value: Decimal, unit: str, decimals: int) -> str:
    """The number as a reader has it: `42.1%`, `1,204`, `−0.16`."""
    plain = number(value, decimals)
    sign, digits = (MINUS, plain[1:]) if plain.startswith("-") else ("", plain)
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}{'%' if unit == Measure.Unit.PERCENT else ''}"
