"""R11, I14: each kind of leak, planted, is caught by the gate, which says in words what is wrong."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.statistics import gate
from sharing.statistics.bounds import bounds, propagated
from sharing.statistics.counting import Counter, Ints
from sharing.statistics.fixed import nothing_public
from sharing.statistics.insiders import nothing_left, own_counts, taken_away
from sharing.statistics.rates import mean, percent, step_shown
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


def test_a_good_release_passes(registry: Registry, values: Ints) -> None:
    assert not rules(gate.numbers_right(registry, values, HOUSE))
    assert not rules(gate.nothing_pinned(registry, values, nothing_public(registry), HOUSE))
    assert not rules(gate.own_school_taken_away(registry, values, nothing_public(registry), HOUSE))


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


def test_exact_numbers_from_elsewhere_that_pin_others_are_caught(registry: Registry, values: Ints) -> None:
    """Exact counts of all boys would give the girls away: the gate knows what is public."""
    group = frozenset({("fsm", "Y"), ("place", "north")})
    girls = group | {("sex", "F")}
    public = {one: int(registry.exact[registry.number[one]]) for one in (group, group | {("sex", "M")})}
    assert not rules(gate.nothing_pinned(registry, values, nothing_public(registry), HOUSE))
    least, most = bounds(values, HOUSE)
    for one, count in public.items():
        least[registry.number[one]] = most[registry.number[one]] = count
    least, most = propagated(registry.lines, least, most)
    at = registry.number[girls]
    assert least[at] == most[at] == registry.exact[at]


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


def test_a_school_that_could_take_itself_away_is_caught(registry: Registry, values: Ints) -> None:
    """R12: a number that leaves only the school's own pupils possible."""
    registry.largest[0] = bounds(values, HOUSE)[1][0]
    assert rules(gate.own_school_taken_away(registry, values, nothing_public(registry), HOUSE)) == {"own school"}


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
