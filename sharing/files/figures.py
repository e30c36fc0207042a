"""A figure in a file: its number or the words in its place, what these mean, and the mark beside it (R31)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from sharing import key_data
from sharing.measures import shares
from sharing.records.figures import Shown

# What stands in the place of a number, as Key Data explains it; the words of sources explain themselves.
_MEANINGS: Final = {
    key_data.WITHHELD: "It applies to fewer than 10 children, or to all but fewer than 10, or such a figure could be "
    "worked out by subtraction. This is so that no child can be recognised.",
    key_data.MISSING.text: "No figure is out for that year.",
    key_data.TOO_FEW.text: "Fewer than three similar schools have a figure that may be shown.",
    shares.IN_WORDS["x"]: "Fewer than 50 pupils are counted.",
    shares.IN_WORDS["low"]: "There may be none.",
    shares.IN_WORDS["high"]: "It may be all.",
}
MARK: Final = "Mark"  # the heading of its column
NOT_IN_THIS_RELEASE, NOT_AVAILABLE = "z", "x"
STOPPED: Final = f"{NOT_AVAILABLE}, in a row whose status says so: These figures were stopped."
NOT_IN_THE_ROW: Final = f"{NOT_IN_THIS_RELEASE}: Not a measure of the release in that row."


def figure(shown: Shown) -> int | Decimal | str:
    """The number, or the words in its place."""
    if not shown.number:
        return shown.text
    return Decimal(shown.number) if "." in shown.number else int(shown.number)


def mark(shown: Shown) -> str:
    """What stands beside a figure on a page."""
    return ", ".join((*(["protected"] if shown.counts else []), *([f"URN {shown.under}"] if shown.under else [])))


def meanings(cells: Iterable[Shown]) -> list[Sequence[str]]:
    used = {shown.text for shown in cells if not shown.number}
    return [(words, meaning) for words, meaning in _MEANINGS.items() if words in used]


def marks(cells: Iterable[Shown], *, stopped: bool) -> list[str]:
    """What the symbols in the place of numbers mean, for a file that has these and no words: “c: Withheld. ...”.
    `stopped`: some figures of the file are.
    """
    used = sorted({(shown.symbol, shown.text) for shown in cells if shown.symbol and not shown.number})
    told = [f"{symbol}: {' '.join(filter(None, (f'{words}.', _MEANINGS.get(words))))}" for symbol, words in used]
    return [*told, STOPPED] if stopped else told
