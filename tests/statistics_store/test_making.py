"""A release of open statistics: stored as it was built, whole or not at all, one at a time (R10, R11, R22, R31)."""

import filecmp
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from sharing.attacker.released import read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import Structure
from sharing.attacker.system import build as system_of
from sharing.demo.days import year_told
from sharing.measures import preparing
from sharing.measures.computed import days_of
from sharing.measures.preparing import CannotPrepare
from sharing.models import (
    Enrolment,
    Establishment,
    LedgerEntry,
    Participation,
    Pupil,
    Release,
    StatisticsCell,
    StatisticsRequest,
    StatisticsTable,
    StatisticsVerdict,
)
from sharing.school_year import academic_year
from sharing.statistics import files
from sharing.statistics.catalogue import Catalogue, Table, standard
from sharing.statistics.dimensions import Member
from sharing.statistics.records import Release as Built
from sharing.statistics_store import asking, fitting, making, people
from sharing.statistics_store.folders import built_of, folder_of
from sharing.statistics_store.making import NothingNew, make
from tests import figures
from tests.people import as_batch, as_owner, person

TODAY = timezone.localdate()
YEAR = academic_year(TODAY) - 1
THIS_YEAR = year_told(TODAY)  # in September, no census of the new one has come


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Built]:
    """What the engine made, beside what is stored of it."""
    found: list[Built] = []
    keep = making.keep

    def watch(one: Built, *given: object) -> int:
        found.append(one)
        return keep(one, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "keep", watch)
    return found


@pytest.fixture
def unreleased(own_database: None) -> None:
    """A database of the test's own, in which no year has a version yet."""
    figures.without_the_demonstrations()


def rows_left() -> tuple[int, ...]:
    with as_batch():
        ours = Release.objects.filter(dataset__slug="open-statistics")
        parts = [model.objects.filter(release__in=ours).count() for model in (StatisticsCell, StatisticsTable)]
        return (*parts, ours.count())


