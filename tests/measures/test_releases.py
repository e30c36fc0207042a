"""The life of a release: prepared, checked by another, scheduled, out; withdrawn; superseded (R22, R43)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.authorise.holdings import Holdings
from sharing.door import CannotRelease
from sharing.measures import preparing
from sharing.measures.preparing import CannotPrepare
from sharing.models import Establishment, Import, LedgerEntry, Pupil
from sharing.models.releases import Dataset, Figure, Measure, Release
from sharing.returns import CENSUS, expected
from tests import figures
from tests.locks.switches import rows
from tests.measures.releases import (
    ADMISSIONS,
    BECKSIDE,
    CELLS,
    CODE,
    DATA,
    RAVENSGILL,
    STEPS,
    YEAR,
    officer,
    prepared,
    soon,
    state,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client


def last_of_the_ledger() -> tuple[str, str]:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").values_list("action", "outcome")[0]


@pytest.mark.django_db
class TestLife:
    def test_from_prepared_to_scheduled_each_step_in_the_ledger(self) -> None:
        """R22, R43."""
        release = prepared(ADMISSIONS)
        door.check_release(officer(), release.pk)
        assert (state(release), last_of_the_ledger()) == ("checked", ("check_release", "changed"))
        door.schedule_release(officer(), release.pk, at=soon())
        assert (state(release), last_of_the_ledger()) == ("scheduled", ("schedule_release", "changed"))
        door.postpone_release(officer(), release.pk, because="A late file")
        assert (state(release), last_of_the_ledger()) == ("checked", ("postpone_release", "changed"))
        door.withdraw_release(officer(), release.pk, because="The wrong year")
        assert (state(release), last_of_the_ledger()) == ("withdrawn", ("withdraw_release", "changed"))
        page = door.show_release(officer(), release.pk).release
        assert (page.checked_by, page.withdrawn_by) == (officer().name, officer().name)
        assert page.withdrawn_because == "The wrong year"

    def test_two_people(self) -> None:
        """R22: who prepared it does not check it, and the refusal is in the ledger."""
        release = prepared(DATA)
        with pytest.raises(CannotRelease, match="Another officer has to check it"):
            door.check_release(officer(DATA), release.pk)
        assert (state(release), last_of_the_ledger()) == ("prepared", ("check_release", "refused"))
        assert not door.show_release(officer(DATA), release.pk).may_check
        door.check_release(officer(ADMISSIONS), release.pk)
        assert state(release) == "checked"

    def test_a_release_scheduled_in_the_past(self) -> None:
        """R22: refused in words, and so is one that goes out within the minute."""
        release = prepared()
        door.check_release(officer(), release.pk)
        for minutes in (-60 * 24 * 400, -1, 0.5):
            with pytest.raises(CannotRelease, match="That time has passed") as refused:
                door.schedule_release(officer(), release.pk, at=soon(minutes))
            assert refused.value.field == "day"
        assert state(release) == "checked"

    @pytest.mark.parametrize("step", ["check", "schedule", "postpone", "withdraw"])
    def test_what_is_out_takes_no_step(self, step: str) -> None:
        with as_batch():
            release = figures.out("ks2", YEAR, CELLS)
        with pytest.raises(CannotRelease, match=r"moved on|is out"):
            STEPS[step](release.pk)
        assert state(release) == "scheduled"

    def test_no_step_out_of_turn(self) -> None:
        release = prepared()
        for step in ("schedule", "postpone"):
            with pytest.raises(CannotRelease, match="moved on"):
                STEPS[step](release.pk)
        door.check_release(officer(), release.pk)
        with pytest.raises(CannotRelease, match="moved on"):  # a double click
            door.check_release(officer(), release.pk)
        with pytest.raises(CannotRelease, match="Say why"):
            door.withdraw_release(officer(), release.pk, because="  ")
        door.withdraw_release(officer(), release.pk, because="Not needed")
        for step in STEPS.values():
            with pytest.raises(CannotRelease, match="moved on"):
                step(release.pk)

    def test_a_release_without_figures_is_not_checked(self) -> None:
        release = prepared(cells={})
        with pytest.raises(CannotRelease, match="holds no figures"):
            door.check_release(officer(), release.pk)

    def test_versions_go_out_in_their_order(self) -> None:
        """R22: a later version never before an earlier one, and none behind a newer."""
        first, second, third = prepared(), prepared(), prepared()
        assert [release.version for release in (first, second, third)] == [1, 2, 3]
        for release in (first, second, third):
            door.check_release(officer(), release.pk)
        instant = soon(60)
        door.schedule_release(officer(), first.pk, at=instant)
        for not_after in (instant, soon(59)):
            with pytest.raises(CannotRelease, match="Choose a time after it"):
                door.schedule_release(officer(), third.pk, at=not_after)
        door.schedule_release(officer(), third.pk, at=soon(61))
        with pytest.raises(CannotRelease, match="A newer version is scheduled"):
            door.schedule_release(officer(), second.pk, at=soon(62))


@pytest.mark.django_db
class TestPreparing:
    def test_a_new_version_says_why(self) -> None:
        day = timezone.localdate()
        with as_batch():
            preparing.prepare("ks2", YEAR, status=Release.Status.PROVISIONAL, as_of=day, by="An import")
            for because in ("", " "):
                with pytest.raises(CannotPrepare, match="Say why there is a new one"):
                    preparing.prepare(
                        "ks2", YEAR, status=Release.Status.VALIDATED, as_of=day, by="An import", because=because
                    )
            with pytest.raises(CannotPrepare, match="not a dataset"):
                preparing.prepare("nonsense", YEAR, status=Release.Status.VALIDATED, as_of=day, by="An import")


@pytest.mark.django_db
class TestNothingChangesAfterwards:
    """R22: the checked figures are those that come out, and what is out never changes, whoever writes."""

    @pytest.mark.parametrize("of_state", ["checked", "scheduled", "out", "withdrawn"])
    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_figures(self, of_state: str, writer: Callable[[], Any]) -> None:
        release = prepared()
        with as_batch():
            rows_of = Release.objects.filter(pk=release.pk)
            if of_state == "withdrawn":
                rows_of.update(state="withdrawn")
            else:
                rows_of.update(state="checked", checked_at=timezone.now())
            if of_state in ("scheduled", "out"):
                rows_of.update(state="scheduled", goes_out_at=soon(-60 if of_state == "out" else 60))
        measure = Measure.objects.get(code=CODE)
        other = prepared(cells={("locality:1", CODE): 5})
        for change in (
            lambda: Figure.objects.filter(release=release).update(value=1, symbol=""),
            lambda: Figure.objects.filter(release=release).delete(),
            lambda: Figure.objects.create(release=release, measure=measure, area="region", value=1),
            lambda: Figure.objects.filter(release=other).update(release=release),
            lambda: Figure.objects.filter(release=release).update(release=other),
        ):
            with pytest.raises(Error, match=r"while their release is being prepared"), transaction.atomic(), writer():
                change()

    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_the_release(self, writer: Callable[[], Any]) -> None:
        with as_batch():
            release = figures.out("ks2", YEAR, CELLS, at=soon(-1))
        for change in ({"as_of": "2001-01-01"}, {"goes_out_at": soon()}, {"state": "withdrawn"}, {"version": 7}):
            with pytest.raises(Error, match="out never changes"), transaction.atomic(), writer():
                Release.objects.filter(pk=release.pk).update(**change)

    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_stopping_stops_and_changes_nothing_else(self, writer: Callable[[], Any]) -> None:
        """R22: only what is out can be stopped, and it stays as it was while it is."""
        stop = {"state": "stopped", "stopped_at": timezone.now()}
        with as_batch():
            out, stopped = (figures.out("ks2", year, CELLS, at=soon(-1)) for year in (YEAR, YEAR - 1))
            coming = figures.out("ks2", YEAR - 2, CELLS, at=soon(60))
            Release.objects.filter(pk=stopped.pk).update(**stop)
        for release, change in (
            (out, stop | {"as_of": "2001-01-01"}),
            (coming, stop),
            (stopped, {"as_of": "2001-01-01"}),
            (stopped, {"state": "withdrawn"}),
            (stopped, {"state": "scheduled", "goes_out_at": soon()}),
        ):
            with pytest.raises(Error, match=r"out never changes|cannot go from"), transaction.atomic(), writer():
                Release.objects.filter(pk=release.pk).update(**change)

    @pytest.mark.parametrize("writer", [as_batch, as_owner])
    def test_a_release_stays_the_version_that_it_is_and_once_checked_on_record(self, writer: Callable[[], Any]) -> None:
        release, other = prepared(cells={}), Dataset.objects.get(slug="ks4").pk
        for change in ({"version": 9}, {"academic_year": YEAR - 1}, {"dataset": other}):
            with pytest.raises(Error, match="cannot go from prepared"), transaction.atomic(), writer():
                Release.objects.filter(pk=release.pk).update(**change)
        with as_batch():
            Release.objects.filter(pk=release.pk).update(state="checked", checked_at=timezone.now())
        with pytest.raises(Error, match="cannot go from checked"), transaction.atomic(), writer():
            Release.objects.filter(pk=release.pk).update(state="prepared")
        with pytest.raises(Error, match="stays on record"), transaction.atomic(), writer():
            rows("DELETE FROM sharing_release WHERE id = %s RETURNING 1", release.pk)

    def test_it_begins_as_prepared_and_goes_no_way_back(self) -> None:
        now = timezone.now()
        facts = {"dataset": Dataset.objects.get(slug="ks2"), "academic_year": YEAR, "as_of": "2000-09-01"}
        with pytest.raises(Error, match="begins as prepared"), transaction.atomic(), as_batch():
            Release.objects.create(
                **facts, prepared_by="x", state="scheduled", status="validated", checked_at=now, goes_out_at=now
            )
        release = prepared()
        with pytest.raises(Error, match="release_is_checked_first"), transaction.atomic(), as_batch():
            Release.objects.filter(pk=release.pk).update(state="scheduled", goes_out_at=now)
        with as_batch():
            Release.objects.filter(pk=release.pk).update(state="withdrawn")
        with pytest.raises(Error, match="cannot go from withdrawn"), transaction.atomic(), as_batch():
            Release.objects.filter(pk=release.pk).update(state="prepared")


@pytest.mark.django_db
class TestWhoRunsReleases:
    OTHERS = [
        ("officer-no-duty", EDUNET, NotAtYourLevel),
        ("officer-school-improvement", EDUNET, NotAtYourLevel),
        ("officer-duty-ended", EDUNET, NotAtYourLevel),
        ("officer-not-accepted", EDUNET, NotAtYourLevel),
        ("head-beckside", EDUNET, NotAtYourLevel),
        ("head-beckside", SCHOOLS_ONLINE, NoSuchRecord),
        ("officer-data", SCHOOLS_ONLINE, NoSuchRecord),
        ("superuser", SCHOOLS_ONLINE, NoSuchRecord),
    ]

    @pytest.mark.parametrize(("slug", "through", "refusal"), OTHERS)
    def test_nobody_else(self, slug: str, through: str, refusal: type[Exception]) -> None:
        """R9, R22: officers with the duty to bring in data, on EduNet; the refusal is in the ledger."""
        release = prepared()
        who = asker(slug, through)
        for act in (
            lambda: door.list_releases(who),
            lambda: door.show_release(who, release.pk),
            lambda: door.check_release(who, release.pk),
            lambda: door.schedule_release(who, release.pk, at=soon()),
            lambda: door.postpone_release(who, release.pk, because="No"),
            lambda: door.withdraw_release(who, release.pk, because="No"),
        ):
            with pytest.raises(refusal):
                act()
            assert last_of_the_ledger()[1] == "refused"
        assert state(release) == "prepared"

    def test_the_database_asks_too(self) -> None:
        """The functions of the owner refuse whoever has no duty, also without the door."""
        release = prepared()
        for slug, through, _ in self.OTHERS:
            with transaction.atomic():
                Holdings.announced(asker(slug, through))
                for step in ("check_release(%s)", "postpone_release(%s, 'x')", "withdraw_release(%s, 'x')"):
                    assert rows(f"SELECT portal_{step}", release.pk) == [("nothing there",)]
                assert rows("SELECT portal_schedule_release(%s, now() + interval '1 day')", release.pk) == [
                    ("nothing there",)
                ]
                assert rows("SELECT * FROM portal_release_contents(%s)", release.pk) == []
                assert rows("SELECT * FROM portal_release_differences(%s, %s)", release.pk, release.pk) == []
                transaction.set_rollback(True)
        assert rows("SELECT portal_check_release(%s)", release.pk) == [("nothing there",)]  # nobody asks
        assert state(release) == "prepared"

    def test_a_second_factor_comes_first(self) -> None:
        with pytest.raises(NeedsSecondFactor):
            door.list_releases(replace(officer(), second_factor=False))


@pytest.mark.django_db
class TestWhatAReleaseHolds:
    def test_counts_symbols_and_differences_without_a_name(self) -> None:
        """Numbers of figures; the biggest changes as numbers; no establishment, no value of one (R22, R29)."""
        prepared(cells={(BECKSIDE, CODE): 60, (RAVENSGILL, CODE): 50, (999001, CODE): 1})
        release = prepared(cells={(BECKSIDE, CODE): 61, (RAVENSGILL, CODE): 43, ("england", CODE): "NE"})
        page = door.show_release(officer(), release.pk)
        (contents,), (differences,) = page.contents, page.differences
        assert (contents.figures, contents.establishments, contents.areas, contents.numbers) == (3, 2, 1, 2)
        assert contents.symbols == (("NE", "No pupils entered", 1),)
        assert (differences.differ, differences.added, differences.gone) == (2, 1, 1)
        assert list(differences.biggest) == [7, 1]
        text = client(DATA, EDUNET).get(f"/releases/{release.pk}/").content.decode()
        assert "Beckside" not in text
        assert "Ravensgill" not in text

    def test_each_figure_is_compared_with_that_of_its_measure_its_area_and_its_group(self) -> None:
        """R22: whoever checks it is told what has changed, and the three biggest changes of numbers."""
        girls, boys = ({"value": 70, "group": f"sex:{sex}", "is_small": sex == "M"} for sex in "FM")
        changed = {("england", CODE): (60, 50), ("authority", CODE): (50, 60), (RAVENSGILL, CODE): ("SUPP", "NE")}
        changed |= {(f"locality:{by}", CODE): (10, 10 + by) for by in (1, 2, 3)}
        same = {(BECKSIDE, "ks2_rwm_higher"): "NE"}
        prepared(cells=same | {of: then for of, (then, _) in changed.items()} | {(BECKSIDE, CODE): girls})
        release = prepared(cells=same | {of: now for of, (_, now) in changed.items()} | {(BECKSIDE, CODE): boys})
        page = door.show_release(officer(), release.pk)
        assert [(one.small, one.symbols) for one in page.contents] == [
            (1, (("NE", "No pupils entered", 1),)), (0, (("NE", "No pupils entered", 1),))
        ]  # fmt: skip
        assert [(one.differ, one.added, one.gone, *one.biggest) for one in page.differences] == [
            (6, 1, 1, 10, 3, 2), (0, 0, 0)
        ]  # fmt: skip

    def test_it_is_not_compared_with_what_was_withdrawn(self) -> None:
        """R22: it was right of nothing, so a figure that is wrong in both would not be told of as new."""
        first, withdrawn = prepared(), prepared()
        door.withdraw_release(officer(), withdrawn.pk, because="A mistake")
        assert door.show_release(officer(), prepared().pk).earlier_version == first.version

    def test_it_says_how_many_returns_it_is_without(self) -> None:
        """R22, R23: of a school whose autumn return has not come the leavers of the summer are counted on roll. Whoever
        checks the figures hears how many such there are; whoever published them, how many have come since."""
        newest = next(one for one in expected(timezone.localdate()) if one.kind == CENSUS)
        with as_batch():
            Pupil.objects.filter(establishment__urn=RAVENSGILL).update(as_of=newest.reference_day - timedelta(days=100))
            said = {"status": Release.Status.VALIDATED, "as_of": newest.reference_day, "by": "The portal"}
            counted, by_hand = (preparing.prepare(dataset, YEAR, **said) for dataset in ("roll", "ks2"))
        before = door.show_release(officer(), counted.pk).behind
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=newest.reference_day - timedelta(days=100))
        behind = door.show_release(officer(), counted.pk).behind
        assert before
        assert behind
        assert (behind.day, behind.not_come, behind.since) == (newest.reference_day, before.not_come + 1, 0)
        page = f"/releases/{counted.pk}/"
        assert f"has not come from {behind.not_come} establishment" in client(DATA, EDUNET).get(page).content.decode()
        with as_batch():
            Import.objects.create(
                kind="census", state="applied", file_name="late.xml", file_hash="1" * 64, as_of=newest.reference_day,
                establishment=Establishment.objects.get(urn=BECKSIDE), finished_at=timezone.now(),
            )  # fmt: skip
        came = door.show_release(officer(), counted.pk).behind
        assert came
        assert (came.not_come, came.since) == (before.not_come, 1)
        text = client(DATA, EDUNET).get(page).content.decode()
        assert (
            "1 file of that census changed records after this version was prepared. Only a new version counts it"
            in text
        )
        assert door.show_release(officer(), by_hand.pk).behind is None

    def test_a_file_that_changed_nothing_makes_no_new_version_due(self) -> None:
        """R22: sent once more, or by both the school and the data team."""
        newest = next(one for one in expected(timezone.localdate()) if one.kind == CENSUS)
        with as_batch():
            said = {"status": Release.Status.VALIDATED, "as_of": newest.reference_day, "by": "The portal"}
            counted = preparing.prepare("roll", YEAR, **said)
            for number, changes in enumerate(([["added", 0], ["changed", 0]], [["added", 0], ["left", 2]])):
                report = {"title": "A return", "changes": changes, "changes_nothing": not number}
                Import.objects.create(
                    kind="census", state="applied", file_name="late.xml", file_hash=f"{number:064}", report=report,
                    as_of=newest.reference_day, finished_at=timezone.now(),
                )  # fmt: skip
        behind = door.show_release(officer(), counted.pk).behind
        assert behind
        assert behind.since == 1

    def test_the_list_counts_each_state(self) -> None:
        before = {key: number for key, _, number in door.list_releases(officer()).states}
        prepared()
        with as_batch():
            figures.out("ks4", YEAR, {("england", "ks4_attainment8"): 46})
            figures.out("ks4", YEAR + 1, {("england", "ks4_attainment8"): 46}, at=soon())
        desk = door.list_releases(officer())
        after = {key: number - before[key] for key, _, number in desk.states}
        assert after == {"prepared": 1, "checked": 0, "scheduled": 1, "out": 1, "withdrawn": 0, "stopped": 0, "own": 0}
        for key in after:
            assert {line.state for line in door.list_releases(officer(), state=key).page} <= {key}
