"""Symbols shown where there is no number, in words (formats pages 6 and 8). They are kept as the source wrote them."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    # Performance tables
    "SUPP": "Not shown: too few pupils",
    "NE": "No pupils entered",
    "NA": "Not applicable or not available",
    "NP": "Not published",
    "LOWCOV": "Not shown: fewer than half of the pupils are covered",
    "NEW": "New establishment",
    "SP": "More than 0 and less than 0.5 per cent",
    "RE": "Redacted by the source",
    "SN": "Not given; the source does not say why",
    # Explore Education Statistics
    "c": "Not shown: confidential",
    "x": "Not available",
    "z": "Not applicable",
    "low": "More than 0, but rounds to 0",
    "k": "More than 0, but rounds to 0",
    "u": "Too unreliable to show",
    ":": "Not available",
    "~": "More than 0, but rounds to 0",
    ".": "Not available",
    "..": "Not available",
    "*": "Not shown: confidential",
    "-": "No figure",
    "NULL": "Not available",
    "R": "Redacted by the source",
}


def in_words(symbol: str) -> str:
    """The symbol in words. Raises KeyError for an unknown one, but an importer refuses those before they get here."""
    return WORDS[symbol]
