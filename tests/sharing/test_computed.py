"""Measures counted from the pupil store, against the same counted child by child in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from sharing.door import stop_release
from sharing.imports.gias import SOURCE
from sharing.measures import catalogue, preparing
from sharing.measures.computed import MEASURES, days_of, prepare
from sharing.measures.preparing import CannotPrepare
from sharing.models import Attendance, Establishment, LedgerEntry, LocalityMembership, Participation, Result
from sharing.models.releases import Figure, Release
from sharing.school_year import academic_year
from tests import figures
from tests.people import EDUNET, as_batch, as_owner, asker
from tests.sharing import conversions, plain_measures, plain_withheld

pytestmark = pytest.mark.django_db
LAST_YEAR = academic_year(timezone.localdate()) - 1
DATASETS = list(MEASURES)


def codes_of(dataset: str) -> list[str]:
    return [measure.code for measure in MEASURES[dataset]]


def expected(dataset: str, year: int, today: date) -> dict:
    return plain_measures.figures(codes_of(dataset), year, days_of(dataset, year, today).counted_on, today)


def counted(dataset: str, today: date, year: int = LAST_YEAR) -> Release:
    """What is counted today: a new version, or the newest one if it says the same."""
    return prepare(dataset, year, today) or Release.objects.filter(dataset__slug=dataset, academic_year=year).latest(
        "version"
    )


def test_every_measure_that_is_counted_is_in_the_catalogue_under_its_dataset() -> None:
    for dataset in DATASETS:
        assert {catalogue.MEASURE[code].dataset for code in codes_of(dataset)} == {dataset}


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_demonstrations_children_counted_one_by_one(dataset: str) -> None:
    """R22, R31: value, numerator, denominator and who is few, for each establishment, area and group."""
    today = timezone.localdate()
    with as_batch():
        for year in (LAST_YEAR, LAST_YEAR - 1):
            release = counted(dataset, today, year)
            found, wanted = plain_measures.stored(release), expected(dataset, year, today)
            assert found == wanted
            assert {cell[3].split(":")[0] for cell in found} >= {"total", "sex", "fsm", "ethnicity"}


@pytest.mark.parametrize("dataset", DATASETS)
def test_what_stands_open_is_of_ten_children_and_of_not_all_but_ten(dataset: str) -> None:
    """R11, R12: no 0 % and no 100 % either; and the groups of a dimension that are withheld are not few together."""
    today = timezone.localdate()
    day = days_of(dataset, LAST_YEAR, today).counted_on
    so: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])  # of how many children it is so, and of how many not
    with as_batch():
        found = plain_measures.stored(counted(dataset, today))
        for life in plain_measures.lives(""):
            for code in set(codes_of(dataset)) - plain_withheld.QUANTITIES:
                mine = plain_measures.counted(code, life, LAST_YEAR, day) or (0, 0)
                for group in life.groups(day):
                    so[code, life.pupil.establishment_id, "", group][0] += mine[0] > 0
                    so[code, life.pupil.establishment_id, "", group][1] += (mine[1] > 0) - (mine[0] > 0)

    def tells(cell: tuple, counts: Iterable[int]) -> bool:
        """Of some one child. Of a whole roll it may be so of nobody or of all, and then of its groups."""
        may_be_none = dataset == "roll" and (cell[3] == "total" or 0 in so[*cell[:3], "total"])
        return any(many < 10 and not (many == 0 and may_be_none) for many in counts)

    withheld: dict[tuple, list[list[int]]] = defaultdict(list)
    stands_open = []
    for cell, (*_, is_small) in found.items():
        if cell in so and is_small:
            withheld[(*cell[:2], cell[3].partition(":")[0])].append(so[cell])
        elif cell in so:
            stands_open.append(cell)
            assert not tells(cell, so[cell]), cell
    for cell in stands_open:
        together = withheld[(*cell[:2], cell[3].partition(":")[0])]
        assert not together or not tells(cell, map(sum, zip(*together, strict=True))), cell
    assert stands_open or dataset not in ("attendance", "suspensions")


class TestVersions:
    def test_nothing_new_when_the_figures_are_the_same(self) -> None:
        """R22, R31: a release is made once; a change makes the next version and leaves the first as it is."""
        today = timezone.localdate()
        with as_batch():
            first = counted("attendance", today)
            assert prepare("attendance", LAST_YEAR, today) is None
            before = plain_measures.stored(first)
            row = Attendance.objects.filter(
                academic_year=LAST_YEAR, sessions_absent__gt=0, pupil__establishment__urn=999002,
                pupil__born_on__lt=date(LAST_YEAR - 5, 9, 1),
            ).first()  # fmt: skip
            assert row
            Attendance.objects.filter(pk=row.pk).update(sessions_absent=0)
            second = prepare("attendance", LAST_YEAR, today)
            assert second
            assert (second.version, second.state) == (first.version + 1, Release.State.PREPARED)
            assert (first.because, second.because) == ("", "What schools have sent has changed since.")
            assert plain_measures.stored(first) == before != plain_measures.stored(second)
            Attendance.objects.filter(pk=row.pk).update(sessions_absent=row.sessions_absent)
            third = prepare("attendance", LAST_YEAR, today)
            assert third
            assert third.version == first.version + 2  # compared with the newest, not with just any

    def test_provisional_figures_that_stay_the_same_are_validated(self) -> None:
        """R22: in a small authority nobody may come or go between the autumn census and January's."""
        today = timezone.localdate()
        figures.without_the_demonstrations()
        with as_batch():
            first = counted("roll", today)
            Release.objects.filter(pk=first.pk).update(status=Release.Status.PROVISIONAL)
            second = prepare("roll", LAST_YEAR, today)
            assert second
            assert (second.version, second.status) == (first.version + 1, Release.Status.VALIDATED)
            assert second.because == "The figures are the same, and are validated now."
            assert prepare("roll", LAST_YEAR, today) is None

    def test_not_where_they_are_stopped(self) -> None:
        """R22, R44: what is stopped does not come back as validated, past the second manager who shows it again."""
        today = timezone.localdate()
        figures.without_the_demonstrations()
        with as_batch():
            release = counted("roll", today)
            Release.objects.filter(pk=release.pk).update(status=Release.Status.PROVISIONAL)
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))
        stop_release(asker("officer-information", EDUNET), release.pk, because="Counted twice")
        with as_batch():
            assert prepare("roll", LAST_YEAR, today) is None

    def test_a_year_that_counted_all_ages_goes_on_so(self) -> None:
        """R11, R31: a version without Reception beside one with it would tell of Reception by difference."""
        today = timezone.localdate()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sharing_release DISABLE TRIGGER release_rules")
            Release.objects.filter(dataset__slug="attendance", academic_year=LAST_YEAR).update(of_all_ages=True)
            cursor.execute("ALTER TABLE sharing_release ENABLE TRIGGER release_rules")
        with as_batch():
            of_all_ages = counted("attendance", today)
            pupils = Figure.objects.filter(release=of_all_ages, measure__code="attendance_persistent")
            (whole,) = pupils.filter(establishment__urn=999002, group="total").values_list("denominator", flat=True)
            told = [life for life in plain_measures.lives("") if life.pupil.establishment.urn == 999002]
            everybody = [life for life in told if plain_measures.sessions(life, LAST_YEAR)]
            of_age = [life for life in told if plain_measures.counted("attendance_severe", life, LAST_YEAR, today)]
            assert len(of_age) < len(everybody) == whole
            assert of_all_ages.of_all_ages
            assert prepare("attendance", LAST_YEAR, today) is None
            assert not counted("attendance", today, LAST_YEAR - 1).of_all_ages

    def test_a_withdrawn_version_keeps_its_number(self) -> None:
        today = timezone.localdate()
        with as_batch():
            first = counted("ks4_counts", today)
            Release.objects.filter(pk=first.pk).update(state=Release.State.WITHDRAWN)
            second = prepare("ks4_counts", LAST_YEAR, today)
            assert second
            assert second.version == first.version + 1

    def test_what_is_prepared_is_not_out(self) -> None:
        """R22: it waits for somebody to check it."""
        with as_batch():
            release = counted("ks4_counts", timezone.localdate())
            assert release.state == Release.State.PREPARED
            assert not Release.objects.out().filter(pk=release.pk).exists()

    def test_it_is_in_the_ledger(self) -> None:
        with as_batch():
            release = counted("ks4_counts", timezone.localdate())
            entry = LedgerEntry.objects.filter(action="prepare_release").latest("id")
            assert (entry.about["release"], entry.about["dataset"]) == (release.pk, "ks4_counts")


