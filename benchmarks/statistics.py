"""Open statistics of an authority the size of Bradford: how fast, how near to the truth, how much is hidden.

`uv run python -m benchmarks.statistics [size]`: `size` 1 is 216 schools and about 117,000 invented pupils. Each figure
is shown beside its goal. The open tables are also rounded on their own, to compare with the goals for 10,000 counts.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from sharing.statistics import gate
from sharing.statistics.catalogue import OPEN, Catalogue, Table, group_of, standard
from sharing.statistics.counting import Counter
from sharing.statistics.fixed import nothing_public
from sharing.statistics.insiders import own_counts, taken_away
from sharing.statistics.invented import invented, next_term
from sharing.statistics.population import Population
from sharing.statistics.registry import Registry, registered
from sharing.statistics.release import build
from sharing.statistics.rounding import rounded
from sharing.statistics.rules import HOUSE

RICH = (
    "place year sex fsm", "place year sex sen", "place year sen fsm", "place year eal fsm", "place year ethnicity",
    "place ethnicity sex fsm", "place ethnicity sex sen", "place ethnicity sen fsm", "place ethnicity eal fsm",
    "phase year ethnicity fsm", "place phase sex eal fsm",
)  # fmt: skip


def rich(catalogue: Catalogue) -> Catalogue:
    """The same catalogue with tables of four and five dimensions, with many more small groups than is sensible."""
    areas = next(table.members["place"] for table in catalogue.tables if "place" in table.members)
    more = (
        Table(f"rich_{number}", shape, tuple(shape.split()), {}, {"place": areas} if "place" in shape else {})
        for number, shape in enumerate(RICH)
    )
    return replace(catalogue, tables=(*catalogue.tables, *more))


def timed(what: Callable[..., Any], *given: Any, **named: Any) -> tuple[Any, float]:
    """The answer, and the seconds of processor time; other work on the machine does not count."""
    start = time.process_time()
    return what(*given, **named), time.process_time() - start


def say(name: str, figure: str, goal: str = "") -> None:
    print(f"{name:44} {figure:>24}   {goal}")


def rounding(name: str, catalogue: Catalogue, population: Population, goals: tuple[str, ...]) -> None:
    registry, seconds = timed(registered, catalogue, population)
    print(f"\n{name}: {len(registry):,} counts, {len(registry.lines):,} lines, "
          f"{int(((registry.exact > 0) & (registry.exact < 5)).sum()):,} of 1 to 4")  # fmt: skip
    values, rounding_seconds = timed(rounded, registry, HOUSE)
    _, gate_seconds = timed(all_gates, registry, values)
    distance = np.abs(values - registry.exact)
    some = registry.exact > 0
    say("counting and lines", f"{seconds:.2f} s")
    say("rounding", f"{rounding_seconds:.2f} s", goals[0])
    say("gate", f"{gate_seconds:.2f} s", "with counting, at most 3 s for 40,000")
    nearest = np.abs(5 * ((registry.exact + 2) // 5) - registry.exact).mean()
    say("mean distance (nearest multiples)", f"{distance.mean():.2f} ({nearest:.2f})", goals[1])
    say("farther than 4", f"{(distance > 4).mean():.2%}", goals[2])
    say("largest distance", f"{distance.max()}", "at most 9")
    say("low, of groups with pupils", f"{(values[some] == 0).mean():.2%}", goals[3])


def all_gates(registry: Registry, values: Any) -> None:
    gate.passed(gate.numbers_right(registry, values, HOUSE))
    gate.passed(gate.nothing_pinned(registry, values, nothing_public(registry), HOUSE))


def insiders(catalogue: Catalogue, population: Population) -> None:
    registry = registered(catalogue, population)
    own, nobody_else = own_counts(catalogue, Counter(catalogue, population), registry), nothing_public(registry)
    found, seconds = timed(lambda: list(taken_away(registry, rounded(registry, HOUSE), own, nobody_else, HOUSE)))
    pairs = int(((own > 0) & ~registry.names_a_school).sum())
    say("schools that take themselves away", f"{len(found)} of {pairs:,} in {seconds:.1f} s", "0")


def rates(release: Any, population: Population) -> None:
    """Print how far published rates are from the true ones, by the published count they are based on."""
    registry = registered(release.catalogue, population)
    errors = defaultdict(list)
    shown = hidden = 0
    for published in release.tables:
        table = published.table
        if not table.rate or table.audience != OPEN:
            continue
        for row in published.rows:
            figure = row.figures[f"{table.rate}_percent"]
            whole = row.figures.get(f"{table.rate}_base_pupils", row.figures["pupils"])
            hidden, shown = hidden + (figure == "x"), shown + (figure != "z")
            if not isinstance(figure, int) or not isinstance(whole, int):
                continue
            group = group_of(table, zip(table.dimensions, row.members, strict=True))
            base = group | {(table.rate, "M")} if table.rate == "persistently_absent" else group
            part = registry.exact[registry.number[group | {(table.rate, "Y")}]]
            true = 100 * Fraction(int(part), int(registry.exact[registry.number[base]]))
            band = next(top for top in (59, 99, 249, 10**9) if whole <= top)
            errors[band].append(abs(float(figure - true)))
    print("\nRates of open tables")
    for (band, found), goal in zip(sorted(errors.items()), ("6", "4.5", "2.5", "1"), strict=False):
        say(f"points off, 95 in 100, to {band:,} pupils", f"{np.percentile(found, 95):.1f}", f"at most {goal}")
    say("rates that read x", f"{hidden / shown:.1%}", "at most 14 %")


def stays(release: Any, population: Population) -> None:
    print("\nThe release after")
    again, seconds = timed(build, population, before=release, version=2)
    say("counts that move when nothing changed", f"{again.loss.moved:.2%}", "0")
    then = next_term(population)
    later = build(then, before=release, version=2)
    fresh = build(then, version=2)
    old, new = registered(release.catalogue, population), registered(later.catalogue, then)
    same = [
        group
        for group in old.ids
        if group in new.number and old.exact[old.number[group]] == new.exact[new.number[group]]
    ]
    for name, one, goal in (("sticky", later, "5 % hoped for, 9.8 % reached before"), ("fresh", fresh, "")):
        moved = sum(release.numbers[group] != one.numbers[group] for group in same) / len(same)
        say(f"unchanged counts that move, {name}", f"{moved:.1%}", goal)
    say("mean distance, farther than 4", f"{later.loss.mean:.2f}, {later.loss.far:.2%}")
    say("a whole release", f"{seconds:.1f} s")


def main(size: float = 1.0) -> None:
    population = invented(size=size)
    print(f"{len(population.pupils):,} pupils, {len(population.schools)} schools")
    whole = standard(population.places, population.schools)
    open_only = replace(whole, tables=tuple(table for table in whole.tables if table.audience == OPEN))
    small = ("at most 1 s for 10,000", "at most 1.4", "at most 1 %", "at most 3 %")
    rounding("Open tables alone", open_only, population, small)
    rounding("The catalogue", whole, population, small)
    insiders(whole, population)
    large = ("at most 10 s for 50,000", "at most 1.5", "at most 2.5 %", "at most 7 %")
    rounding("A rich catalogue", rich(whole), population, large)
    release, seconds = timed(build, population)
    say("\na whole release", f"{seconds:.1f} s")
    rates(release, population)
    stays(release, population)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
