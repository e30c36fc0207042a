"""Figures, reports and protected statistics, out and to come, and who may read them (R3, R12, R16, R22)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from sharing.models import (
    Establishment,
    StatisticsCell,
    StatisticsDimension,
    StatisticsRequest,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
)
from sharing.models.releases import Figure, Release
from sharing.models.reports import Report
from tests import figures
from tests.locks.attempts import Attempt
from tests.locks.switches import rows
from tests.people import EDUNET, as_batch, person
from tests.statistics_store import planted

HEAD, TEACHER, GOVERNOR = "head-beckside", "teacher-beckside", "governor-beckside"
NARROWED = "assistant-beckside"


@dataclass(frozen=True)
class MayRead:
    """Which figures a person may read, worked out from the cast in a few plain lines (R3, R12, R16, R22)."""

    establishments: Q
    areas: Q
    small: Q
    runs: bool


TAKE_PART, EXCLUDED_ITSELF = Q(establishment__urn__in=[999002, 999003]), Q(establishment__urn=999004)
NOTHING = Q(pk__in=[])


def may_read(slug: str, through: str, pupils: set[int]) -> MayRead:
    places = {HEAD: TAKE_PART, TEACHER: TAKE_PART, NARROWED: TAKE_PART, GOVERNOR: TAKE_PART}
    mine = places.get(slug, EXCLUDED_ITSELF if slug == "head-larkroyd" else NOTHING)
    areas = ~NOTHING if slug in places else Q(area="england") if slug == "head-larkroyd" else NOTHING
    if through == EDUNET:
        mine, areas = TAKE_PART | EXCLUDED_ITSELF, ~NOTHING
    small = Q(establishment__in=[] if slug == NARROWED else pupils)
    return MayRead(mine, areas, small, runs=(slug, through) == ("officer-data", EDUNET))


OUT_YEAR, COMING_YEAR = 1999, 1998


def statistics_holes(
    slug: str, through: str, read: MayRead, coming: set[int]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """Attempts on protected statistics that nobody, or not this person, may read or write (R10, R16, R22)."""
    planted = StatisticsCell.objects.filter(release__academic_year__in=(OUT_YEAR, COMING_YEAR))
    shares = through == EDUNET or slug in (HEAD, TEACHER, NARROWED, GOVERNOR)
    asked = (
        "INSERT INTO sharing_statisticsrequest "
        "(academic_year, because, coarsen, state, asked_at, asked_by, asked_by_id) "
        f"VALUES ({COMING_YEAR}, '', false, 'waiting', now(), 'x', %s)"  # RETURNING would need the right to read it
    )
    yield "statistics that are not out", StatisticsCell.objects.filter(release__in=coming).exists
    yield "dimensions that are not out", StatisticsDimension.objects.filter(release__in=coming).exists
    yield "tables that are not out", StatisticsTable.objects.filter(release__in=coming).exists
    yield "rules that are not out", StatisticsRules.objects.filter(release__in=coming).exists
    belongs = shares or slug == "head-larkroyd"  # the excluded have tables with their own numbers
    for what in (StatisticsDimension, StatisticsTable, StatisticsRules):
        out = what.objects.filter(release__academic_year=OUT_YEAR)
        yield f"{what.__name__} for somebody of no establishment", lambda out=out: not belongs and out.exists()
    yield "foreign statistics", planted.exclude(establishment=None).exclude(read.establishments).exists
    yield "open statistics", lambda: not shares and planted.filter(establishment=None).exists()
    yield "verdicts", lambda: not read.runs and StatisticsVerdict.objects.exists()
    yield "requests for statistics", lambda: not read.runs and StatisticsRequest.objects.exists()
    yield "statistics asked for", lambda: not read.runs and rows(asked, person(slug).pk) == []
    yield "statistics written", lambda: StatisticsCell.objects.update(step=1)


def holes_in_figures(
    slug: str,
    through: str,
    pupils: set[int],
    coming: set[int],
    counted_here: set[int],
    attempt: Attempt,
) -> None:
    """Attempt to reach figures, reports and statistics that row-level security alone must not let through."""
    read = may_read(slug, through, pupils)
    attempt("figures that are not out", Figure.objects.filter(release__in=coming).exists)
    planted = Figure.objects.filter(release__academic_year__in=(OUT_YEAR, COMING_YEAR))
    attempt("foreign figures", planted.exclude(establishment=None).exclude(read.establishments).exists)
    attempt("figures of areas", planted.filter(establishment=None).exclude(read.areas).exists)
    attempt("small figures", planted.filter(is_small=True).exclude(read.small).exists)
    covered = planted.filter(measure__code="roll_pupils", establishment__isnull=False)
    attempt("figures that are covered", covered.exclude(read.small).exists)
    counted = planted.filter(release__dataset__is_published_elsewhere=False)
    to_subtract_from = counted.filter(Q(establishment=None) | Q(establishment__urn=999002))
    attempt("something to subtract from", lambda of=to_subtract_from, who=slug: who == NARROWED and of.exists())
    of_counted = Report.objects.filter(releases__overlap=list(counted_here))
    attempt("reports to subtract from", lambda of=of_counted, who=slug: who == NARROWED and of.exists())
    attempt("foreign reports", Report.objects.exclude(read.establishments).exists)
    attempt("full reports", Report.objects.filter(kind="full").exclude(read.small).exists)
    attempt("reports of what is to come", Report.objects.filter(releases__overlap=list(coming)).exists)
    attempt("reports of what is not shared", Report.objects.filter(EXCLUDED_ITSELF, shares=True).exists)
    attempt("reports written", lambda: Report.objects.update(state="made"))
    attempt(
        "reports put in",
        lambda: rows(
            "INSERT INTO sharing_report (establishment_id, kind, fingerprint, shares, releases, state, sealed, "
            "asked_at) SELECT id, 'governors', 'x', false, '{}', 'made', 'x', now() "
            "FROM sharing_establishment WHERE urn = 999002 RETURNING 1"
        ),
    )
    attempt("releases to come", lambda: not read.runs and Release.objects.filter(pk__in=coming).exists())
    attempt("figures written", lambda: Figure.objects.filter(area="authority").update(value=1))
    attempt("releases written", lambda: Release.objects.filter(pk__in=coming).update(status="provisional"))
    attempt(
        "inside of a release",
        lambda: not read.runs and rows("SELECT portal_release_contents(%s)", min(coming, default=0)),
    )
    for name, ask in statistics_holes(slug, through, read, coming):
        attempt(name, ask)


def plant_figures() -> None:
    """Figures that are out and figures to come, for four establishments and two areas, including small ones."""
    places = (999002, 999003, 999004, 999014)
    small = {"value": 5, "is_small": True}
    with as_batch():
        figures.out(
            "ks2", OUT_YEAR, {(urn, "ks2_rwm_expected"): 61 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        )
        of_our_own = {(urn, "attendance_absence"): small for urn in places} | {("authority", "attendance_absence"): 5}
        of_our_own |= {(999002, "attendance_persistent"): 20}
        counted = figures.out("attendance", OUT_YEAR, of_our_own).pk
        figures.out("roll", OUT_YEAR, {(urn, "roll_pupils"): 97 for urn in places})
        coming = {(urn, "ks2_rwm_expected"): 62 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        figures.out("ks2", COMING_YEAR, coming, at=timezone.now() + timedelta(minutes=30))
        figures.release("ks2", COMING_YEAR, coming)
        to_come = list(Release.objects.filter(academic_year=COMING_YEAR).values_list("pk", flat=True))
        for place in Establishment.objects.filter(urn__in=places):
            for kind in ("governors", "full"):
                for releases, shares in (([], False), ([], True), (to_come, False), ([counted], False)):
                    Report.objects.create(
                        establishment=place, kind=kind, fingerprint=f"{releases} {shares}", shares=shares,
                        releases=releases, state="made", sealed=b"x",
                    )  # fmt: skip
        planted.out(OUT_YEAR, places)
        planted.out(COMING_YEAR, places, at=timezone.now() + timedelta(minutes=30))
        StatisticsRequest.objects.create(academic_year=OUT_YEAR, asked_by="Test", asked_by_id=0)
