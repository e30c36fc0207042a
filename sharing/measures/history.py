"""Figures of an establishment from before it had its URN: it is the same establishment (R3, R31, A2; docs/adr/0041)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sharing.measures.records import FigureRecord
from sharing.models import Establishment
from sharing.records.figures import EarlierUrn
from sharing.statements import rows_of

_HISTORY = "SELECT earlier, release, place, steps FROM portal_history(%s)"
_URNS = """
    SELECT DISTINCT place.urn, release.academic_year, told.steps, before.urn
    FROM portal_history(ARRAY(SELECT id FROM sharing_establishment WHERE urn = ANY (%s))) AS told
    JOIN sharing_establishment AS place ON place.id = told.place
    JOIN sharing_establishment AS before ON before.id = told.earlier
    JOIN sharing_release AS release ON release.id = told.release
    ORDER BY told.steps
"""
_BEFORE = """
    SELECT urn, name, close_date FROM portal_earlier(ARRAY[%s::bigint]) AS chain
    JOIN sharing_establishment AS before ON before.id = chain.id ORDER BY steps
"""


@dataclass(frozen=True)
class History:
    """Which releases earlier URNs speak for.

    `told`: (earlier URN, release) -> (the establishment of today, how many URNs ago), by id.
    """

    told: Mapping[tuple[int, int], tuple[int, int]]

    @classmethod
    def of(cls, places: Collection[int]) -> "History":
        """The history of these establishments, by id. One query."""
        told = rows_of(_HISTORY, list(places))
        return cls(
            {(earlier, release): (place, steps) for earlier, release, place, steps in told if earlier not in places}
        )

    def with_earlier(self, places: Collection[int]) -> set[int]:
        """These establishments and their earlier URNs, by id."""
        return {*places, *(earlier for (earlier, _), (place, _) in self.told.items() if place in places)}

    def as_of_today(self, figures: Iterable[FigureRecord]) -> tuple[FigureRecord, ...]:
        """The figures, with those of an earlier URN assigned to the establishment of today; each keeps the `urn` it was
        published under. They stay in their order, but those of earlier URNs come first.

        For each measure of a release, the latest URN that has a figure of it counts. If only those who see the pupils
        may read that figure, the latest figure that everybody may read is kept too. So what is kept does not depend on
        the asker, who may be unable to read the former and not know that it exists.
        """
        earlier = {urn for urn, _ in self.told}
        said = []
        for figure in figures:
            of, release = figure.establishment_id, figure.release_id
            if of is None or of not in earlier:
                said.append((figure, 0))
            elif (of, release) in self.told:
                place, steps = self.told[of, release]
                said.append((replace(figure, establishment_id=place), steps))
        said.sort(key=lambda pair: -pair[1])
        latest = {_of_what(figure): steps for figure, steps in said}
        latest_told = {_of_what(figure): steps for figure, steps in said if figure.is_told_to_everybody}
        return tuple(
            figure
            for figure, steps in said
            if steps == (latest_told if figure.is_told_to_everybody else latest)[_of_what(figure)]
        )


def _of_what(figure: FigureRecord) -> tuple[int | None, int, str]:
    return figure.establishment_id, figure.release_id, figure.measure


def earlier_urns(urns: Collection[int]) -> dict[tuple[int, int], tuple[int, ...]]:
    """(URN of today, academic year) -> the URNs that may speak for that year instead, latest first. One query."""
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for urn, year, _, earlier in rows_of(_URNS, list(urns)):
        found[urn, year] = (*found.get((urn, year), ()), earlier)
    return found


def urns_before(place: Establishment) -> tuple[EarlierUrn, ...]:
    """The establishment's earlier URNs, latest first. One query."""
    return tuple(EarlierUrn(urn, name, until) for urn, name, until in rows_of(_BEFORE, place.pk))


def urns_behind(place: Establishment, urns: Collection[int | None]) -> tuple[EarlierUrn, ...]:
    """The establishment's earlier URNs that are among these, latest first. One query, or none."""
    return tuple(one for one in urns_before(place) if one.urn in urns) if any(urns) else ()
