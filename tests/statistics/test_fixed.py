"""R11, I5: what public figures tell beside a release, and which numbers may stand beside them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.statistics import gate
from sharing.statistics.bounds import bounds
from sharing.statistics.dimensions import CellId, cell_id
from sharing.statistics.fixed import beside_fixed, closed, fixed, least_shown, least_told, most_shown, nothing_public
from sharing.statistics.registry import Registry, registered
from sharing.statistics.rounding import allowed, rounded
from sharing.statistics.rules import HOUSE
from tests.statistics import small

BASE, VALUES = HOUSE.base, HOUSE.values


def at(place: str, **codes: str) -> CellId:
    return cell_id([("place", place), *codes.items()])


def in_establishments(*urns: str) -> Registry:
    """Of each of these four pupils, by establishment and sex; three of the four are girls."""
    pupils = [small.pupil(urn, sex=sex) for urn in urns for sex in "FFFM"]
    tables = small.catalogue(small.table("place", members={}), small.table("place", "fsm", members={}))
    return registered(tables, small.population(pupils))


def possible(shown: int) -> range:
    least, most = bounds(np.array(shown), HOUSE)
    return range(int(least), int(most) + 1)


def rounded_from(count: int) -> list[int]:
    return [5 * steps for steps in range(5) if count in possible(5 * steps) and (count or not steps)]


def test_addition_and_subtraction_go_on_from_what_they_have_told() -> None:
    """North from its establishments, South from all of them less North, and the last establishment of South."""
    known = {at(f"urn:{n}", year="1"): n for n in (1, 2, 3, 4, 5)} | {at("Total", year="1"): 30}
    told = closed(small.catalogue(), known)
    assert told == known | {at("north", year="1"): 6, at("south", year="1"): 24, at("urn:6", year="1"): 15}


def test_the_lines_of_a_release_tell_on_what_is_public() -> None:
    """Nobody at two establishments, and the number of the Locality: the third has them all."""
    registry = in_establishments("1", "2", "3")
    found = fixed(registry, {at("north"): 12, at("urn:1"): 4, at("urn:2"): 4, at("urn:3", fsm="N"): 4})
    number = registry.number
    assert found.least[number[at("urn:3")]] == 4
    assert found.most[number[at("urn:3", fsm="Y")]] == 0


def test_public_figures_of_groups_that_the_release_does_not_show_are_of_its_groups_all_the_same() -> None:
    """Three girls are known to be there: the number of all may not read low, which would leave four at most."""
    registry = in_establishments("1", "2")
    public = {at("urn:1", sex="F"): 3, at("urn:1", year="1"): 2}
    found = fixed(registry, public)
    here, there = registry.number[at("urn:1")], registry.number[at("urn:2")]
    assert (found.inside[here], found.inside[there]) == (3, 0)
    least = allowed(registry, HOUSE, found).least
    assert (least[here], least[there]) == (1, 0)


def test_no_number_beside_known_pupils_leaves_fewer_than_five_values() -> None:
    """And the least such number it is."""
    for inside in range(1, 60):
        steps = int(least_shown(np.array([inside]), HOUSE)[0])
        left = [len([count for count in possible(BASE * one) if count >= inside]) for one in (steps - 1, steps)]
        assert left[0] < VALUES <= left[1], inside


def test_a_known_whole_is_not_shown_as_more_than_leaves_its_parts_five_values() -> None:
    for count in range(VALUES - 1, 60):
        steps = int(most_shown(np.array([count]), HOUSE)[0])
        for first in range(steps + 1):
            one, other = possible(BASE * first), possible(BASE * (steps - first))
            assert len([part for part in one if count - part in other]) >= VALUES, (count, steps, first)


@given(st.integers(1, 40), st.lists(st.integers(0, 14), min_size=1, max_size=2))
def test_known_parts_are_shown_as_enough_for_the_others_to_keep_five_values(told: int, others: list[int]) -> None:
    """Whoever knows them takes them out of the most that the whole may be."""
    together = BASE * least_told(np.array([told]), np.array(others), HOUSE)
    for shown in product(*(rounded_from(count) for count in others)):
        left = together + sum(shown) + HOUSE.farthest - told
        for one, number in enumerate(shown):
            rest = sum(possible(value)[0] for other, value in enumerate(shown) if other != one)
            assert len([part for part in possible(number) if part + rest <= left]) >= VALUES, shown


@pytest.mark.parametrize(("girls", "boys"), [(7, 1), (6, 2), (11, 2), (23, 3)])
def test_what_is_rounded_beside_a_public_figure_passes_the_gate(girls: int, boys: int) -> None:
    """R22: each time, or a release would be refused that can be made."""
    pupils = [small.pupil(sex="F")] * girls + [small.pupil(sex="M")] * boys
    registry = registered(small.catalogue(small.table("sex")), small.population(pupils))
    known = fixed(registry, {frozenset(): girls + boys})
    for _ in range(5):
        assert not [*gate.nothing_pinned(registry, rounded(registry, HOUSE, None, known), known, HOUSE)]


def test_what_lies_beside_known_cells() -> None:
    """Of a known whole the parts that are not known; of an unknown whole those that are, and those that are not."""
    registry = in_establishments("1", "2", "3")
    number = registry.number
    cells = [number[at(f"urn:{n}")] for n in (1, 2, 3)]
    known = np.zeros(len(registry), dtype=bool)
    known[cells[0]] = True
    beside = beside_fixed(registry.lines, known)
    assert ([part.tolist() for part in beside.told], [part.tolist() for part in beside.untold]) == (
        [[cells[0]]],
        [cells[1:]],
    )
    known[number[at("north")]] = True
    beside = beside_fixed(registry.lines, known)
    assert [part.tolist() for part in beside.rests] == [cells[1:]]
    known[cells[0]] = False
    assert np.flatnonzero(beside_fixed(registry.lines, known).wholes).tolist() == [number[at("north")]]
    assert not beside_fixed(registry.lines, nothing_public(registry).known).told
