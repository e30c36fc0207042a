"""R11, I14: each kind of leak, planted, is caught by the gate, which says in words what is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.statistics import gate
from sharing.statistics.bounds import bounds, propagated
from sharing.statistics.catalogue import NAMED, Catalogue
from sharing.statistics.counting import Counter, Ints
from sharing.statistics.dimensions import tree
from sharing.statistics.fixed import fixed, nothing_public
from sharing.statistics.insiders import nothing_left, own_counts, taken_away
from sharing.statistics.rates import mean, percent, step_shown
from sharing.statistics.records import Figure, PublishedTable, Row
from sharing.statistics.registry import Lines, Registry, registered
from sharing.statistics.rounding import allowed, rounded
from sharing.statistics.rules import HOUSE, CannotPublish
from sharing.statistics.symbols import Symbol, shown
from tests.statistics import small


@pytest.fixture
def registry() -> Registry:
    pupils = [
        small.pupil(school.urn, year, sex, fsm)
        for place, school in enumerate(small.SCHOOLS)
        for year in "12"
        for sex in "FM"
        for fsm in "YN"
        for _ in range(7 + 3 * place if fsm == "N" else place % 3)
    ]
    tables = small.catalogue(small.table("place", "year", "fsm"), small.table("place", "sex", "fsm"))
    return registered(tables, small.population(pupils))


@pytest.fixture
def values(registry: Registry) -> Ints:
    return rounded(registry, HOUSE)


def rules(findings: object) -> set[str]:
    return {finding.rule for finding in findings}


def test_many_findings_are_three_sentences_and_a_number() -> None:
    """A tiny authority has hundreds of one kind: they were one sentence that nobody reads to its end."""
    many = [
        gate.Finding("schools", f"“Pupils by year” shows Year {year}, which has fewer than 3 schools")
        for year in range(1, 12)
    ]
    with pytest.raises(CannotPublish) as refused:
        gate.passed(many)
    first, *others = str(refused.value).removesuffix(".").split(". ")
    assert first == "This cannot be published, because “Pupils by year” shows Year 1, which has fewer than 3 schools"
    assert others == [*(finding.words for finding in many[1:3]), "8 more were found"]


def test_a_good_release_passes(registry: Registry, values: Ints) -> None:
    assert not rules(gate.numbers_right(registry, values, HOUSE))
    assert not rules(gate.nothing_pinned(registry, values, nothing_public(registry), HOUSE))


def test_one_number_that_was_not_rounded_is_caught(registry: Registry, values: Ints) -> None:
    cell = int(np.flatnonzero(registry.exact % 5)[0])
    values[cell] = registry.exact[cell]
    assert rules(gate.numbers_right(registry, values, HOUSE)) == {"multiples", "adds up"}


def test_plain_rounding_to_the_nearest_does_not_add_up(registry: Registry) -> None:
    """I2."""
    nearest = 5 * ((registry.exact + 2) // 5)
    assert "adds up" in rules(gate.numbers_right(registry, nearest, HOUSE))


def test_one_number_in_another_place_is_caught(registry: Registry, values: Ints) -> None:
    values[3] += 5
    assert "adds up" in rules(gate.numbers_right(registry, values, HOUSE))


def test_numbers_too_far_off_are_caught(registry: Registry, values: Ints) -> None:
    assert "distance" in rules(gate.numbers_right(registry, values + 10, HOUSE))


def test_low_for_five_or_more_and_pupils_where_none_are_are_caught(registry: Registry, values: Ints) -> None:
    assert "zero" in rules(gate.numbers_right(registry, 0 * values, HOUSE))
    empty = int(np.flatnonzero(registry.exact == 0)[0])
    values[empty] = 5
    assert "zero" in rules(gate.numbers_right(registry, values, HOUSE))


@pytest.mark.parametrize(
    ("exact", "shown", "wrong"),
    [
        (0, 0, set()), (0, 5, {"zero"}), (1, 0, set()), (4, 5, set()), (4, 10, {"zero"}), (5, 0, {"zero"}),
        (5, 10, set()), (14, 5, set()), (15, 5, {"distance"}), (11, 20, set()), (10, 20, {"distance"}),
    ],
)  # fmt: skip
def test_how_far_a_number_may_be_from_the_truth(registry: Registry, exact: int, shown: int, wrong: set[str]) -> None:
    """I4: to the pupil."""
    registry.exact[:] = exact
    assert rules(gate.numbers_right(registry, np.full(len(registry), shown), HOUSE)) - {"adds up"} == wrong


def test_no_more_than_one_number_in_forty_is_far_from_the_truth(registry: Registry) -> None:
    """I4."""
    many = 2000
    none = Lines(np.array([0]), np.array([], np.int64), np.array([], np.int64))
    group = replace(registry, ids=registry.ids[:1] * many, exact=np.full(many, 100), lines=none)
    for far, wrong in ((50, set()), (51, {"distance"})):
        assert rules(gate.numbers_right(group, np.array([105] * far + [100] * (many - far)), HOUSE)) == wrong


@pytest.mark.parametrize(
    ("by_school", "is_dominated"),
    [
        ((10, 10, 0), True), ((10, 9, 0), False), ((17, 2, 1), True), ((16, 2, 2), False), ((20, 20, 0), True),
        ((0, 0, 30), True), ((10, 10, 10), False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("outcome", ["Y", "N"])
def test_a_result_of_one_or_two_schools(by_school: tuple[int, ...], is_dominated: bool, outcome: str) -> None:
    """R11, I11: from 20 pupils on, of fewer than three schools or mostly of one; tables of establishments name it."""
    many = replace(small.pupil(), attained="N" if outcome == "Y" else "Y")
    pupils = [replace(many, school=str(school)) for school in (1, 2, 3) for _ in range(100)]
    for school, times in enumerate(by_school, start=1):
        pupils += [replace(many, school=str(school), attained=outcome)] * times
    attained = tree("attained", "Attained", "All", [("Y", "Yes", ""), ("N", "No", "")])
    table = small.table("place", "attained")
    tables = Catalogue({**small.DIMENSIONS, "attained": attained}, (table,))
    counted = registered(tables, small.population(pupils))
    assert gate.dominated(counted, table, HOUSE) == is_dominated
    assert not gate.dominated(counted, replace(table, audience=NAMED), HOUSE)


@pytest.mark.parametrize(
    ("by_school", "wrong"), [((10, 10, 0), True), ((10, 10, 1), False), ((10, 5, 5), False), ((11, 5, 5), True)]
)
def test_a_group_of_too_few_schools_or_mostly_of_one(by_school: tuple[int, ...], wrong: bool) -> None:
    """R11, I11: three schools at least, and no more than half in one; in each year by itself."""
    pupils = [small.pupil(str(n), "2") for n in (1, 2, 3) for _ in range(10)]
    for school, times in enumerate(by_school, start=1):
        pupils += [small.pupil(str(school))] * times
    table = small.table("place", "year")
    registry = registered(small.catalogue(table), small.population(pupils))
    assert (rules(gate.schools_enough(registry, table, HOUSE)) == {"schools"}) == wrong


def girls_and_boys(girls: int, boys: int) -> Registry:
    pupils = [small.pupil(sex="F")] * girls + [small.pupil(sex="M")] * boys
    return registered(small.catalogue(small.table("sex")), small.population(pupils))


def test_a_public_figure_that_pins_others_beside_the_release_is_caught() -> None:
    """R12, I5: of eight pupils, 10 girls are shown and "low" boys: there are 0 to 3 of them."""
    registry = girls_and_boys(7, 1)
    shown = np.array([{"Total": 10, "F": 10, "M": 0}[dict(group).get("sex", "Total")] for group in registry.ids])
    nothing, eight = nothing_public(registry), fixed(registry, {frozenset(): 8})
    assert not rules(gate.nothing_pinned(registry, shown, nothing, HOUSE))
    assert rules(gate.nothing_pinned(registry, shown, eight, HOUSE)) == {"bounds"}
    nobodys = np.zeros((1, len(registry)), dtype=np.int64)
    assert not rules(nothing_left(registry, shown, nobodys, nothing, HOUSE))
    assert rules(nothing_left(registry, shown, nobodys, eight, HOUSE)) == {"own school"}


def test_what_public_figures_tell_by_themselves_is_not_the_releases_doing() -> None:
    """Exact counts of all and of the boys give the girls away, whatever is released."""
    registry = girls_and_boys(70, 30)
    public = {frozenset(): 100, frozenset({("sex", "M")}): 30}
    found = fixed(registry, public)
    assert found.known.all()
    assert not rules(gate.nothing_pinned(registry, registry.exact // 5 * 5, found, HOUSE))


@pytest.mark.parametrize(("boys", "fits"), [(30, True), (31, False), (29, False)])
def test_a_public_figure_is_of_the_same_pupils(boys: int, fits: bool) -> None:
    """Of groups that the release does not show, too: no number of pupils is less than nothing."""
    registry = girls_and_boys(70, 30)
    for public in ({frozenset({("sex", "M")}): boys}, {frozenset({("fsm", "Y")}): 0 if fits else -1}):
        assert (rules(gate.public_figures_fit(registry, public)) == set()) == fits


FIGURES = {"pupils": 100, "attained_pupils": 50, "attained_percent": 50, "attendance_mean": Decimal(95)}
RIGHT: dict[str, Figure] = {**FIGURES, "attendance_step": Decimal(1)}


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"pupils": 105}, {"attained_pupils": 45}, {"attained_percent": 51}, {"attendance_mean": Decimal("95.5")},
        {"attendance_step": Decimal("0.5")}, {"attained_percent": Symbol.TOO_FEW}, {"attendance_mean": Symbol.LOW},
    ],
)  # fmt: skip
def test_every_figure_follows_from_the_one_number_of_its_group(wrong: dict[str, Figure]) -> None:
    """R11, I3, I10."""
    attained = tree("attained", "Attained", "All", [("Y", "Yes", ""), ("N", "No", "")])
    table = small.table("sex", rate="attained", mean="attendance")
    tables = Catalogue({**small.DIMENSIONS, "attained": attained}, (table,))
    printed = PublishedTable(table, tuple(RIGHT), (Row(("Total",), RIGHT | wrong),))
    numbers = {frozenset(): 100, frozenset({("attained", "Y")}): 50}
    assert rules(gate.figures_right(tables, [printed], numbers, HOUSE)) == ({"one number"} if wrong else set())


def test_bounds_hold_the_truth(registry: Registry, values: Ints) -> None:
    least, most = propagated(registry.lines, *bounds(values, HOUSE))
    assert (least <= registry.exact).all()
    assert (registry.exact <= most).all()
    assert (most - least >= 4).all()


def test_a_number_leaves_the_truths_possible_that_the_rounding_shows_so_and_no_others(registry: Registry) -> None:
    """I5: whoever knows the rules knows as much, so the gate must not believe that less is known."""
    registry.exact[:], registry.largest[:] = np.arange(len(registry)), 0
    limits = allowed(registry, HOUSE, nothing_public(registry))
    shown = {value: (limits.least * 5 <= value) & (value <= limits.most * 5) for value in (0, 5, 10, 15, 20)}
    for value, truths in shown.items():
        ends = np.flatnonzero(truths)[[0, -1]]
        assert np.array(bounds(np.array(value), HOUSE)).tolist() == ends.tolist(), value


# The cells 0 = 1 + 2, 1 = 3 + 4 and 4 = 5 + 6: a tree, of which what follows from one another is exact.
TREE = ((0, 1, 2), (1, 3, 4), (4, 5, 6))
LINES = Lines(np.array([0, 3, 6, 9]), np.array(TREE).ravel(), np.array([1, -1, -1] * 3))


def truths(least: list[int], most: list[int]) -> Iterator[tuple[int, ...]]:
    """Whatever the cells may be by these bounds and the lines."""
    boxes = [range(low, high + 1) for low, high in zip(least, most, strict=True)]
    for two, three, five, six in product(boxes[2], boxes[3], boxes[5], boxes[6]):
        found = (two + three + five + six, three + five + six, two, three, five + six, five, six)
        if all(value in box for value, box in zip(found, boxes, strict=True)):
            yield found


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=7, max_size=7))
def test_the_lines_tell_all_that_they_can(drawn: list[tuple[int, int]]) -> None:
    """I5: bounds of the wholes from their parts and of the parts from their wholes, over several lines."""
    least, most = ([*column] for column in zip(*((low, low + more) for low, more in drawn), strict=True))
    possible = np.array([*truths(least, most)])
    if len(possible):
        found = propagated(LINES, np.array(least), np.array(most))
        assert found[0].tolist() == possible.min(axis=0).tolist()
        assert found[1].tolist() == possible.max(axis=0).tolist()


def test_every_school_takes_its_pupils_out_of_all_tables_at_once(registry: Registry) -> None:
    """R12, I13: what one number hides, the lines around it may tell."""
    everybody = [small.pupil("1", fsm="Y")] * 4 + [small.pupil(str(n)) for n in (1, 2, 3, 4, 5, 6) for _ in range(20)]
    tables = small.catalogue(small.table("place", "fsm"))
    population = small.population(everybody)
    registry = registered(tables, population)
    own = own_counts(tables, Counter(tables, population), registry)
    assert (own.sum(axis=0) == registry.exact).all()
    assert (own.max(axis=0) == registry.largest).all()
    values = rounded(registry, HOUSE)
    assert not list(taken_away(registry, values, own, nothing_public(registry), HOUSE))
    for group in (frozenset({("fsm", "Y")}), frozenset({("fsm", "Y"), ("place", "north")})):
        values[registry.number[group]] = 0
    assert len(list(taken_away(registry, values, own, nothing_public(registry), HOUSE))) >= 2
    assert rules(nothing_left(registry, values, own, nothing_public(registry), HOUSE)) == {"own school"}


def test_what_is_wrong_is_said_in_one_sentence_without_exact_counts(registry: Registry, values: Ints) -> None:
    cell = registry.number[frozenset({("fsm", "Y"), ("place", "north")})]
    values[cell] = 41_237
    with pytest.raises(
        CannotPublish, match="because the number of North, Eligible is wrong: it is not a multiple of 5"
    ):
        gate.passed(gate.numbers_right(registry, values, HOUSE))


@given(st.integers(0, 2000).map(lambda n: 5 * n), st.integers(0, 2000).map(lambda n: 5 * n))
def test_rates_are_whole_percent_from_50_on(one: int, other: int) -> None:
    """R11, I10: never 0 or 100, and a symbol where nearly nobody or nearly everybody is in it."""
    part, whole = sorted((one, other))
    rate = percent(part, whole, HOUSE)
    if whole < 50:
        assert rate == Symbol.TOO_FEW
    elif part == 0:
        assert rate == Symbol.LOW
    elif part == whole:
        assert rate == Symbol.HIGH
    else:
        assert isinstance(rate, int)
        assert 1 <= rate <= 99
        assert abs(rate - 100 * part / whole) <= 1


@given(st.lists(st.floats(0, 100), min_size=41, max_size=200), st.integers(-1, 1))
def test_one_pupil_moves_a_mean_by_about_a_step(attendance: list[float], off: int) -> None:
    """R11, I10: the attendance of one pupil cannot be worked out of the mean with and without them."""
    published = 5 * ((len(attendance) + 2) // 5) + 5 * off
    step = step_shown(published, HOUSE)
    found = mean(sum(attendance), len(attendance), published, HOUSE)
    if published < 50:
        assert found == step == Symbol.TOO_FEW
        return
    assert not isinstance(step, Symbol)
    assert not isinstance(found, Symbol)
    assert step * published >= 100
    assert found % step == 0
    assert abs(float(found) - sum(attendance) / len(attendance)) <= float(step) / 2 + 1e-6


def test_symbols() -> None:
    """A group that can have pupils never shows a bare 0."""
    assert [shown(number) for number in (None, 0, 5)] == ["z", "low", 5]
    assert percent(None, 100, HOUSE) == "z"
    assert step_shown(None, HOUSE) == "z"
    assert mean(0.0, 0, None, HOUSE) == "z"
    assert all(symbol.words(5) for symbol in Symbol)
