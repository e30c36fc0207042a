"""Bar charts for pages without script: sizes are worked out here, and a template draws them as SVG.

All bars have one colour and carry their value as text, so a copy in black and white says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

ROW, BENEATH, BAR, LABEL_WIDTH, BARS_WIDTH, VALUE_WIDTH = 30, 16, 18, 150, 190, 60


@dataclass(frozen=True)
class Bar:
    """One bar, in the chart's own units.

    `text_y` is the line on which the label and the value are written, `beneath_y` the line of any words beneath them.
    """

    label: str
    beneath: str
    value: str
    y: int
    text_y: int
    beneath_y: int
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


def bars_of(rows: Sequence[tuple[str, str, float, str]], *, mark: float, mark_words: str) -> BarChart:
    """A chart of (label, words beneath it, per cent, as written), with a line at `mark` per cent."""
    row = ROW + (BENEATH if any(beneath for _, beneath, *_ in rows) else 0)
    return BarChart(
        tuple(
            Bar(
                label,
                beneath,
                written,
                place * row,
                place * row + BAR - 4,
                place * row + BAR - 4 + BENEATH,
                round(BARS_WIDTH * percent / 100, 1),
            )
            for place, (label, beneath, percent, written) in enumerate(rows)
        ),
        width=LABEL_WIDTH + BARS_WIDTH + VALUE_WIDTH,
        height=len(rows) * row,
        start=LABEL_WIDTH,
        thickness=BAR,
        mark=round(LABEL_WIDTH + BARS_WIDTH * mark / 100, 1),
        mark_words=mark_words,
    )


# --- sparklines: one small line without axes, beside the number it leads to ------------------------------------------

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 32, 5


@dataclass(frozen=True)
class Sparkline:
    """A line from the oldest to the newest figure, ending in a dot. `words` say the same, figure by figure."""

    points: str
    end_x: float
    end_y: float
    words: str
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def sparkline_of(figures: Sequence[tuple[str, float, str]]) -> Sparkline | None:
    """The sparkline of (when, number, as written), oldest first. None where there are fewer than two figures."""
    if len(figures) < 2:
        return None
    numbers = [number for _, number, _ in figures]
    low, room = min(numbers), (max(numbers) - min(numbers)) or 1
    across, up = SPARK_WIDTH - 2 * SPARK_EDGE, SPARK_HEIGHT - 2 * SPARK_EDGE
    points = [
        (
            round(SPARK_EDGE + across * place / (len(numbers) - 1), 1),
            round(SPARK_HEIGHT - SPARK_EDGE - up * (number - low) / room, 1),
        )
        for place, number in enumerate(numbers)
    ]
    words = ", ".join(f"{when} {written}" for when, _, written in figures)
    return Sparkline(" ".join(f"{x},{y}" for x, y in points), *points[-1], words)


# --- small multiples: one line beside another, in panels on the same scale ------------------------------------------

PANEL_WIDTH, PANEL_HEIGHT = 330, 108
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 8, 246, 30, 80
LABEL_GAP, LABEL_LOWEST = 16, 104


@dataclass(frozen=True)
class Point:
    """A figure in a panel. `left` and `top` are the corner of a square around it."""

    x: float
    y: float

    @property
    def left(self) -> float:
        return round(self.x - 4, 1)

    @property
    def top(self) -> float:
        return round(self.y - 4, 1)


@dataclass(frozen=True)
class Line:
    """One line of a panel. `stretches` are its unbroken parts, as SVG draws them; a year without a figure breaks it.

    The label is the newest figure, at the right edge. Its year is written beneath it where that is not the last year.
    """

    points: tuple[Point, ...]
    stretches: tuple[str, ...]
    label: str
    year: str
    label_y: float

    @property
    def year_y(self) -> float:
        return self.label_y + LABEL_GAP

    @property
    def label_end(self) -> float:
        """The y of the label's last line of words."""
        return self.year_y if self.year else self.label_y

    def labelled_at(self, y: float) -> "Line":
        return replace(self, label_y=round(y, 1))


@dataclass(frozen=True)
class Panel:
    """One comparison. `y` is its position below the other panels; `other` is None where there is only the own line."""

    name: str
    y: int
    own: Line
    other: Line | None


@dataclass(frozen=True)
class Panels:
    """A measure as small multiples: the own line is solid with dots, the other is dashed with open squares.

    `summary` says in words what a glance would tell.
    """

    title: str
    summary: str
    panels: tuple[Panel, ...]
    width: int
    height: int
    first_year: str
    last_year: str


@dataclass(frozen=True)
class Series:
    """The figures of one line by year, oldest first: (number, as written), or None where there is none."""

    name: str
    figures: tuple[tuple[float, str] | None, ...]

    @property
    def newest(self) -> str:
        return next((written for figure in reversed(self.figures) if figure for _, written in [figure]), "")

    def newest_of(self, years: Sequence[str]) -> str:
        """The year of the newest figure."""
        return next(year for year, figure in zip(reversed(years), reversed(self.figures), strict=True) if figure)


