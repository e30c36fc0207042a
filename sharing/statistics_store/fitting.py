"""Which tables of the catalogue a population can fill: those whose facts have come in, from enough schools."""

from collections import Counter as Counted
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sharing.statistics import gate
from sharing.statistics.catalogue import OPEN, OUTCOMES, Catalogue, Table, standard
from sharing.statistics.counting import Counter
from sharing.statistics.population import SPECIAL, Population, School
from sharing.statistics.registry import register
from sharing.statistics.rules import HOUSE, CannotPublish
from sharing.statistics_store.people import ALL_YEARS, NOT_MEASURED, People

ENOUGH_KNOWN: Final = 0.5
_MEASURED: Final = set(ALL_YEARS) - NOT_MEASURED
_NO_RESULTS: Final = "the results of most pupils of that year have not come in"
_NO_ATTENDANCE: Final = "the attendance of most pupils has not come in"
_FEW_SCHOOLS: Final = "too few schools have such pupils, in the authority as a whole too"


@dataclass(frozen=True)
class LeftOut:
    """A table missing from a release, and why, in words."""

    title: str
    why: str


@dataclass(frozen=True)
class Fitted:
    """The catalogue of a release, and what was left out of it."""

    catalogue: Catalogue
    left_out: tuple[LeftOut, ...]

    @property
    def is_complete(self) -> bool:
        """Whether all facts have come in; tables left out for protection count as present."""
        return all(one.why == _FEW_SCHOOLS for one in self.left_out)


def fit(people: People, *, coarsen: bool) -> Fitted:
    """The standard catalogue without the tables whose facts have not come in.

    With `coarsen`, also without the open tables that would reveal a school even for the authority as a whole. For those
    that would reveal one in a Locality, the engine leaves Localities out. Raises CannotPublish if nothing is left.
    """
    catalogue = standard(people.population.places, people.population.schools)
    gone = {table.name: why for table in catalogue.tables if (why := _not_known(table, people))}
    left_out = [LeftOut(one.title, gone[one.name]) for one in catalogue.tables if one.name in gone and not one.rate]
    catalogue = _without(catalogue, gone)
    if coarsen and people.population.pupils:
        schools = people.population.schools
        catalogue = catalogue.held_at_authority(_of_few_places(catalogue, schools))
        shown = {*_of_few_phases(catalogue, schools), *_recognised(catalogue, people.population)}
        left_out += [LeftOut(table.title, _FEW_SCHOOLS) for table in catalogue.tables if table.name in shown]
        catalogue = _without(catalogue, shown | {f"{name}_rates" for name in shown})
        if not any(table.audience == OPEN for table in catalogue.tables):
            raise CannotPublish(
                "This cannot be published, because too few schools take part. Every open table would show one of them."
            )
    return Fitted(catalogue, tuple(left_out))


def _not_known(table: Table, people: People) -> str:
    about = {*table.dimensions, table.rate}
    if "attained" in about and people.results_known.get(table.where["year"], 0.0) < ENOUGH_KNOWN:
        return _NO_RESULTS
    if "persistently_absent" in about and people.attendance_known < ENOUGH_KNOWN:
        return _NO_ATTENDANCE
    return ""


def _without(catalogue: Catalogue, names: Collection[str]) -> Catalogue:
    return replace(catalogue, tables=tuple(table for table in catalogue.tables if table.name not in names))


def _of_few_places(catalogue: Catalogue, schools: Collection[School]) -> Iterator[str]:
    """Open tables of an outcome that, in some place, too few schools can have at all: readers know a school's years."""
    for table, able in _of_outcomes(catalogue, schools):
        by_place = Counted(school.place for school in able)
        if any(0 < by_place[place] < HOUSE.schools for place in catalogue.members(table, "place")):
            yield table.name


def _of_few_phases(catalogue: Catalogue, schools: Collection[School]) -> Iterator[str]:
    """The same for a phase: few special, alternative and nursery schools may have pupils who are measured."""
    for table, able in _of_outcomes(catalogue, schools):
        if "phase" in table.dimensions and 0 < sum(school.place == SPECIAL for school in able) < HOUSE.schools:
            yield table.name


def _of_outcomes(catalogue: Catalogue, schools: Collection[School]) -> Iterator[tuple[Table, list[School]]]:
    """Each open table of an outcome, with the schools that can have pupils with that outcome."""
    for table in catalogue.tables:
        outcome = set(OUTCOMES).intersection(table.dimensions)
        if table.audience == OPEN and outcome and "place" in table.dimensions:
            years = {table.where["year"]} if "attained" in outcome else _MEASURED
            yield table, [school for school in schools if not years.isdisjoint(school.years)]


def _recognised(catalogue: Catalogue, population: Population) -> Iterator[str]:
    """The open tables in which a school is recognised even without Localities."""
    names = [table.name for table in catalogue.tables if table.audience == OPEN]
    counter = Counter(catalogue, population)
    registry = register(catalogue.held_at_authority(names), counter)
    for table in registry.catalogue.tables:
        shown = any(gate.schools_enough(registry, table, HOUSE)) or gate.dominated(registry, table, HOUSE)
        if shown and table.audience == OPEN and not table.rate:
            yield table.name
