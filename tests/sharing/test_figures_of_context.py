"""Any figures and any cells, against a plain reading of which of them is a place's context (R12, R29, R31)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.context import BANDS, FSM, figure_of
from sharing.models import Dataset, Establishment, Figure, Measure, Release, StatisticsCell, StatisticsRules
from sharing.statistics.rates import percent
from sharing.statistics.rules import Rules
from sharing.statistics.symbols import Symbol
from tests import figures
from tests.people import as_batch, as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
URNS = (999002, 999003, 999009)
"""Each goes on as the next."""
YEARS = (2021, 2022)
ROLL, CENSUS = FSM
STREAMS = ("roll", "census", "open-statistics")
OUT, COMING, STOPPED = "out", "coming", "stopped"
RULES = Rules(base=5, rate_from=50)
TABLES = ("sharing_release", "sharing_figure", "sharing_statisticscell", "sharing_statisticsrules")


@dataclass(frozen=True)
class Exact:
    value: int | None
    is_small: bool
    is_covered: bool


@dataclass(frozen=True)
class World:
    """By establishment, year and measure, or by stream and year. `older`: what an earlier version of the roll said."""

    exact: dict[tuple[int, int, str], Exact | None]
    whole: dict[tuple[int, int], int | str | None]
    part: dict[tuple[int, int], int | str | None]
    now: dict[tuple[str, int], str]
    older: Exact

    def told(self, urn: int) -> Decimal | None:
        """Of the URN, and before it has any, of the newest that it had before and that has one."""
        chain = reversed(URNS[: URNS.index(urn) + 1])
        return next((value for one in chain if (value := self._own(one)) is not None), None)

    def _own(self, urn: int) -> Decimal | None:
        known = max((year for year in YEARS if self._is_known(urn, year)), default=0)
        share = self._share(urn, known) if known else None
        for code in FSM:
            newest = [one for year in YEARS if (one := self._exact(urn, year, code)) and (code != ROLL or year > known)]
            if newest and newest[-1].value is not None:
                return Decimal(newest[-1].value).quantize(Decimal("0.0001"))
            if code == ROLL and isinstance(share, int):
                return Decimal(share)
        bands = {symbol: number for number, symbol in BANDS.items()}
        return bands.get(share) if isinstance(share, Symbol) else None

    def _is_known(self, urn: int, year: int) -> bool:
        return self.now["open-statistics", year] == OUT and self.whole[urn, year] is not None

    def _exact(self, urn: int, year: int, code: str) -> Exact | None:
        """What everybody is told of the newest version that is out."""
        found = self.exact[urn, year, code]
        if self.now["roll" if code == ROLL else "census", year] != OUT:
            found = self.older if code == ROLL else None
        # What was out stays known, also once it is stopped.
        hidden = found and (found.is_small or (found.is_covered and self.now["open-statistics", year] != COMING))
        return None if hidden else found

    def _share(self, urn: int, year: int) -> int | Symbol | None:
        whole, part = self.whole[urn, year], self.part[urn, year]
        if part is None or "z" in (whole, part):
            return None
        return percent(part if isinstance(part, int) else 0, whole if isinstance(whole, int) else 0, RULES)


_rarely = st.sampled_from([False, False, False, False, True])
_exact = st.builds(Exact, st.sampled_from([None, 0, 7, 26, 33, 100]), _rarely, _rarely)


def _each(keys: list, one: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(dict.fromkeys(keys, one))


PLACES = [(urn, year) for urn in URNS for year in YEARS]
worlds = st.builds(
    World,
    exact=_each([(*place, code) for place in PLACES for code in FSM], st.none() | _exact),
    whole=_each(PLACES, st.sampled_from([None, None, "z", "x", 20, 50, 200])),
    part=_each(PLACES, st.sampled_from([None, "z", "low", 0, 1, 19, 20, 33, 50, 199, 200])),
    now=_each(
        [(stream, year) for stream in STREAMS for year in YEARS], st.sampled_from([OUT, OUT, OUT, OUT, COMING, STOPPED])
    ),
    older=_exact,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_the_figure_is_what_a_plain_reading_finds(world: World) -> None:
    with transaction.atomic():
        with as_owner():
            _store(world)
        with as_batch():
            places = Establishment.objects.filter(urn__in=URNS).annotate(fsm=figure_of(*FSM))
            found = dict(places.values_list("urn", "fsm"))
        transaction.set_rollback(True)
    # A share has no decimals: by that it is known from a figure.
    assert {urn: str(value) for urn, value in found.items()} == {urn: str(world.told(urn)) for urn in URNS}


def _store(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    ids = dict(Establishment.objects.filter(urn__in=URNS).values_list("urn", "pk"))
    for earlier, later in pairwise(URNS):
        Establishment.objects.filter(urn=earlier).update(goes_on_as=ids[later])
    measures = {measure.code: measure for measure in Measure.objects.filter(code__in=FSM)}
    for year in YEARS:
        streams = {stream: _release(stream, year, 2, world.now[stream, year]) for stream in STREAMS}
        StatisticsRules.objects.create(
            release=streams["open-statistics"], base=RULES.base, rate_from=RULES.rate_from, lost={}
        )
        earlier = _release("roll", year, 1, OUT)
        for urn in URNS:
            of_codes = ((streams["roll"], ROLL), (streams["census"], CENSUS))
            rows = [(release, code, world.exact[urn, year, code]) for release, code in of_codes]
            Figure.objects.bulk_create(
                Figure(
                    release=release,
                    measure=measures[code],
                    establishment_id=ids[urn],
                    value=exact.value,
                    symbol="c" if exact.value is None else "",
                    is_small=exact.is_small,
                    covered_by=[streams["open-statistics"].pk] if exact.is_covered else [],
                )
                for release, code, exact in (*rows, (earlier, ROLL, world.older))
                if exact
            )
            Figure.objects.create(
                release=streams["roll"], measure=measures[ROLL], establishment_id=ids[urn], group="sex:F", value=77
            )
            key = f"place=urn:{urn}"
            StatisticsCell.objects.bulk_create(
                StatisticsCell(
                    release=streams["open-statistics"],
                    establishment_id=ids[urn],
                    key=key,
                    indicator="pupils",
                    **({"symbol": cell} if isinstance(cell, str) else {"value": cell}),
                )
                for key, cell in ((key, world.whole[urn, year]), (f"fsm=Y|{key}", world.part[urn, year]))
                if cell is not None
            )


def _release(stream: str, year: int, version: int, now: str) -> Release:
    return Release.objects.create(
        dataset=Dataset.objects.get(slug=stream),
        academic_year=year,
        version=version,
        status=Release.Status.VALIDATED,
        state=Release.State.STOPPED if now == STOPPED else Release.State.SCHEDULED,
        goes_out_at=timezone.now() + timedelta(days=1 if now == COMING else -1),
        checked_at=timezone.now(),
        as_of=timezone.localdate(),
    )


def test_an_outcome_is_no_context() -> None:
    """R29: PostgreSQL keeps it out by itself, too."""
    with as_batch():
        figures.out("ks2", 2024, {(URNS[0], "ks2_rwm_expected"): 40})
        figures.out("deprivation", 2024, {(URNS[0], "imd_score"): 20})
    with as_batch(), connection.cursor() as cursor:
        told = []
        for code in ("ks2_rwm_expected", "imd_score"):
            cursor.execute("SELECT sharing_figures_of_context(ARRAY[%s], ARRAY[NULL])::text", [code])
            told += cursor.fetchone()
    place = Establishment.objects.get(urn=URNS[0])
    assert told == ["{}", f'{{"{place.pk}": 20.0000}}']
