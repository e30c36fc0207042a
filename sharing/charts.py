"""Bar charts for pages without script: sizes are worked out here, a template draws them as SVG.

The bars are of one colour and carry their value as text, so a copy in black and white says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ROW, BAR, LABEL_WIDTH, BARS_WIDTH, VALUE_WIDTH = 30, 18, 150, 190, 60


@dataclass(frozen=True)
class Bar:
    """One bar, in the chart's own units. `text_y` is the line on which label and value stand."""

    label: str
    value: str
    y: int
    text_y: int
    width: float


@dataclass(frozen=True)
class BarChart:
    """Bars from 0 to 100 per cent, one below the other, and a dashed line at `mark`."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    start: int
    thickness: int
    mark: float
    mark_words: str


def bars_of(rows: Sequence[tuple[str, float]], *, mark: float, mark_words: str) -> BarChart:
    """A chart of (label, per cent) with a line at `mark` per cent."""
    return BarChart(
        tuple(
            Bar(label, f"{percent:.1f}", place * ROW, place * ROW + BAR - 4, round(BARS_WIDTH * percent / 100, 1))
            for place, (label, percent) in enumerate(rows)
        ),
        width=LABEL_WIDTH + BARS_WIDTH + VALUE_WIDTH,
        height=len(rows) * ROW,
        start=LABEL_WIDTH,
        thickness=BAR,
        mark=round(LABEL_WIDTH + BARS_WIDTH * mark / 100, 1),
        mark_words=mark_words,
    )
