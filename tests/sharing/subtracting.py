"""A reader who subtracts: everything that follows from figures that stand open, by any sums and differences of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np

Unknown = TypeVar("Unknown")

Cell = tuple[str, int, str]
"""Measure (of one release), establishment, group."""


@dataclass(frozen=True)
class Read:
    """A figure as somebody reads it. `number`: how many children, sessions or points it counts; None: withheld."""

    measure: str
    establishment: int | None
    area: str
    group: str
    number: float | None


def found_by(figures: Iterable[Read], contributors: Mapping[str, Collection[int]]) -> set[Cell]:
    """The withheld figures of establishments of which somebody who reads these, and who knows which establishments make
    up an area, can tell the number."""
    figures = list(figures)
    unknown = {_cell(one): place for place, one in enumerate(_hidden(figures))}
    known = {_cell(one): one.number for one in figures if one.establishment and one.number is not None}
    rows = []
    for cells in _sums(figures, contributors):
        row = np.zeros(len(unknown))
        for cell in cells:
            if cell in unknown:
                row[unknown[cell]] += 1
            elif cell not in known:
                break  # who is in no figure at all may count in the sum
        else:
            rows.append(row)
    return _told(unknown, np.array(rows).reshape(len(rows), len(unknown))) | _with_one_gap(rows, unknown)


def _sums(figures: list[Read], contributors: Mapping[str, Collection[int]]) -> Iterable[list[Cell]]:
    """Which figures add up to an open number: those of an area, and the groups of a dimension to the total."""
    of_group: dict[tuple[str, str], set[int]] = defaultdict(set)
    lines: dict[tuple[str, int, str], list[Cell]] = defaultdict(list)
    for one in figures:
        if one.establishment:
            of_group[one.measure, one.group].add(one.establishment)
            lines[one.measure, one.establishment, one.group.partition(":")[0]].append(_cell(one))
    for one in figures:
        if one.number is None or "|" in one.group:
            continue
        if one.establishment is None:
            there = of_group[one.measure, one.group] & set(contributors[one.area])
            yield [(one.measure, place, one.group) for place in there]
        elif one.group == "total":
            for (measure, place, dimension), cells in lines.items():
                if (measure, place) == (one.measure, one.establishment) and dimension != "total":
                    yield cells


def _told(unknown: Mapping[Unknown, int], rows: np.ndarray) -> set[Unknown]:
    """The unknowns that have one value in every solution: those that no direction of freedom moves."""
    if not rows.size:
        return set()
    free = _free(rows)
    return {cell for cell, place in unknown.items() if not np.abs(free[:, place]).max(initial=0) > 1e-9}


def _free(rows: np.ndarray) -> np.ndarray:
    """The directions in which the unknowns can move although every sum stays as it is."""
    _, sizes, directions = np.linalg.svd(rows)
    return directions[int((sizes > 1e-9).sum()) :]


def _with_one_gap(rows: Iterable[np.ndarray], unknown: Mapping[Cell, int]) -> set[Cell]:
    """The plainest attack, apart: a sum with one gap. What the other finds includes it."""
    by_place = {place: cell for cell, place in unknown.items()}
    return {by_place[int(row.argmax())] for row in rows if row.sum() == 1}


def _hidden(figures: Iterable[Read]) -> list[Read]:
    return [one for one in figures if one.establishment and one.number is None and "|" not in one.group]


def _cell(one: Read) -> Cell:
    return one.measure, one.establishment or 0, one.group


# --- measures of the roll that tell the same numbers -----------------------------------------------------------------

_ABOUT = {"roll_girls": "sex:F", "roll_fsm": "fsm:Y", "roll_eal": "eal:Y", "roll_sen_support": "sen:K",
          "roll_ehc_plan": "sen:E"}  # fmt: skip
Group = frozenset[str]


def found_in_the_roll(figures: Iterable[Read]) -> set[Group]:
    """The groups of one school whose figures are withheld and whose number follows from all measures of its roll. A
    group without a figure has nobody."""
    known: dict[Group, float] = {}
    hidden: set[Group] = set()
    for one in figures:
        about = {*one.group.split("|"), _ABOUT.get(one.measure, "total")} - {"total"}
        if one.number is None:
            hidden.add(frozenset(about))
        else:
            known[frozenset(about)] = one.number
    groups = known.keys() | hidden
    members = {group for one in groups for group in one if len(one) == 1}
    unknown = {one: place for place, one in enumerate(groups - known.keys())}
    rows = []
    for one in groups:
        for dimension in {member.partition(":")[0] for member in members}:
            of_it = [one | {member} for member in members if member.startswith(f"{dimension}:")]
            if any(part.startswith(f"{dimension}:") for part in one):
                continue
            row = np.zeros(len(unknown))
            for group, sign in [(one, -1), *((part, 1) for part in of_it)]:
                if group in unknown:
                    row[unknown[group]] += sign
            rows.append(row)
    told = _told(unknown, np.array(rows).reshape(len(rows), len(unknown))) if unknown else set()
    return told | (hidden & known.keys())


# --- two measures of which one is within the other -------------------------------------------------------------------


def found_between(figures: Collection[Read], narrower: str, wider: str) -> set[Group]:
    """The groups of one school, alone or several of a dimension together, of which it follows how many children are
    counted by the wider measure and not by the narrower. Groups of two dimensions add up to those of either."""
    known = {(one.measure, one.group): one.number for one in figures if one.number is not None}
    cells = {(one.measure, one.group) for one in figures}
    unknown = {cell: place for place, cell in enumerate(sorted(cells - known.keys()))}
    dimensions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for _, group in cells:
        dimensions[_dimensions_of(group)].add(group)

    def row(groups: Iterable[str], signs: Mapping[str, int]) -> np.ndarray:
        found = np.zeros(len(unknown))
        for measure, sign in signs.items():
            for group in groups:
                if (measure, group) in unknown:
                    found[unknown[measure, group]] += sign
        return found

    sums = [
        row((one for one in parts if group == "total" or group in one.split("|")), {measure: 1})
        - row([group], {measure: 1})
        for measure in (narrower, wider)
        for of, groups in dimensions.items()
        for finer, parts in dimensions.items()
        if len(finer) == len(of) + 1 and set(of) <= set(finer)
        for group in groups
    ]
    free = _free(np.array(sums)) if unknown else np.zeros((0, 0))
    together = (
        frozenset(some)
        for groups in dimensions.values()
        for many in range(1, len(groups) + 1)
        for some in combinations(sorted(groups), many)
    )
    return {some for some in together if not np.abs(free @ row(some, {wider: 1, narrower: -1})).max(initial=0) > 1e-9}


def _dimensions_of(group: str) -> tuple[str, ...]:
    return tuple(one.partition(":")[0] for one in group.split("|") if one != "total")
