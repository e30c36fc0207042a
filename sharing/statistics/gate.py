"""The gate before publication: what must be true of every release, with each failure in words.

Anything that fails here is a mistake of the builder or of the catalogue, and the release does not go out. No message
contains an exact count.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from sharing.statistics.bounds import bounds, propagated
from sharing.statistics.catalogue import NAMED, OUTCOMES, Catalogue, Table, group_of
from sharing.statistics.counting import Ints
from sharing.statistics.dimensions import CellId
from sharing.statistics.fixed import Fixed
from sharing.statistics.rates import percent, step_shown
from sharing.statistics.records import PublishedTable
from sharing.statistics.registry import Registry, school_structure
from sharing.statistics.rules import CannotPublish, Rules
from sharing.statistics.symbols import Symbol, shown

FAR_SHARE: Final = 0.025
TOLD: Final = 3
"""So many findings are told in words: a small authority can have hundreds of the same kind."""


@dataclass(frozen=True)
class Finding:
    """One obstacle to publication: which rule, and what is wrong."""

    rule: str
    words: str


def passed(findings: Iterable[Finding]) -> None:
    """Raises CannotPublish with the first findings, a sentence each; does nothing if there are none."""
    found = list(findings)
    if found:
        others = [f"{finding.words[0].upper()}{finding.words[1:]}." for finding in found[1:TOLD]]
        more = [f"{len(found) - TOLD:,} more were found."] if len(found) > TOLD else []
        because = f"This cannot be published, because {found[0].words}."
        raise CannotPublish(" ".join([because, *others, *more]))


def schools_enough(registry: Registry, table: Table, rules: Rules) -> Iterator[Finding]:
    """Findings unless each school-type group has pupils of at least three schools, at most half in one (R11)."""
    for group in school_structure(registry, table):
        cell = registry.number[group]
        if not registry.exact[cell]:
            continue
        words = registry.catalogue.words(group)
        if registry.schools[cell] < rules.schools:
            yield Finding("schools", f"“{table.title}” shows {words}, which has fewer than {rules.schools} schools")
        elif registry.largest[cell] > rules.largest_school * registry.exact[cell]:
            yield Finding("schools", f"“{table.title}” shows {words}, where one school has most of the pupils")


def dominated(registry: Registry, table: Table, rules: Rules) -> bool:
    """Whether an open table shows an outcome of 20 or more pupils, most of them in one school, or all in one or two."""
    outcome = [name for name in table.dimensions if name in OUTCOMES]
    if not outcome or table.audience == NAMED:
        return False
    for _, group in registry.rows(table):
        cell = registry.number.get(group)
        if cell is None or not any(name in OUTCOMES and code in ("Y", "N") for name, code in group):
            continue
        pupils = registry.exact[cell]
        few = registry.schools[cell] < rules.schools or registry.largest[cell] > rules.largest_outcome * pupils
        if pupils >= rules.outcome_from and few:
            return True
    return False


def numbers_right(registry: Registry, values: Ints, rules: Rules) -> Iterator[Finding]:
    """Findings unless counts are multiples of the base, lines add up, no number is too far from the truth, and five or
    more pupils are never shown as 0.
    """
    exact, base = registry.exact, rules.base
    distance = np.abs(values - exact)
    for rule, wrong, words in (
        ("multiples", values % base != 0, f"it is not a multiple of {base}"),
        ("distance", distance > rules.farthest, f"it is farther than {rules.farthest} from the count"),
        ("zero", (values == 0) & (exact >= base), "it is shown as low but is not"),
        ("zero", (exact == 0) & (values != 0), "it shows pupils where there are none"),
        ("zero", (exact < base) & (values > base), "it shows a small group as a large one"),
    ):
        for cell in np.flatnonzero(wrong):
            yield Finding(rule, f"the number of {registry.catalogue.words(registry.ids[cell])} is wrong: {words}")
    for line in np.flatnonzero(registry.lines.missing(values)):
        cell = registry.lines.cells[registry.lines.starts[line]]
        yield Finding("adds up", f"the parts of {registry.catalogue.words(registry.ids[cell])} do not add up to it")
    if len(registry) > 1000 and (distance > rules.near).mean() > FAR_SHARE:
        yield Finding(
            "distance", f"more than {FAR_SHARE:.1%} of the numbers are farther than {rules.near} from the count"
        )


def nothing_pinned(registry: Registry, values: Ints, fixed: Fixed, rules: Rules) -> Iterator[Finding]:
    """Findings unless somebody who knows all numbers, the rules and the public figures is left with at least five
    possible values for every group (R11).

    What the public figures reveal on their own, without this release, is not the release's doing.
    """
    least, most = propagated(registry.lines, *fixed.beside(*bounds(values, rules)))
    given_away = fixed.most - fixed.least + 1 < rules.values
    for cell in np.flatnonzero((most - least + 1 < rules.values) & ~given_away):
        words = registry.catalogue.words(registry.ids[cell])
        because = ", beside figures that are public" if fixed.known.any() else ""
        yield Finding("bounds", f"the number of {words} can be worked out too closely{because}")


def public_figures_fit(registry: Registry, public: Mapping[CellId, int]) -> Iterator[Finding]:
    """Findings unless each public figure equals the release's own count of the same pupils on the same day."""
    for group, count in public.items():
        if count < 0 or (group in registry.number and registry.exact[registry.number[group]] != count):
            words = registry.catalogue.words(group)
            yield Finding("public figures", f"the public figure for {words} is for other pupils or another day")


def divided(tables: Iterable[Table]) -> Iterator[Finding]:
    """Findings for these tables, which divide public groups of a school and so leave too few values (R11)."""
    for table in tables:
        words = f"“{table.title}” divides groups of an establishment whose number is public and too small to be divided"
        yield Finding("public figures", words)


def figures_right(
    catalogue: Catalogue, tables: Iterable[PublishedTable], numbers: Mapping[CellId, int], rules: Rules
) -> Iterator[Finding]:
    """Findings unless every printed count is its group's one number, and every rate follows from printed counts."""
    for published in tables:
        table = published.table
        for row in published.rows:
            group = group_of(table, zip(table.dimensions, row.members, strict=True))
            base = catalogue.base(table, group) if table.rate else group
            counts = (numbers.get(group), numbers.get(base), numbers.get(group | {(table.rate, "Y")}))
            for name, figure in row.figures.items():
                if not _right(name, figure, counts, rules):
                    yield Finding("one number", f"“{table.title}” has a wrong figure under {name.replace('_', ' ')}")


def _right(name: str, figure: object, counts: tuple[int | None, int | None, int | None], rules: Rules) -> bool:
    """Whether a figure follows from the published counts of its row: the group, the whole of its rate, and the part."""
    group, base, part = counts
    if name.endswith("_percent"):
        return figure == percent(part, base, rules)
    if name.endswith("_step"):
        return figure == step_shown(base, rules)
    if name.endswith("_mean"):
        step = step_shown(base, rules)
        if isinstance(step, Symbol) or not isinstance(figure, Decimal):
            return figure in (step, Symbol.TOO_FEW)
        return figure % step == 0
    number = base if name.endswith("_base_pupils") else part if name.endswith("_pupils") else group
    return figure == shown(number)