@pytest.mark.usefixtures("nothing_released")
class TestStored:
    def test_what_people_download_is_what_was_built(self, built: list[Built], tmp_path: Path) -> None:
        """R31: the files made from the store are those that the attacker was tried on, byte for byte."""
        release = make(YEAR, TODAY, coarsen=True)
        files.write(built[0], tmp_path / "built")
        with as_batch():
            folder_of(release, tmp_path / "stored")
        names = sorted(path.name for path in (tmp_path / "built").iterdir())
        assert names == sorted(path.name for path in (tmp_path / "stored").iterdir())
        match, differ, missing = filecmp.cmpfiles(tmp_path / "built", tmp_path / "stored", names, shallow=False)
        assert (differ, missing) == ([], [])
        assert len(match) > 20
        assert any(name.endswith("_rates.csv") for name in names)

    def test_no_exact_number_is_stored(self) -> None:
        """I1, R10, R11, R12: counts are multiples of 5, rates whole per cent; of its own establishment too."""
        release = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            cells = list(StatisticsCell.objects.filter(release=release))
            assert any(cell.establishment_id for cell in cells)
            for cell in cells:
                if cell.indicator == "pupils":
                    assert cell.symbol or (cell.value % 5 == 0 and cell.value > 0)
                elif cell.indicator.endswith("_percent"):
                    assert cell.symbol or (cell.value % 1 == 0 and 1 <= cell.value <= 99)
            assert release.verdict.passed

    def test_the_same_pupils_make_no_new_version(self) -> None:
        """R11: nothing is told twice."""
        preparing_by = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            preparing.bring_out(preparing_by, by="Another")
        before = rows_left()
        with pytest.raises(NothingNew, match="The numbers are the same as in version 1"):
            make(YEAR, TODAY, because="Once more", coarsen=True)
        assert rows_left() == before

    @pytest.mark.parametrize("is_stopped", [False, True])
    def test_the_same_numbers_become_validated_once_all_has_come_in(
        self, monkeypatch: pytest.MonkeyPatch, is_stopped: bool
    ) -> None:
        """R22: they said "provisional" for ever. Once; and not what is stopped (docs/adr/0042)."""
        monkeypatch.setattr(making, "_is_final", lambda *_: False)
        first = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            preparing.bring_out(first, by="Another")
            if is_stopped:
                Release.objects.filter(pk=first.pk).update(state="stopped", stopped_at=timezone.now())
        monkeypatch.setattr(making, "_is_final", lambda *_: True)
        if not is_stopped:
            second = make(YEAR, TODAY, because="All has come in", coarsen=True)
            assert (first.status, second.status) == (Release.Status.PROVISIONAL, Release.Status.VALIDATED)
            with as_batch():
                assert built_of(second).tables == built_of(first).tables
                preparing.bring_out(second, by="Another")
        with pytest.raises(NothingNew):
            make(YEAR, TODAY, because="Once more", coarsen=True)

    def test_a_correction_starts_from_what_is_out_and_is_tried_beside_it(self, built: list[Built]) -> None:
        """R11, R22: a new version supersedes; few numbers move, and the attacker had both."""
        first = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            preparing.bring_out(first, by="Another")
            some = list(Pupil.objects.filter(establishment__urn=999002, sex="F").values_list("pk", flat=True))
            Pupil.objects.filter(pk__in=some).update(sex="M")
        with pytest.raises(CannotPrepare, match="Say why there is a new one"):
            make(YEAR, TODAY, coarsen=True)
        second = make(YEAR, TODAY, because="A census came again", coarsen=True)
        with as_batch():
            loss, findings = second.verdict.loss, second.verdict.findings
            earlier = built_of(first)
        assert loss["before"] == first.pk
        assert 0 < loss["moved"] < 0.15
        assert "Comparing versions" in {finding["title"] for finding in findings}
        assert second.version == 2
        assert earlier.numbers == built[0].numbers

    @pytest.mark.parametrize("since", ["out", "stopped", "replaced"])
    def test_what_the_department_has_published_is_known_to_the_attacker(
        self, built: list[Built], tmp_path: Path, since: str
    ) -> None:
        """R11: fixed cells of the release, as far as they are of the same pupils; another count is of other pupils.
        What was read here stays known, whatever has become of it (D8)."""
        with as_batch():
            found = people.gather(days_of("roll", YEAR, TODAY), TODAY)
            ours = Counter(int(pupil.school) for pupil in found.population.pupils)
            meals = Counter(int(pupil.school) for pupil in found.population.pupils if pupil.fsm == "Y")
        urns = sorted(ours)
        other, last = urns[0], urns[-1]
        with as_owner():
            Establishment.objects.filter(urn__in=urns).update(number_of_pupils=None)
            Establishment.objects.filter(urn=last).update(number_of_pupils=ours[last])
        with as_batch():
            table: dict[tuple[int | str, str], Any] = {(urn, "census_pupils"): ours[urn] for urn in urns[1:-1]}
            table[other, "census_pupils"] = ours[other] + 1
            table[urns[1], "census_fsm"] = {"value": 20, "numerator": meals[urns[1]], "denominator": ours[urns[1]]}
            told = figures.out("census", YEAR, table)
            if since == "stopped":
                Release.objects.filter(pk=told.pk).update(state="stopped", stopped_at=timezone.now())
            if since == "replaced":
                figures.out("census", YEAR, {(other, "census_pupils"): ours[other] + 1})
        release = make(YEAR, TODAY, coarsen=True)
        known = {frozenset({("place", f"urn:{urn}")}): ours[urn] for urn in urns[1:]}
        for code, number in (("Y", meals[urns[1]]), ("N", ours[urns[1]] - meals[urns[1]])):
            known[frozenset({("place", f"urn:{urns[1]}"), ("fsm", code)})] = number
        assert built[0].public.items() >= known.items()
        assert frozenset({("place", f"urn:{other}")}) not in built[0].public
        with as_batch():
            assert release.verdict.passed
            folder_of(release, tmp_path)
        released = read_release(tmp_path)
        system = system_of(released, Rule(), Structure(released))
        for group, number in known.items():
            column = system.index[group]
            assert (system.least[column], system.most[column], system.private[column]) == (number, number, False)

    def test_what_the_register_of_schools_said_stays_known(self, built: list[Built]) -> None:
        """R11: the year after, it has another number; who kept the version before has the one of that day."""
        with as_batch():
            found = people.gather(days_of("roll", YEAR, TODAY), TODAY)
            ours = Counter(int(pupil.school) for pupil in found.population.pupils)
        urn = max(ours)
        with as_owner():
            Establishment.objects.filter(urn=urn).update(number_of_pupils=ours[urn])
        first = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            preparing.bring_out(first, by="Another")
            Pupil.objects.filter(establishment__urn=999002, sex="F").update(sex="M")
        with as_owner():
            Establishment.objects.filter(urn=urn).update(number_of_pupils=ours[urn] + 3)
        make(YEAR, TODAY, because="A census came again", coarsen=True)
        known = {frozenset({("place", f"urn:{urn}")}): ours[urn]}
        assert [one.public.items() >= known.items() for one in built] == [True, True]

    @pytest.mark.parametrize("since", ["left", "corrected"])
    def test_what_followed_from_public_figures_is_not_taken_for_one_of_them(
        self, built: list[Built], since: str
    ) -> None:
        """R11: a girls' school had no boys. It has left since, or boys are put right: a version can still be made."""
        no_boys = frozenset({("place", "urn:999002"), ("sex", "M")})
        with as_batch():
            boys = list(Pupil.objects.filter(establishment__urn=999002, sex="M").values_list("pk", flat=True))
            Pupil.objects.filter(pk__in=boys).update(sex="F")
            found = people.gather(days_of("roll", YEAR, TODAY), TODAY)
            here = sum(pupil.school == "999002" for pupil in found.population.pupils)
            girls = {"value": 100, "numerator": here, "denominator": here}
            figures.out("census", YEAR, {(999002, "census_pupils"): here, (999002, "census_girls"): girls})
        first = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            preparing.bring_out(first, by="Another")
            if since == "corrected":
                Pupil.objects.filter(pk__in=boys).update(sex="M")
            else:
                Participation.objects.filter(establishment__urn=999002).update(ends_on=TODAY - timedelta(days=1))
        make(YEAR, TODAY, because="A census came again", coarsen=True)
        assert [one.public.get(no_boys) for one in built] == [0, None]

    def test_the_verdict_tells_shares_and_no_group(self) -> None:
        """R11: what an officer reads before it is out."""
        release = make(YEAR, TODAY, coarsen=True)
        with as_batch():
            verdict = release.verdict
        assert verdict.findings
        assert set(verdict.findings[0]) == {"title", "words", "notes", "passed", "whole"}
        assert {table["name"] for table in verdict.loss["tables"]} >= {"establishments_sex"}
        assert all(0 <= table["low"] <= 1 for table in verdict.loss["tables"])