class TestCannotPrepare:
    def test_a_dataset_that_is_not_ours(self) -> None:
        with pytest.raises(CannotPrepare, match="Choose one of roll, attendance"):
            prepare("absence", LAST_YEAR, timezone.localdate())

    @pytest.mark.parametrize("dataset", DATASETS)
    def test_a_year_that_has_not_begun(self, dataset: str) -> None:
        with pytest.raises(CannotPrepare, match="has come yet"):
            prepare(dataset, LAST_YEAR + 3, timezone.localdate())

    def test_a_year_of_which_there_is_nothing(self) -> None:
        with pytest.raises(CannotPrepare, match="There is nothing of 1999/00"):
            prepare("ks4_counts", 1999, timezone.localdate())
        assert not Release.objects.filter(academic_year=1999).exists()

    def test_the_command_says_so(self) -> None:
        with pytest.raises(CommandError, match="There is nothing of 1999/00"):
            call_command("prepare_release", "ks4_counts", "1999")


def test_the_command_prepares_and_then_has_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prepare_release", "ks4_counts", str(LAST_YEAR))
    said = capsys.readouterr().out
    with as_batch():
        figures = Figure.objects.filter(release__dataset__slug="ks4_counts", release__academic_year=LAST_YEAR).count()
    assert figures
    assert f"version 1: {figures:,} figures" in said
    call_command("prepare_release", "ks4_counts", str(LAST_YEAR))
    assert "Nothing was prepared" in capsys.readouterr().out


