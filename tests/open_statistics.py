"""A small release of open statistics for tests: invented pupils at the establishments of the demonstration.

It comes from the engine, so that its numbers are like those of a real one, and is stored like a publication. Call as
portal_batch (`as_batch()`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

from django.utils import timezone

from sharing.demo.places import BECKSIDE, RAVENSGILL
from sharing.measures import preparing
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.models import (
    Dataset,
    Establishment,
    Release,
    StatisticsCell,
    StatisticsDimension,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
)
from sharing.statistics import files
from sharing.statistics.catalogue import group_of, standard
from sharing.statistics.population import PRIMARY, Population, Pupil, School
from sharing.statistics.records import Release as Built
from sharing.statistics.release import build
from sharing.statistics.stored import key_of, where_kept
from sharing.statistics.symbols import Symbol

YEAR = 2025
PLACES = (("north", "Bradford North"), ("south", "Bradford South"))
URNS = (BECKSIDE, RAVENSGILL, 999004, 999005, 999006, 999007)
TABLES = {
    "pupils_place_phase_year", "pupils_place_sex_fsm_sen", "absence_phase_fsm", "absence_phase_fsm_rates", "year_6_sen",
    "year_6_sen_rates", "establishments_year", "establishments_fsm", "establishments_year_6",
    "establishments_year_6_rates", "establishments_absence", "establishments_absence_rates",
}  # fmt: skip
SEN = ("N", "N", "K", "N", "N", "N", "E")


def built(year: int = YEAR, version: int = 1) -> Built:
    """Six primary schools of about 200 pupils, with small groups and large ones. Rounded once in a run of tests."""
    return _built(year, version)


@cache
def _built(year: int, version: int) -> Built:
    schools = tuple(
        School(str(urn), f"School {urn}", PLACES[place % 2][0], tuple("R123456")) for place, urn in enumerate(URNS)
    )
    pupils = tuple(_pupils(schools, version))
    catalogue = standard(PLACES, schools)
    catalogue = replace(catalogue, tables=tuple(table for table in catalogue.tables if table.name in TABLES))
    population = Population(year, date(year + 1, 1, 15), PLACES, schools, pupils)
    return build(population, catalogue=catalogue, coarsen=True, version=version)


def _pupils(schools: tuple[School, ...], version: int) -> Iterator[Pupil]:
    for place, (school, year) in enumerate(product(schools, "R123456")):
        for number in range(24 + place % 9 + version):
            has_attendance = year != "R"
            yield Pupil(
                school=school.urn,
                phase=PRIMARY,
                year=year,
                sex="FM"[number % 2],
                fsm="Y" if (number * 7 + place) % 10 < 3 else "N",
                sen=SEN[(number + place) % len(SEN)],
                eal="O" if number % 3 else "E",
                ethnicity="APKN" if number % 3 else "WBRI",
                attained=("Y" if (number + place) % 5 < 3 else "N") if year in "R16" else "",
                persistently_absent=("Y" if number % 6 == 0 else "N") if has_attendance else "U",
                attendance=(88.5 if number % 6 == 0 else 95.25) if has_attendance else None,
            )


def prepared(year: int = YEAR, *, passed: bool = True) -> Release:
    """The release, still to be checked. A second one for the same year is its next version."""
    Dataset.objects.get_or_create(
        slug=OPEN_STATISTICS,
        defaults={"name": "Open statistics", "owner": "Data team", "source": "Pupil records", "description": "Counts."},
    )
    status, day = Release.Status.PROVISIONAL, date(year + 1, 1, 15)
    release = preparing.prepare(
        OPEN_STATISTICS, year, status=status, as_of=day, by="The office", because="A correction"
    )
    made = built(year, release.version)
    said = files.description(made)
    StatisticsDimension.objects.bulk_create(
        StatisticsDimension(release=release, name=name, label=told["label"], members=told["members"], place=place)
        for place, (name, told) in enumerate(said["dimensions"].items())
    )
    StatisticsTable.objects.bulk_create(
        StatisticsTable(release=release, place=place, **table) for place, table in enumerate(said["tables"])
    )
    rules = made.rules
    StatisticsRules.objects.create(
        release=release, base=rules.base, rate_from=rules.rate_from, held=[], public=[], lost={}
    )
    StatisticsCell.objects.bulk_create(_cells(release, made), batch_size=5000)
    StatisticsVerdict.objects.create(release=release, passed=passed, findings=[], loss={}, seconds=0)
    return release


def out(year: int = YEAR, *, at: datetime | None = None) -> Release:
    """The release, out since a day ago, or since `at`."""
    release = prepared(year)
    preparing.bring_out(release, by="Another officer", at=at or timezone.now() - timedelta(days=1))
    return release


def _cells(release: Release, made: Built) -> list[StatisticsCell]:
    places = {f"urn:{urn}": pk for urn, pk in Establishment.objects.filter(urn__in=URNS).values_list("urn", "pk")}
    found: dict[tuple[str, str], StatisticsCell] = {}
    for table in made.tables:
        for row in table.rows:
            group = group_of(table.table, zip(table.table.dimensions, row.members, strict=True))
            for name, figure in row.figures.items():
                if where := where_kept(made.catalogue, table.table, group, name):
                    key, indicator = key_of(where[0]), where[1]
                    step: Any = row.figures.get("attendance_step") if name == "attendance_mean" else None
                    is_symbol = isinstance(figure, Symbol)
                    found[key, indicator] = StatisticsCell(
                        release=release,
                        establishment_id=places.get(dict(where[0]).get("place", "")),
                        key=key,
                        indicator=indicator,
                        value=None if is_symbol else figure,
                        symbol=figure if is_symbol else "",
                        step=None if isinstance(step, Symbol) else step,
                    )
    return list(found.values())
