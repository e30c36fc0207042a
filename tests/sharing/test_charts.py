"""What a chart shows is where its figures say (R30): labels can be read, and as much is as long in each part."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sharing.charts import (
    LABEL_GAP,
    LABEL_LOWEST,
    GroupRow,
    Line,
    Series,
    group_bars,
    on_one_scale,
    panels_of,
)

YEARS = ["2022/23", "2023/24", "2024/25", "2025/26"]
FIGURES = st.lists(
    st.none() | st.floats(0, 100).map(lambda number: (number, f"{number:.1f}%")),
    min_size=len(YEARS),
    max_size=len(YEARS),
).map(tuple)


def _lines_of_words(line: Line) -> list[float]:
    return [line.label_y, line.year_y] if line.year else [line.label_y]


@given(FIGURES, FIGURES)
def test_no_label_stands_on_another_or_outside_its_panel(own: tuple, other: tuple) -> None:
    chart = panels_of("Absence", YEARS, Series("Ours", own), [Series("Bradford", other)])
    for panel in chart.panels if chart else ():
        lines = sorted(y for line in (panel.own, panel.other) if line for y in _lines_of_words(line))
        assert all(below - above >= LABEL_GAP - 0.2 for above, below in pairwise(lines))
        assert lines[0] >= LABEL_GAP
        assert lines[-1] <= LABEL_LOWEST


def test_a_label_says_its_year_where_that_is_not_the_last() -> None:
    withheld = ((6.8, "6.8%"), (7.3, "7.3%"), (5.8, "5.8%"), None)
    whole = ((6.1, "6.1%"), (6.9, "6.9%"), (6.1, "6.1%"), (5.1, "5.1%"))
    [panel] = panels_of("Absence", YEARS, Series("Ours", whole), [Series("Similar schools", withheld)]).panels
    assert (panel.other.label, panel.other.year) == ("5.8%", "2024/25")
    assert (panel.own.label, panel.own.year) == ("5.1%", "")


def test_as_much_is_as_long_in_each_part_of_a_page() -> None:
    own = group_bars([("", [GroupRow("All pupils", 5, "5%")])])
    released = group_bars([("", [GroupRow("All pupils", 5, "5%", 10), GroupRow("Boys", 2.5, "2.5%")])])
    [[ours], [theirs]] = on_one_scale(own, released)
    assert ours.bars[0].width == theirs.bars[0].width == 2 * theirs.bars[1].width
    assert theirs == released[0]
    assert on_one_scale((), ()) == [(), ()]
