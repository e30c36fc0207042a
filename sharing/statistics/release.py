"""A whole release, built from a population: `build` for its records, `sharing.statistics.files.write` for its folder.

To try it without data, `uv run python -m sharing.statistics.try_out FOLDER` writes a release of an invented authority.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from sharing.statistics import gate
from sharing.statistics.catalogue import Catalogue, Table, standard
from sharing.statistics.counting import Counter, Ints
from sharing.statistics.dimensions import CellId
from sharing.statistics.fixed import closed, fixed, tables_dividing
from sharing.statistics.insiders import nothing_left, own_counts
from sharing.statistics.population import Population
from sharing.statistics.rates import mean, percent, share_withheld, step_shown
from sharing.statistics.records import Figure, Loss, PublishedTable, Release, Row
from sharing.statistics.registry import Registry, register
from sharing.statistics.rounding import rounded
from sharing.statistics.rules import HOUSE, CannotPublish, Rules
from sharing.statistics.symbols import shown

PUPILS: Final = "pupils"


def build(
    population: Population,
    *,
    catalogue: Catalogue | None = None,
    rules: Rules = HOUSE,
    before: Release | None = None,
    public: Mapping[CellId, int] | None = None,
    version: int = 1,
    coarsen: bool = False,
) -> Release:
    """The release of a population, with every rule kept; or CannotPublish, with the reason in words.

    `before` is the release whose numbers are kept wherever they still can be: the one of the previous term, or the one
    that a correction (`version` 2, 3 ...) replaces. `public` are counts that are known besides, such as the
    Department's headcounts: numbers next to them are rounded so that together they reveal nothing more. A table with a
    result that comes mostly from one school shows no Localities and is listed in `held`. A table with a group of too
    few schools, or one that divides a public group too small for it, stops the release; with `coarsen` it is held in
    the same way.
    """
    catalogue = catalogue or standard(population.places, population.schools)
    public = closed(catalogue, public or {})
    _enough(population, rules)
    _same_categories(before, population, catalogue)
    counter = Counter(catalogue, population)
    registry = register(catalogue, counter)
    registry, held = _held(registry, counter, before, rules, coarsen)
    gate.passed(gate.public_figures_fit(registry, public))
    try:
        values = _rounded_safely(registry, counter, before, public, rules)
    except CannotPublish:
        dividing = tables_dividing(registry, fixed(registry, public))
        if not dividing:
            raise
        if not coarsen:
            gate.passed(gate.divided(dividing))
        held = tuple(sorted({*held, *(table.name for table in dividing)}))
        registry = register(registry.catalogue.held_at_authority(held), counter)
        values = _rounded_safely(registry, counter, before, public, rules)
    catalogue = registry.catalogue
    numbers = {group: int(values[cell]) for cell, group in enumerate(registry.ids)}
    tables = tuple(_Writer(registry, counter, numbers, rules).table(table) for table in catalogue.tables)
    gate.passed(gate.figures_right(catalogue, tables, numbers, rules))
    name = f"open-statistics-{population.academic_year}-{version}"
    loss = _loss(registry, values, tables, _numbers_of(before, registry), rules)
    return Release(
        name, population.academic_year, version, population.as_of, rules, catalogue, numbers, tables, public, held, loss
    )


def _numbers_of(before: Release | None, registry: Registry) -> dict[int, int]:
    """The numbers of the release before, by cell."""
    numbers = before.numbers.items() if before else ()
    return {registry.number[group]: number for group, number in numbers if group in registry.number}


def _rounded_safely(
    registry: Registry, counter: Counter, before: Release | None, public: Mapping[CellId, int], rules: Rules
) -> Ints:
    """Numbers that pass the gate. If chance leaves too few values, it rounds again a few times, and then refuses."""
    own, old = own_counts(registry.catalogue, counter, registry), _numbers_of(before, registry)
    known = fixed(registry, public)
    for last in (False, False, True):
        values = rounded(registry, rules, old, known)
        gate.passed(gate.numbers_right(registry, values, rules))
        narrow = [
            *gate.nothing_pinned(registry, values, known, rules),
            *nothing_left(registry, values, own, known, rules),
        ]
        if not narrow:
            break
        if last:
            gate.passed(narrow)
    return values


def _enough(population: Population, rules: Rules) -> None:
    if 0 < len(population.pupils) < rules.rate_from:
        raise CannotPublish(
            f"This cannot be published, because there are fewer than {rules.rate_from} pupils: every figure would be "
            "about somebody whom readers could name."
        )


def _same_categories(before: Release | None, population: Population, catalogue: Catalogue) -> None:
    """Refuse a new member of any dimension but places within an academic year: the difference would single it out."""
    if before is None or before.academic_year != population.academic_year:
        return
    for name, dimension in catalogue.dimensions.items():
        known = before.catalogue.dimensions.get(name)
        if name != "place" and known and not set(dimension.codes) <= set(known.codes):
            raise CannotPublish(
                f"This cannot be published, because {dimension.label.lower()} has a category that the release before "
                "did not have. A new category has to wait for the next academic year."
            )


def _held(
    registry: Registry, counter: Counter, before: Release | None, rules: Rules, coarsen: bool
) -> tuple[Registry, tuple[str, ...]]:
    """The registry in which no school is recognised, and the tables that therefore show no Localities."""
    tables = [table for table in registry.catalogue.tables if not table.rate]
    if not coarsen:
        gate.passed(finding for table in tables for finding in gate.schools_enough(registry, table, rules))
    held = {table.name for table in tables if gate.dominated(registry, table, rules)}
    held |= {table.name for table in tables if any(gate.schools_enough(registry, table, rules))}
    if before and before.academic_year == counter.academic_year:
        held |= set(before.held)
    if not held:
        return registry, ()
    registry = register(registry.catalogue.held_at_authority(held), counter)
    for table in registry.catalogue.tables:
        gate.passed(gate.schools_enough(registry, table, rules))
        if gate.dominated(registry, table, rules):
            raise CannotPublish(
                f"“{table.title}” cannot be published, because most of the pupils behind one of its results are in one "
                "school, for the authority as a whole too. Leave it out of the catalogue."
            )
    return registry, tuple(sorted(held))


class _Writer:
    """Writes tables with their figures, read by id from the one registry."""

    def __init__(self, registry: Registry, counter: Counter, numbers: Mapping[CellId, int], rules: Rules) -> None:
        self.registry, self.counter, self.numbers, self.rules = registry, counter, numbers, rules

    def table(self, table: Table) -> PublishedTable:
        if not table.rate:
            rows = [Row(codes, {PUPILS: shown(self.numbers.get(group))}) for codes, group in self.registry.rows(table)]
            return PublishedTable(table, (PUPILS,), tuple(rows))
        means = self._means(table) if table.mean else {}
        rows = [
            Row(codes, {**self._rate(table, group), **means.get(codes, {})})
            for codes, group in self.registry.rows(table)
        ]
        return PublishedTable(table, tuple(rows[0].figures), tuple(rows))

    def _rate(self, table: Table, group: CellId) -> dict[str, Figure]:
        base = self.registry.catalogue.base(table, group)
        part, whole = self.numbers.get(group | {(table.rate, "Y")}), self.numbers.get(base)
        figures: dict[str, Figure] = {PUPILS: shown(self.numbers.get(group))}
        if base != group:
            figures[f"{table.rate}_base_pupils"] = shown(whole)
        figures[f"{table.rate}_pupils"] = shown(part)
        figures[f"{table.rate}_percent"] = percent(part, whole, self.rules)
        return figures

    def _means(self, table: Table) -> dict[tuple[str, ...], dict[str, Figure]]:
        """Mean attendance for each row; the sums and exact numbers behind it go no further."""
        others = self.counter.others(table)
        order = ("place", *others)
        sums = self.counter.total_attendance(table)
        members = [self.registry.catalogue.members(table, name) for name in order]
        found: dict[tuple[str, ...], dict[str, Figure]] = {}
        for codes, group in self.registry.rows(table):
            at = dict(zip(table.dimensions, codes, strict=True))
            where = tuple(codes_of.index(at[name]) for name, codes_of in zip(order, members, strict=True))
            base = self.registry.catalogue.base(table, group)
            cell = self.registry.number.get(base)
            exact = 0 if cell is None else int(self.registry.exact[cell])
            pupils = self.numbers.get(base)
            value = mean(float(sums[where]), exact, pupils, self.rules)
            found[codes] = {f"{table.mean}_mean": value, f"{table.mean}_step": step_shown(pupils, self.rules)}
        return found


def _loss(
    registry: Registry, values: Ints, tables: tuple[PublishedTable, ...], old: Mapping[int, int], rules: Rules
) -> Loss:
    distance = np.abs(values - registry.exact)
    some = registry.exact > 0
    rates = (
        figure
        for table in tables
        for row in table.rows
        for name, figure in row.figures.items()
        if name.endswith("_percent")
    )
    moved = sum(int(values[cell]) != number for cell, number in old.items()) / len(old) if old else None
    return Loss(
        cells=len(registry),
        mean=float(distance.mean()),
        largest=int(distance.max()),
        far=float((distance > rules.near).mean()),
        low=float((values[some] == 0).mean()),
        rates_withheld=share_withheld(rates),
        moved=moved,
    )