class TestDays:
    """Which census a dataset of a year is counted by."""

    @pytest.mark.parametrize(
        ("dataset", "today", "counted_on", "as_of", "is_complete"),
        [
            ("roll", date(2025, 10, 1), None, None, None),
            ("roll", date(2025, 10, 2), date(2025, 10, 2), date(2025, 10, 2), False),
            ("roll", date(2026, 1, 14), date(2025, 10, 2), date(2025, 10, 2), False),
            ("roll", date(2026, 1, 15), date(2026, 1, 15), date(2026, 1, 15), True),
            ("attendance", date(2026, 1, 14), None, None, None),
            ("attendance", date(2026, 1, 15), date(2026, 1, 15), date(2026, 1, 15), False),
            ("suspensions", date(2026, 9, 30), date(2026, 1, 15), date(2026, 5, 21), False),
            ("attendance", date(2026, 10, 1), date(2026, 1, 15), date(2026, 10, 1), True),
            ("phonics", date(2026, 6, 30), date(2026, 1, 15), date(2026, 6, 30), False),
            ("phonics", date(2026, 9, 1), date(2026, 1, 15), date(2026, 7, 31), True),
            ("ks2_counts", date(2027, 9, 1), date(2026, 1, 15), date(2026, 7, 31), False),
        ],
    )
    def test_days(
        self, dataset: str, today: date, counted_on: date | None, as_of: date | None, is_complete: bool | None
    ) -> None:
        if counted_on is None:
            with pytest.raises(CannotPrepare):
                days_of(dataset, 2025, today)
            return
        when = days_of(dataset, 2025, today)
        assert (when.counted_on, when.as_of, when.is_complete) == (counted_on, as_of, is_complete)