@pytest.mark.usefixtures("nothing_released")
class TestRefused:
    """R11: each refusal is said in words, by the command as by the page of the request, and leaves nothing."""

    def test_a_table_with_a_missing_margin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lame = Table("lame", "Pupils by sex", ("sex",), {}, {"sex": ("F", "M")})
        monkeypatch.setattr(
            fitting, "standard", lambda *given: replace(standard(*given), tables=(*standard(*given).tables, lame))
        )
        refused("“Pupils by sex” cannot be published, because a margin is missing: it shows Girls without")

    def test_one_school_in_a_locality(self) -> None:
        """One in a phase there is another such group."""
        refused("cannot be published, because .* fewer than 3 schools.* --coarsen shows less", coarsen=False)

    def test_nobody_takes_part(self) -> None:
        with as_batch():
            Participation.objects.update(ends_on=TODAY - timedelta(days=1))
        refused(
            "This cannot be published, because the population is empty: nobody is counted. Bring in the School Census"
        )

    def test_two_pupils(self) -> None:
        with as_batch():
            two = list(
                Pupil.objects.filter(establishment__urn=999002).visible_on(TODAY).values_list("pk", flat=True)[:2]
            )
            Enrolment.objects.exclude(pupil_id__in=two).update(cancelled_at=timezone.now())
        refused("This cannot be published, because there are fewer than 50 pupils", year=THIS_YEAR, coarsen=False)
        refused("This cannot be published, because too few schools take part", year=THIS_YEAR)

    def test_a_category_that_nobody_knows(self) -> None:
        with as_batch():
            Pupil.objects.filter(establishment__urn=999002).update(sex="Q")
        refused("This cannot be published, because sex has the new code Q")

    def test_a_category_added_within_a_year(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The difference from the version before would be its pupils."""
        with as_batch():
            preparing.bring_out(make(YEAR, TODAY, coarsen=True), by="Another")

        def wider(*given: Any) -> Catalogue:
            found = standard(*given)
            sex = found.dimensions["sex"]
            more = replace(sex, members=(*sex.members, Member("X", "Not known", "Total")))
            return replace(found, dimensions={**found.dimensions, "sex": more})

        monkeypatch.setattr(fitting, "standard", wider)
        refused("because sex has a category that the release before did not have", because="A new code")

    def test_a_year_that_has_not_begun(self) -> None:
        refused("No census day", year=academic_year(TODAY) + 1)


def refused(words: str, *, year: int = YEAR, coarsen: bool = True, because: str = "") -> None:
    """`manage.py prepare_statistics` says so, and stores nothing."""
    before = rows_left()
    with pytest.raises(CommandError, match=words):
        call_command("prepare_statistics", year, coarsen=coarsen, because=because, stdout=StringIO())
    assert rows_left() == before


class _Killed(BaseException):
    pass


class TestWhole:
    def test_killed_half_way_leaves_nothing(self, unreleased: None) -> None:
        """R22: cells, tables, dimensions, verdict and the row of the ledger come together or not at all."""
        before = rows_left()
        with as_owner():
            ledger = LedgerEntry.objects.count()

        def end(release: Release) -> None:
            assert StatisticsCell.objects.filter(release=release).exists()
            raise _Killed

        with pytest.raises(_Killed):
            make(THIS_YEAR, TODAY, coarsen=True, then=end)
        assert rows_left() == before
        with as_owner():
            assert LedgerEntry.objects.count() == ledger

    def test_two_at_once_make_two_versions(self, unreleased: None) -> None:
        """R22: the second waits for the first."""
        made: list[Release] = []

        def run() -> None:
            try:
                made.append(make(THIS_YEAR, TODAY, because="Both of us", coarsen=True))
            finally:
                connection.close()

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(release.version for release in made) == [1, 2]
        with as_batch():
            assert StatisticsVerdict.objects.filter(release__in=made, passed=True).count() == 2


class TestWorker:
    def test_a_request_is_taken_up_and_its_release_is_the_askers(self, unreleased: None) -> None:
        """R22: by the worker, in the name of whoever asked, who may not check it."""
        asked = ask(THIS_YEAR, coarsen=True)
        assert asking.do_next()
        assert not asking.do_next()
        with as_batch():
            asked.refresh_from_db()
            assert (asked.state, asked.progress) == ("done", "")
            assert asked.release.prepared_by_id == person("officer-data").pk
            assert asked.release.verdict.passed

    def test_what_stands_in_the_way_is_said(self, unreleased: None) -> None:
        asked = ask(THIS_YEAR)
        asking.do_next()
        with as_batch():
            asked.refresh_from_db()
        assert asked.state == "refused"
        assert asked.said.startswith("This cannot be published, because")
        assert asked.release_id is None

    def test_one_that_was_being_worked_on_is_taken_up_again_and_given_up_in_the_end(self, unreleased: None) -> None:
        """A worker was killed; after three times it is our fault, and said so."""
        again = ask(THIS_YEAR, state="working", tries=1, coarsen=True)
        given_up = ask(THIS_YEAR - 1, state="working", tries=3, coarsen=True)
        assert asking.do_next()
        assert asking.do_next()
        with as_batch():
            again.refresh_from_db()
            given_up.refresh_from_db()
        assert (again.state, given_up.state) == ("done", "failed")


def ask(year: int, **facts: object) -> StatisticsRequest:
    with as_batch():
        return StatisticsRequest.objects.create(
            academic_year=year, asked_by="Tomasz", asked_by_id=person("officer-data").pk, **facts
        )
