"""A reader who lays the protected numbers of open statistics beside whole ones: each says where a count may lie.

The protected numbers come from the engine, of the same invented schools. The reader knows its rules.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from hypothesis import assume
from scipy.optimize import Bounds, LinearConstraint, milp

from sharing.statistics.bounds import bounds
from sharing.statistics.catalogue import Catalogue, Table, place_tree
from sharing.statistics.population import SPECIAL, Population, Pupil, School
from sharing.statistics.registry import registered
from sharing.statistics.rounding import rounded
from sharing.statistics.rules import HOUSE, CannotPublish
from tests.sharing.subtracting import Read
from tests.statistics import small

SMALL = 10
Place = tuple[str, str]
"""An area, or `urn:` and the number of an establishment; and a group, as figures write both."""


def protected(schools: list[dict[str, Any]]) -> dict[Place, tuple[int, int]]:
    """The least and the most that each published count of those with the outcome leaves possible."""
    places = (("locality:1", "North"), ("locality:2", "South"))
    there = tuple(
        School(str(at), f"School {at}", f"locality:{one['locality']}" if one["locality"] else SPECIAL, ("1",))
        for at, one in enumerate(schools, 1)
    )
    dimensions = small.DIMENSIONS | {"place": place_tree(places, there)}
    tables = [Table(trait, trait, ("place", trait, "fsm")) for trait in ("sex", "sen")]
    pupils = [
        Pupil(school.urn, "PS", "1", sex[-1], "Y" if number < min(counts) else "N", sen[-1], "E", "WBRI")
        for school, one in zip(there, schools, strict=True)
        for (sex, sen), counts in one["of"].items()
        for number in range(counts[1])
    ]
    population = Population(2025, small.population([]).as_of, places, there, tuple(pupils))
    try:
        registry = registered(Catalogue(dimensions, tuple(tables)), population)
        least, most = bounds(rounded(registry, HOUSE), HOUSE)
    except CannotPublish:
        assume(False)
    found = {}
    for at, cell in enumerate(registry.ids):
        members = dict(cell)
        if members.pop("fsm", "") == "Y" and members.get("sen") != "S":
            place = members.pop("place", "authority")
            group = "|".join(f"{name}:{code}" for name, code in members.items()) or "total"
            found[place, group] = (int(least[at]), int(most[at]))
    return found


def found_beside(
    figures: Iterable[Read],
    contributors: Mapping[str, Collection[int]],
    counts: Mapping[Place, tuple[int, int]],
    truth: Mapping[tuple[int, str], int],
) -> set[tuple[int, str]]:
    """The withheld figures of establishments that have one number in every solution in whole numbers.

    The reader is told besides which of the withheld totals are of one to nine children (`truth`), and of which groups
    an establishment has nobody.
    """
    figures = [one for one in figures if "|" not in one.group]
    cells = {(one.establishment, one.group): at for at, one in enumerate(one for one in figures if one.establishment)}
    least, most = np.zeros(len(cells)), np.full(len(cells), np.inf)
    rows: list[tuple[list[int], int, float, float]] = []  # cells, a cell taken away or -1, least, most
    for one in figures:
        if one.establishment is None:
            if one.number is not None:
                rows.append((_of(cells, contributors[one.area], one.group), -1, one.number, one.number))
            continue
        at = cells[one.establishment, one.group]
        if one.number is not None:
            least[at] = most[at] = one.number
        elif one.group == "total" and 0 < truth[one.establishment, one.group] < SMALL:
            least[at], most[at] = 1, SMALL - 1
        if one.group == "total":
            for dimension in ("sex", "sen"):
                parts = [n for (place, group), n in cells.items() if place == one.establishment and dimension in group]
                rows.append((parts, at, 0, 0))
    for (place, group), (low, high) in counts.items():
        there = [int(place[4:])] if place.startswith("urn:") else contributors.get(place, ())
        if there:
            rows.append((_of(cells, there, group), -1, low, high))
    unknown = [(cell, at) for cell, at in cells.items() if least[at] != most[at]]
    matrix = np.zeros((len(rows), len(cells)))
    for number, (parts, taken, _, _) in enumerate(rows):
        matrix[number, parts] = 1
        if taken >= 0:
            matrix[number, taken] -= 1
    lines = LinearConstraint(matrix, [row[2] for row in rows], [row[3] for row in rows])
    return {cell for cell, at in unknown if _least(at, lines, least, most) == -_least(at, lines, least, most, sign=-1)}


def _of(cells: Mapping[tuple[Any, str], int], places: Iterable[int], group: str) -> list[int]:
    return [cells[place, group] for place in places if (place, group) in cells]


def _least(at: int, lines: LinearConstraint, least: np.ndarray, most: np.ndarray, *, sign: int = 1) -> float:
    """The least that the cell may be; of sign -1, its most with a minus before it."""
    cost = np.zeros(len(least))
    cost[at] = sign
    solved = milp(cost, constraints=lines, bounds=Bounds(least, most), integrality=np.ones(len(least)))
    if solved.x is None:  # no bound: there is no end to it
        return -np.inf
    return float(np.rint(solved.fun))