def test_an_area_of_fewer_than_three_is_not_made() -> None:
    """R11: of each area, measure and group at least three establishments contribute."""
    today = timezone.localdate()
    with as_batch():
        release = counted("roll", today)
        areas = set(release.figures.exclude(area="").values_list("area", flat=True))
        assert {"authority", "phase:primary", "phase:secondary"} <= areas
        assert not areas & {"phase:nursery", "phase:special", "phase:pru"}  # one establishment each
        member = LocalityMembership.objects.filter(locality__name="Cragside")
        assert member.count() >= 3
        cragside = f"locality:{member[0].locality_id}"
        assert cragside in areas
        stays = member[:2].values_list("establishment", flat=True)
        Participation.objects.filter(establishment__in=member.values("establishment")).exclude(
            establishment__in=list(stays)
        ).update(ends_on=today - timedelta(days=1))
        second = prepare("roll", LAST_YEAR, today)
        assert second
        assert not second.figures.filter(area=cragside).exists()


def test_who_takes_no_part_has_its_own_figures_and_is_in_no_area() -> None:
    """R16, R17: Larkroyd has excluded itself."""
    today = timezone.localdate()
    with as_batch():
        release = counted("roll", today)
        pupils = release.figures.filter(measure__code="roll_pupils", group="total")
        assert pupils.filter(establishment__urn=999003).exists()
        taking_part = Establishment.objects.participating(today)
        everybody = sum(figure.value or 0 for figure in pupils.filter(establishment__in=taking_part))
        assert pupils.get(area="authority").value == everybody


def test_what_a_new_urn_has_from_the_one_before_is_no_suspension_of_its_own(tmp_path: Path) -> None:
    """R22: a rate counts what happened where the pupils were on roll: of a year that was over, under the old URN."""
    today = timezone.localdate()
    with as_batch():
        Establishment.objects.exclude(kind="childrens_centre").update(source=SOURCE)
    conversions.convert(tmp_path, today)
    with as_batch():
        release = counted("suspensions", today)
        of = release.figures.filter(measure__code="suspensions_rate", group="total")
        told = {figure.establishment_id: (figure.numerator, figure.denominator) for figure in of.filter(area="")}
        taking_part = Establishment.objects.participating(today) | Establishment.objects.filter(
            urn=conversions.BECKSIDE
        )
        whole = of.get(area="authority")
        places = [told[place.pk] for place in taking_part if place.pk in told]
    assert (whole.numerator, whole.denominator) == tuple(map(sum, zip(*places, strict=True)))


@pytest.mark.parametrize("changes", [1, 2])
def test_results_that_come_after_a_new_urn_count_under_the_one_of_their_year(tmp_path: Path, changes: int) -> None:
    """R22, R31: as where those of a summer are corrected in the autumn. The child's page had the new ones, and the
    figures of the school and of the authority the old ones. Also where the URN has changed once more meanwhile."""
    today = timezone.localdate()
    with as_batch():
        Establishment.objects.exclude(kind="childrens_centre").update(source=SOURCE)
    conversions.convert(tmp_path, today)
    if changes == 2:
        with as_batch():
            newest = Establishment.objects.get(urn=conversions.NEW)
            between = Establishment.objects.get(pk=newest.pk)
            between.pk, between.urn = None, 150009
            between.save()
            Establishment.objects.filter(urn=conversions.BECKSIDE).update(goes_on_as=between)
            Establishment.objects.filter(pk=between.pk).update(goes_on_as=newest)

    def share_with(outcome: str, mark: str) -> Decimal:
        with as_batch():
            at_new = Result.objects.filter(
                pupil__establishment__urn=conversions.NEW, stage="PH", academic_year=LAST_YEAR, status="R"
            )
            told = at_new.filter(component="OUT").update(result=outcome)
            assert told + at_new.filter(component="").update(result=mark)
            release = counted("phonics", today)
            return release.figures.get(
                measure__code="phonics_met", group="total", establishment__urn=conversions.BECKSIDE
            ).value

    assert (share_with("Wt", "0"), share_with("Wa", "40")) == (0, 100)
