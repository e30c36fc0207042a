"""R11, R12: row-level security too keeps the whole number that a protected one stands for, from its instant on."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.door.deeper import Question
from sharing.measures import preparing
from sharing.measures.protected import Asked, protected_figures
from sharing.measures.shares import SHARES
from sharing.measures.withheld import covered_years
from sharing.models import Establishment, Figure, Release, StatisticsCell
from sharing.records.statistics import ProtectedOrigin
from tests import figures
from tests.factories import establishment
from tests.locks.switches import run_as_owner, savepoint
from tests.people import as_batch, asker
from tests.statistics_store import planted
from tests.threads import at_once

BECKSIDE, MILLBECK, YEAR = 999002, 999003, 2025
HEAD, GOVERNOR, STRANGER = "head-beckside", "governor-beckside", "head-millbeck"
KEYS = (
    "", "fsm=Y", "eal=O", "sen=K", "sen=E", "persistently_absent=M", "persistently_absent=Y", "year=R",
    "attained=Y|year=R", "year=1", "attained=Y|year=1", "year=6", "attained=Y|year=6",
)  # fmt: skip


def whole(year: int = YEAR, dataset: str = "", *, are_out: bool = True) -> None:
    """A whole number of each measure of which there are protected ones, of all pupils and of girls."""
    for one in (dataset,) if dataset else ("roll", "attendance", "eyfsp", "phonics", "ks2_counts"):
        codes = [code for code in SHARES if code.startswith(one)]
        release = figures.release(one, year, {(BECKSIDE, code): 73 for code in codes})
        girls = [figures.figure(BECKSIDE, code, {"value": 73, "group": "sex:F"}) for code in codes]
        figures.put(release, girls)
        if are_out:
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))


def cells(place: Establishment, release: Release) -> list[StatisticsCell]:
    keys = ["|".join(sorted([*filter(None, key.split("|")), f"place=urn:{BECKSIDE}"])) for key in KEYS]
    kept = [(key, "pupils", 60) for key in keys] + [(keys[0], "attendance_mean", 93)]
    return [
        StatisticsCell(release=release, key=key, indicator=indicator, establishment=place, value=value)
        for key, indicator, value in kept
    ]


def statistics(year: int = YEAR, *, at: datetime | None = None) -> Release:
    """Every protected number of the place, out since yesterday or at the instant."""
    release = planted.prepared(year)
    StatisticsCell.objects.bulk_create(cells(establishment(BECKSIDE), release))
    preparing.bring_out(release, by="Another officer", at=at or timezone.now() - timedelta(days=1))
    return release


def read_by(slug: str) -> set[str]:
    """The measures of which PostgreSQL shows the person a figure of the place, with every filter of ours forgotten."""
    with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        of_place = Figure.objects.filter(establishment__urn=BECKSIDE, measure__code__in=SHARES)
        return set(of_place.values_list("measure__code", flat=True))


def covered_for(slug: str) -> set[int]:
    """The years in which the person is told that a protected number stands for the whole one."""
    with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        return covered_years(establishment(BECKSIDE), "roll_pupils")


@pytest.mark.django_db
@pytest.mark.parametrize("comes_first", ["whole", "statistics"])
def test_from_the_instant_only_who_sees_the_pupils_reads_the_whole_number(comes_first: str) -> None:
    """Whichever was prepared first; also when a later version has no such cell, because the earlier one was read."""
    figures.without_the_demonstrations()
    with as_batch():
        if comes_first == "whole":
            whole()
        out = statistics(at=timezone.now() + timedelta(minutes=30))
        if comes_first == "statistics":
            whole()
    everything = set(SHARES)
    assert [read_by(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [everything] * 3
    assert [covered_for(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [set()] * 3
    with as_batch():
        Release.objects.filter(pk=out.pk).update(goes_out_at=timezone.now() - timedelta(hours=2))
    assert [read_by(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [everything, set(), set()]
    assert [covered_for(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [{YEAR}] * 3
    with as_batch():
        later = timezone.now() - timedelta(hours=1)
        preparing.bring_out(planted.prepared(YEAR), by="Another officer", at=later)
        figures.out("roll", YEAR, {(BECKSIDE, "roll_pupils"): 74})
    assert [read_by(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [everything, set(), set()]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["figures first", "figures last", "figures in between"])
def test_whole_numbers_are_covered_whichever_step_comes_first(order: str) -> None:
    """R11, R12: a release is looked through when it is checked, and no more when it is scheduled."""
    figures.without_the_demonstrations()
    with as_batch():
        if order == "figures first":
            whole()
        release = planted.prepared(YEAR)
        StatisticsCell.objects.bulk_create(cells(establishment(BECKSIDE), release))
        checked(release)
        if order == "figures in between":
            whole()
        scheduled(release)
        if order == "figures last":
            whole(are_out=False)
            for prepared in Release.objects.filter(state=Release.State.PREPARED):
                checked(prepared)
                scheduled(prepared)
    assert [read_by(slug) for slug in (HEAD, GOVERNOR, STRANGER)] == [set(SHARES), set(), set()]


def checked(release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(state=Release.State.CHECKED, checked_at=timezone.now())


def scheduled(release: Release) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    Release.objects.filter(pk=release.pk).update(state=Release.State.SCHEDULED, goes_out_at=yesterday)


@pytest.mark.django_db
def test_figures_of_another_year_stay_whole() -> None:
    """R11, R12."""
    figures.without_the_demonstrations()
    with as_batch():
        whole(YEAR - 1, "roll")
        statistics()
    assert read_by(STRANGER) == {code for code in SHARES if code.startswith("roll")}


@pytest.mark.django_db
def test_a_later_version_of_statistics_covers_beside_the_earlier_one() -> None:
    """R11, R22."""
    figures.without_the_demonstrations()
    with as_batch():
        whole()
        both = {statistics().pk, statistics().pk}
        assert {frozenset(by) for by in Figure.objects.values_list("covered_by", flat=True)} == {frozenset(both)}


@pytest.mark.django_db
def test_a_figure_of_few_children_has_its_protected_number_on_key_data_alone() -> None:
    """R12, docs/adr/0020: Deeper Data shows a figure of few children to nobody, nor the protected number of one."""
    figures.without_the_demonstrations()
    with as_batch():
        figures.out("roll", YEAR, {(BECKSIDE, "roll_fsm"): {"value": 4, "is_small": True}})
        statistics()
    for slug in (GOVERNOR, STRANGER):
        found = door.show_key_data(asker(slug), BECKSIDE)
        (own,) = [measure.years[0].own for measure in found.measures if measure.code == "roll_fsm"]
        assert isinstance(own.origin, ProtectedOrigin)
    for slug in (HEAD, GOVERNOR, STRANGER):
        deeper = door.show_deeper(asker(slug), BECKSIDE, Question(measure="roll_fsm", year=YEAR))
        assert {row.cells[0].text for row in deeper.rows} <= {"Not shown"}


@pytest.mark.django_db
def test_sql_covers_what_pages_have_a_protected_number_of() -> None:
    """R31: of each measure, with every cell there, and with one of them missing, impossible or low."""
    figures.without_the_demonstrations()
    with as_batch():
        whole()
        release = statistics()
        everything = cells(establishment(BECKSIDE), release)
    asked = {Asked(code, YEAR, f"urn:{BECKSIDE}"): code for code in SHARES}
    said: list[set[str]] = []
    for change in (None, *[(cell, what) for cell in everything for what in ("", "z", "low")]):
        with savepoint():
            run_as_owner(
                "ALTER TABLE sharing_statisticscell DISABLE TRIGGER USER",
                "ALTER TABLE sharing_figure DISABLE TRIGGER USER",
                "UPDATE sharing_figure SET covered_by = '{}'",
                *([_without(*change)] if change else []),
            )
            with as_batch():
                preparing.cover(release)
                covered = Figure.objects.knowing_if_covered().filter(is_covered=True)
                said.append(set(covered.values_list("measure__code", flat=True)))
                assert said[-1] == {asked[one] for one in protected_figures(asked)}, change
                assert covered.count() == 2 * len(said[-1])  # the girls too
    assert said[0] == set(SHARES)
    assert all(
        said[0] - missing and said[0] - impossible for missing, impossible in zip(said[1::3], said[2::3], strict=True)
    )
    assert all(said[0] == low for low in said[3::3])


def _without(cell: StatisticsCell, what: str) -> str:
    """The statement that deletes the cell, or makes a symbol of its number."""
    of = f"release_id = {cell.release_id} AND key = '{cell.key}' AND indicator = '{cell.indicator}'"
    if not what:
        return f"DELETE FROM sharing_statisticscell WHERE {of}"
    return f"UPDATE sharing_statisticscell SET value = NULL, symbol = '{what}' WHERE {of}"


@pytest.mark.django_db
def test_nothing_uncovers_a_figure_or_changes_it_with_its_cover() -> None:
    """R22: what is out never changes again, and a figure that is covered stays so, for imports as well."""
    figures.without_the_demonstrations()
    with as_batch():
        whole()
        statistics()
        for change in ({"covered_by": []}, {"covered_by": [1, 2, 3], "value": Decimal(1)}):
            with pytest.raises(Error, match=r"covered|only while"), transaction.atomic():
                Figure.objects.filter(establishment__urn=BECKSIDE).update(**change)


@pytest.mark.usefixtures("own_database")
def test_statistics_and_figures_of_a_year_at_once_leave_none_uncovered() -> None:
    """Whoever comes second sees what the first has stored, in real threads."""

    def both(year: int) -> tuple[object, ...]:
        def numbers() -> None:
            with as_batch():
                statistics(year)

        def counted() -> None:
            with as_batch():
                whole(year, "roll")

        return numbers, counted

    for year in range(1990, 1996):
        assert at_once(*both(year)) == [None, None]
        with as_batch():
            mine = Figure.objects.filter(establishment__urn=BECKSIDE, release__academic_year=year)
            assert mine.count() == 10
            assert not mine.filter(covered_by=[]).exists()
