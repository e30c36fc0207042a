"""Counts that everybody knows before a release is made: what the Department for Education has published of a school.

Its table of the January census says for each school how many pupils it has, and how many of them are what; the register
of schools (GIAS) repeats how many there are. Where that is our count of the same day, whoever reads our release has it
too, so the release is made and tried with it known (R11). Where it is not, it is of other pupils.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sharing.measures.counted import When
from sharing.models import Establishment, Figure, Release
from sharing.statistics.catalogue import urn_code
from sharing.statistics.dimensions import TOTAL, CellId, cell_id
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


def publicly_known(found: People, when: When) -> dict[CellId, int]:
    """Number of pupils, by group. None but of January, the day of the Department's census."""
    if not when.is_complete:
        return {}
    ours = _counted(found)
    told = [*_registered(found.establishments.values()), *_published(found.establishments.values(), when)]
    return {group: number for group, number in told if ours[group] == number}


def _registered(ids: Collection[int]) -> Iterator[tuple[CellId, int]]:
    """How many pupils the register says that there are."""
    for urn, pupils in Establishment.objects.filter(pk__in=ids).values_list("urn", "number_of_pupils"):
        if pupils is not None:
            yield _group(urn, PUPILS), pupils


def _published(ids: Collection[int], when: When) -> Iterator[tuple[CellId, int]]:
    """What the table of that year says."""
    figures = Figure.objects.of(Release.objects.current()).of_everybody().of_establishments(ids).published_elsewhere()
    rows = figures.filter(measure__code__in=KNOWN, release__academic_year=when.academic_year)
    for code, urn, value, numerator in rows.values_list("measure__code", "establishment__urn", "value", "numerator"):
        number = value if KNOWN[code] == PUPILS else numerator
        if number is not None:
            yield _group(urn, KNOWN[code]), int(number)


def _group(urn: int | str, member: tuple[str, str]) -> CellId:
    return cell_id([("place", urn_code(str(urn))), member])


def _counted(found: People) -> Counter[CellId]:
    return Counter(
        _group(pupil.school, (name, code))
        for pupil in found.population.pupils
        for name, code in KNOWN.values()
        if code in (TOTAL, getattr(pupil, name))
    )
