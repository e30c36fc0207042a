"""Exact counts of a population, table by table. They stay inside the builder: no record and no file contains them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sharing.statistics.catalogue import Catalogue, Table, urn_code
from sharing.statistics.population import Population
from sharing.statistics.rules import CannotPublish

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_NONE = -1


@dataclass(frozen=True)
class Counted:
    """The counts of one table: arrays over the members of `place` and then of the table's other dimensions.

    pupils: the number of pupils. largest: the most of them in any one school. schools: the number of schools they are
    in.
    """

    pupils: Ints
    largest: Ints
    schools: Ints


class Counter:
    """Counts the tables of a catalogue in one population.

    Raises CannotPublish for an empty population, for a code that is not in the catalogue, for a pupil of a school that
    is not listed, and if attendance and persistent absence are not measured for the same pupils.
    """

    def __init__(self, catalogue: Catalogue, population: Population) -> None:
        if not population.pupils:
            raise CannotPublish("This cannot be published, because the population is empty: nobody is counted.")
        if any((one.attendance is None) != (one.persistently_absent == "U") for one in population.pupils):
            raise CannotPublish(
                "This cannot be published, because attendance and persistent absence are not for the same pupils. "
                "A pupil who has one must have the other."
            )
        self.catalogue = catalogue
        self.academic_year = population.academic_year
        self.schools = {school.urn: place for place, school in enumerate(population.schools)}
        self._school = self._codes(population, "school", self.schools)
        if (self._school == _NONE).any():
            raise CannotPublish(
                "This cannot be published, because pupils are on the roll of a school that is not listed."
            )
        self._leaves: dict[str, Ints] = {}
        self._population = population
        place = catalogue.dimensions["place"]
        self._under: dict[str, set[int]] = {code: set() for code in place.codes}
        for school in population.schools:
            for code in place.above(urn_code(school.urn)):
                self._under[code].add(self.schools[school.urn])

    def _codes(self, population: Population, name: str, known: Mapping[str, int]) -> Ints:
        codes = [known.get(getattr(pupil, name), _NONE) for pupil in population.pupils]
        return np.array(codes, dtype=np.int64)

    def leaf(self, name: str) -> Ints:
        """Each pupil's code in a dimension as a number; -1 for pupils without an outcome."""
        if name not in self._leaves:
            dimension = self.catalogue.dimensions[name]
            known = {code: place for place, code in enumerate(dimension.leaves)}
            found = self._codes(self._population, name, known)
            strange = sorted(
                {getattr(self._population.pupils[at], name) for at in np.flatnonzero(found == _NONE)} - {""}
            )
            if strange:
                raise CannotPublish(
                    f"This cannot be published, because {dimension.label.lower()} has the new code "
                    f"{strange[0]}, which the catalogue does not know. A new category has to wait for the next "
                    "academic year."
                )
            self._leaves[name] = found
        return self._leaves[name]

    def others(self, table: Table) -> tuple[str, ...]:
        return tuple(name for name in table.dimensions if name != "place")

    def mask(self, table: Table) -> NDArray[np.bool_]:
        """The pupils the table is limited to."""
        inside = np.ones(len(self._school), dtype=bool)
        for name, code in table.where.items():
            dimension = self.catalogue.dimensions[name]
            wanted = [place for place, leaf in enumerate(dimension.leaves) if leaf in dimension.leaves_of[code]]
            inside &= np.isin(self.leaf(name), wanted)
        return inside

    def count(self, table: Table) -> Counted:
        """The table's counts, for all members that it shows."""
        by_school = self._by_school(table, self.mask(table), None)
        pupils, largest, schools = [], [], []
        for inside in self._places(table):
            part = by_school[inside]
            pupils.append(part.sum(axis=0))
            largest.append(part.max(axis=0, initial=0))
            schools.append((part > 0).sum(axis=0))
        return Counted(*(np.array(rows, dtype=np.int64) for rows in (pupils, largest, schools)))

    def by_school(self, table: Table) -> Ints:
        """The table's counts for each school separately: schools, places, then the table's other dimensions."""
        by_school = self._by_school(table, self.mask(table), None).astype(np.int64)
        found = np.zeros((len(by_school), len(list(self._places(table))), *by_school.shape[1:]), dtype=np.int64)
        for at, inside in enumerate(self._places(table)):
            found[inside, at] = by_school[inside]
        return found

    def total_attendance(self, table: Table) -> Floats:
        """The sum of attendance, in per cent, over the pupils for whom it is measured."""
        attendance = [pupil.attendance for pupil in self._population.pupils]
        inside = self.mask(table) & np.array([value is not None for value in attendance], dtype=bool)
        weights = np.array([value or 0.0 for value in attendance])
        by_school = self._by_school(table, inside, weights)
        return np.array([by_school[places].sum(axis=0) for places in self._places(table)])

    def _places(self, table: Table) -> Iterator[list[int]]:
        if "place" not in table.dimensions:
            yield sorted(self.schools.values())
            return
        for code in self.catalogue.members(table, "place"):
            yield sorted(self._under[code])

    def _by_school(self, table: Table, inside: NDArray[np.bool_], weights: Floats | None) -> NDArray[np.float64]:
        """Counts by school and the members of the table's other dimensions, parents summed from their leaves."""
        dimensions = [self.catalogue.dimensions[name] for name in self.others(table)]
        shape = [len(self.schools), *(len(dimension.leaves) for dimension in dimensions)]
        where, inside = self._school.copy(), inside.copy()
        for dimension in dimensions:
            leaf = self.leaf(dimension.name)
            inside &= leaf != _NONE
            where = where * len(dimension.leaves) + leaf
        weighed = None if weights is None else weights[inside]
        counted = np.bincount(where[inside], weighed, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
        for axis, dimension in enumerate(dimensions, start=1):
            shown = self.catalogue.members(table, dimension.name)
            sums = np.array([[leaf in dimension.leaves_of[code] for leaf in dimension.leaves] for code in shown], float)
            counted = np.moveaxis(np.tensordot(counted, sums, axes=(axis, 1)), -1, axis)
        return counted