def panels_of(title: str, years: Sequence[str], own: Series, others: Sequence[Series]) -> Panels | None:
    """One panel for each of the other series, all on one scale, or a single panel where there are none.

    `years` are oldest first, one for each figure of each series. None where the own series has no figure.
    """
    if not own.newest:
        return None
    numbers = [figure[0] for series in (own, *others) for figure in series.figures if figure]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1
    scale = _Scale(low - room, high + room, tuple(years))
    beside = [series for series in others if series.newest]
    panels = tuple(_panel(place, own, other, scale) for place, other in enumerate(beside or [None]))
    said = [f"{series.name} {series.newest} in {series.newest_of(years)}" for series in (own, *beside)]
    return Panels(
        title,
        f"The newest figures: {', '.join(said)}.",
        panels,
        PANEL_WIDTH,
        len(panels) * PANEL_HEIGHT,
        years[0],
        years[-1],
    )


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    years: tuple[str, ...]

    def point(self, place: int, number: float) -> Point:
        across = place / (len(self.years) - 1) if len(self.years) > 1 else 0.5
        up = (number - self.low) / (self.high - self.low)
        return Point(
            round(PLOT_LEFT + across * (PLOT_RIGHT - PLOT_LEFT), 1),
            round(PLOT_BOTTOM - up * (PLOT_BOTTOM - PLOT_TOP), 1),
        )


def _panel(place: int, own: Series, other: Series | None, scale: _Scale) -> Panel:
    mine = _line(own, scale)
    if other is None:
        return Panel(own.name, place * PANEL_HEIGHT, mine, None)
    theirs = _line(other, scale)
    if mine.label_y <= theirs.label_y:
        mine, theirs = _apart(mine, theirs)
    else:
        theirs, mine = _apart(theirs, mine)
    return Panel(other.name, place * PANEL_HEIGHT, mine, theirs)


def _apart(upper: Line, lower: Line) -> tuple[Line, Line]:
    """The two lines moved apart, so that their labels do not overlap or fall below the panel."""
    short = max(0, upper.label_end + LABEL_GAP - lower.label_y)
    upper, lower = upper.labelled_at(upper.label_y - short / 2), lower.labelled_at(lower.label_y + short / 2)
    below = max(0, lower.label_end - LABEL_LOWEST)
    return upper.labelled_at(upper.label_y - below), lower.labelled_at(lower.label_y - below)


def _line(series: Series, scale: _Scale) -> Line:
    points, stretches, unbroken = [], [], []
    for place, figure in enumerate((*series.figures, None)):
        if figure:
            point = scale.point(place, figure[0])
            points.append(point)
            unbroken.append(f"{point.x},{point.y}")
        else:
            stretches += [" ".join(unbroken)] if len(unbroken) > 1 else []
            unbroken = []
    year = "" if series.figures[-1] else series.newest_of(scale.years)
    return Line(tuple(points), tuple(stretches), series.newest, year, points[-1].y + 5)


# --- groups: one bar each, and a square for the other's figure -------------------------------------------------------

GROUP_ROW, GROUP_TEXT = 44, 14
GROUP_BARS, SQUARE = 310, 8


@dataclass(frozen=True)
class GroupRow:
    """A group's figure as (label, number, as written) and, where there is one, another's number beside it."""

    label: str
    number: float | None
    text: str
    other: float | None = None


@dataclass(frozen=True)
class GroupBar:
    """One group, in the chart's own units. `square` is the left edge of the square for the other's figure, or None."""

    label: str
    text: str
    text_y: int
    bar_y: int
    width: float
    square: float | None

    def times(self, scale: float) -> "GroupBar":
        square = None if self.square is None else round((self.square + SQUARE / 2) * scale - SQUARE / 2, 1)
        return replace(self, width=round(self.width * scale, 1), square=square)


@dataclass(frozen=True)
class GroupBars:
    """Bars of groups, one below the other, from 0 to the same `end` in every chart of a page."""

    title: str
    bars: tuple[GroupBar, ...]
    end: float
    width: int
    height: int

    def up_to(self, end: float) -> "GroupBars":
        shorter = self.end / end
        return replace(self, bars=tuple(bar.times(shorter) for bar in self.bars), end=end)


def group_bars(charts: Sequence[tuple[str, Sequence[GroupRow]]]) -> tuple[GroupBars, ...]:
    """A chart for each (title, rows) with a figure in it, all on one scale: small multiples where there are several."""
    numbers = [number for _, rows in charts for row in rows for number in (row.number, row.other) if number is not None]
    top = max(numbers, default=0) or 1
    return tuple(
        GroupBars(
            title,
            tuple(_group_bar(place, row, top) for place, row in enumerate(rows)),
            top,
            GROUP_BARS + SQUARE,
            len(rows) * GROUP_ROW,
        )
        for title, rows in charts
        if any(row.number is not None or row.other is not None for row in rows)
    )


def on_one_scale(*several: tuple[GroupBars, ...]) -> list[tuple[GroupBars, ...]]:
    """The charts of all parts of a page, redrawn so that bars of the same length mean the same in each of them."""
    end = max((chart.end for charts in several for chart in charts), default=1)
    return [tuple(chart.up_to(end) for chart in charts) for charts in several]


def _group_bar(place: int, row: GroupRow, top: float) -> GroupBar:
    y = place * GROUP_ROW
    width = round(GROUP_BARS * max(row.number or 0, 0) / top, 1)
    square = None if row.other is None else round(GROUP_BARS * max(row.other, 0) / top - SQUARE / 2, 1)
    return GroupBar(row.label, row.text, y + GROUP_TEXT, y + GROUP_TEXT + 6, width, square)
