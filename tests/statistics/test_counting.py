"""R10, R11: the exact counts, which everything else follows from, are what plain counting finds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sharing.statistics.counting import Counter
from sharing.statistics.dimensions import CellId
from sharing.statistics.population import Pupil
from sharing.statistics.registry import ids_in_order
from tests.statistics import small

PLACE = {school.urn: school.place for school in small.SCHOOLS}
SHAPES = st.lists(st.sampled_from(small.NAMES), min_size=1, max_size=3, unique=True)
LIMITS = st.dictionaries(st.sampled_from(("year", "sex", "fsm")), st.sampled_from("1FY"), max_size=2)


def is_in(pupil: Pupil, group: CellId, shape: Sequence[str]) -> bool:
    """Plainly: whoever has a code in each dimension of the table, and every code of the group."""
    codes = {name: getattr(pupil, name) for name in small.NAMES if name != "place"}
    above = {
        "place": {PLACE[pupil.school], f"urn:{pupil.school}"},
        **{name: {code, "S"} if code in ("K", "E") else {code} for name, code in codes.items()},
    }
    return all(codes.get(name, "x") for name in shape) and all(code in above[name] for name, code in group)


@given(st.lists(small.pupils, min_size=1, max_size=40), SHAPES, LIMITS, st.integers(0, 40))
def test_each_group_is_counted_as_by_hand(
    pupils: list[Pupil], shape: list[str], where: dict[str, str], unknown: int
) -> None:
    """Its pupils, the most of one school and its schools; some pupils lack an outcome and are in no group of it."""
    own = {"year": "1", "sex": "F", "fsm": "Y"}
    where = {name: own[name] for name in where if name not in shape}
    pupils = [replace(one, sen="") if at < unknown and "sen" in shape else one for at, one in enumerate(pupils)]
    table = small.table(*shape, where=where)
    tables = small.catalogue(table)
    counted = Counter(tables, small.population(pupils)).count(table)
    for at, group in enumerate(ids_in_order(tables, table)):
        there = [pupil.school for pupil in pupils if is_in(pupil, group, shape)]
        by_school = np.unique(there, return_counts=True)[1]
        found = tuple(int(part.ravel()[at]) for part in (counted.pupils, counted.largest, counted.schools))
        assert found == (len(there), max(by_school, default=0), len(by_school)), sorted(group)
