"""What a school learns by subtracting its own pupils, whom it knows, from the published numbers (R12)."""

from collections.abc import Iterator

import numpy as np

from sharing.statistics.bounds import bounds, propagated
from sharing.statistics.catalogue import Catalogue
from sharing.statistics.counting import Counter, Ints
from sharing.statistics.fixed import Fixed
from sharing.statistics.gate import Finding
from sharing.statistics.registry import Registry, ids_in_order
from sharing.statistics.rules import Rules


def own_counts(catalogue: Catalogue, counter: Counter, registry: Registry) -> Ints:
    """The number of pupils of each school in each cell: an array of schools by cells."""
    own = np.zeros((len(counter.schools), len(registry)), dtype=np.int64)
    for table in catalogue.tables:
        if table.rate:
            continue
        cells = [registry.number.get(group, -1) for group in ids_in_order(catalogue, table)]
        kept = np.array(cells) >= 0
        counted = counter.by_school(table).reshape(len(own), -1)
        own[:, np.array(cells)[kept]] = counted[:, kept]
    return own


def taken_away(registry: Registry, values: Ints, own: Ints, fixed: Fixed, rules: Rules) -> Iterator[tuple[int, int]]:
    """(school, cell) pairs where all numbers, the lines and its own pupils leave the school one possible remainder.

    Every school knows what is public: next to that, a remainder in which there are certainly some pupils keeps five
    values. What public figures and its own pupils would tell it anyway is not the release's doing.
    """
    least, most = fixed.beside(*bounds(values, rules))
    open_cells = ~registry.names_a_school
    for school, mine in enumerate(own):
        low, high = propagated(registry.lines, np.maximum(least - mine, 0), most - mine)
        close = ((high <= low) & (mine > 0)) | ((low > 0) & (high - low + 1 < rules.values))
        found = close & open_cells & ~fixed.known
        if found.any() and fixed.known.any():
            outside = propagated(registry.lines, np.maximum(fixed.least - mine, 0), fixed.most - mine)
            found &= high - low < np.minimum(rules.values - 1, outside[1] - outside[0])
        for cell in np.flatnonzero(found):
            yield school, int(cell)


def nothing_left(registry: Registry, values: Ints, own: Ints, fixed: Fixed, rules: Rules) -> Iterator[Finding]:
    """A finding for each group in which a school could work out exactly how many others there are (R12)."""
    for cell in sorted({cell for _, cell in taken_away(registry, values, own, fixed, rules)}):
        words = registry.catalogue.words(registry.ids[cell])
        yield Finding("own school", f"one school could work out how many others are in {words}")
