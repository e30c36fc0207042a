"""Counts that everybody knows before a release is made: what the Department for Education has published about a school.

Its table of the January census says how many pupils each school has, and how many of them in various groups; the
register of schools (GIAS) repeats how many there are. If that equals our count for the same day, every reader of our
release has it too, so the release is made and tested with it known (R11). If it differs, it is about other pupils.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sharing.measures.counted import When
from sharing.models import Establishment, Figure, Release
from sharing.statistics.catalogue import urn_code
from sharing.statistics.dimensions import TOTAL, CellId, cell_id
from sharing.statistics.records import Release as Built
from sharing.statistics_store.people import People

PUPILS: Final = ("sex", TOTAL)
KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "census_pupils": PUPILS,
    "census_girls": ("sex", "F"),
    "census_fsm": ("fsm", "Y"),
    "census_eal": ("eal", "O"),
    "census_sen_support": ("sen", "K"),
    "census_ehc_plan": ("sen", "E"),
}
"""Of each measure of the table the group whose number it gives: itself, or the numerator of its share."""


def publicly_known(found: People, when: When, before: Built | None = None) -> dict[CellId, int]:
    """The publicly known number of pupils, by group. Only for January, the day of the Department's census.

    What was known of that day when the release before was made stays known: the register says another number later.
    What followed from it does not, because it follows again from what still holds.
    """
    if not when.is_complete:
        return {}
    ours = _counted(found)
    told = [*_registered(found.establishments.values()), *_published(found.establishments.values(), when)]
    if before and before.as_of == when.counted_on:
        told += before.public.items()
    return {group: number for group, number in told if ours.get(group) == number}


def _registered(ids: Collection[int]) -> Iterator[tuple[CellId, int]]:
    """The number of pupils of each establishment in the register."""
    for urn, pupils in Establishment.objects.filter(pk__in=ids).values_list("urn", "number_of_pupils"):
        if pupils is not None:
            yield _group(urn, PUPILS), pupils


def _published(ids: Collection[int], when: When) -> Iterator[tuple[CellId, int]]:
    """The numbers in that year's table, in any version that came out: what was read stays known."""
    figures = Figure.objects.of(Release.objects.came_out()).of_everybody().of_establishments(ids).published_elsewhere()
    rows = figures.filter(measure__code__in=KNOWN, release__academic_year=when.academic_year)
    for code, urn, value, numerator in rows.values_list("measure__code", "establishment__urn", "value", "numerator"):
        number = value if KNOWN[code] == PUPILS else numerator
        if number is not None:
            yield _group(urn, KNOWN[code]), int(number)


def _group(urn: int | str, member: tuple[str, str]) -> CellId:
    return cell_id([("place", urn_code(str(urn))), member])


def _counted(found: People) -> Mapping[CellId, int]:
    """Our own numbers, 0 too, of the groups that somebody publishes."""
    none = {_group(urn, member): 0 for urn in found.establishments for member in KNOWN.values()}
    there = Counter(
        _group(pupil.school, (name, code))
        for pupil in found.population.pupils
        for name, code in KNOWN.values()
        if code in (TOTAL, getattr(pupil, name))
    )
    return {**none, **there}
