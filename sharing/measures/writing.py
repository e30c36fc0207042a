"""How a figure is written: the same way on every page, chart and PDF, and in every file (R31)."""

from decimal import ROUND_HALF_UP, Decimal

from sharing.models.releases import Measure

MINUS = "−"


def number(value: Decimal, decimals: int) -> str:
    """The number as files have it: `-0.16`, `1204`. Halves are rounded away from zero; 0 never has a minus sign."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def decimals_of(value: Decimal) -> int:
    """How many decimal places it was written with: 26 has none, 26.0 has one."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def in_words(value: Decimal, unit: str, decimals: int) -> str:
    """The number as a reader sees it: `42.1%`, `1,204`, `−0.16`."""
    plain = number(value, decimals)
    sign, digits = (MINUS, plain[1:]) if plain.startswith("-") else ("", plain)
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}{'%' if unit == Measure.Unit.PERCENT else ''}"
