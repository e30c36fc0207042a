"""The life of a release in any sequence of steps, and steps taken at once (R22, R43)."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from operator import attrgetter

import pytest
from django.db import Error, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sharing import door
from sharing.door import CannotRelease
from sharing.models.releases import Figure, Measure, Release
from tests import figures, threads
from tests.locks.switches import rows
from tests.measures.releases import (
    ADMISSIONS,
    BECKSIDE,
    CODE,
    DATA,
    STEPS,
    YEAR,
    officer,
    prepared,
    soon,
    state,
)
from tests.people import as_batch, person

numbers = st.integers(0, 5)


class Life(RuleBasedStateMachine):
    """Any sequence of steps by two officers and of instants that come: at most one current version, nothing changes."""

    @initialize()
    def begin(self) -> None:
        self.all = transaction.atomic()
        self.all.__enter__()
        self.releases: list[Release] = []
        self.frozen: dict[int, object] = {}
        self.measure = Measure.objects.get(code=CODE)

    def teardown(self) -> None:
        if hasattr(self, "all"):
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    def attempt(self, step: Callable[[int], None], number: int) -> None:
        if self.releases:
            with suppress(CannotRelease):
                step(self.releases[number % len(self.releases)].pk)

    @rule(year=st.sampled_from([YEAR, YEAR + 1]), value=st.integers(0, 100), by=st.sampled_from([DATA, ADMISSIONS]))
    def prepare(self, year: int, value: int, by: str) -> None:
        with as_batch():
            cells = {(BECKSIDE, CODE): value}
            self.releases.append(figures.release("ks2", year, cells, by_id=person(by).pk))

    @rule(number=numbers, by=st.sampled_from([DATA, ADMISSIONS]))
    def check(self, number: int, by: str) -> None:
        self.attempt(lambda pk: door.check_release(officer(by), pk), number)

    @rule(number=numbers, minutes=st.integers(-10, 200))
    def schedule(self, number: int, minutes: int) -> None:
        self.attempt(lambda pk: door.schedule_release(officer(), pk, at=soon(minutes)), number)

    @rule(number=numbers)
    def postpone(self, number: int) -> None:
        self.attempt(STEPS["postpone"], number)

    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        self.attempt(STEPS["withdraw"], number)

    @rule()
    def the_next_instant_comes(self) -> None:
        with as_batch():
            waiting = Release.objects.filter(academic_year__in=[YEAR, YEAR + 1], state="scheduled")
            following = waiting.exclude(pk__in=Release.objects.out()).order_by("goes_out_at").first()
            if following:
                following.goes_out_at = Release.objects.raw("SELECT now() AS id")[0].id
                following.save(update_fields=["goes_out_at"])

    @rule(number=numbers)
    def somebody_rewrites_a_figure(self, number: int) -> None:
        if self.releases:
            with suppress(Error), transaction.atomic(), as_batch():
                Figure.objects.filter(release=self.releases[number % len(self.releases)]).update(value=7)

    @invariant()
    def one_current_version_and_what_is_out_stays(self) -> None:
        if not hasattr(self, "all"):
            return
        with as_batch():
            mine = Release.objects.filter(academic_year__in=[YEAR, YEAR + 1], dataset=self.measure.dataset)
            current = list(Release.objects.current().filter(pk__in=mine).values_list("academic_year", "version"))
            out = list(Release.objects.out().filter(pk__in=mine))
            found = {
                release.pk: (
                    release.version, release.as_of, release.goes_out_at, release.checked_by,
                    tuple(Figure.objects.filter(release=release).values_list("establishment", "value", "symbol")),
                )
                for release in out
            }  # fmt: skip
        newest = {
            year: max(r.version for r in out if r.academic_year == year) for year in {r.academic_year for r in out}
        }
        assert dict(current) == newest
        assert len(current) == len(newest)
        assert all(release.checked_at and release.prepared_by_id != release.checked_by_id for release in out)
        for pk, facts in self.frozen.items():
            assert found[pk] == facts
        self.frozen = found


@pytest.mark.django_db
def test_any_sequence() -> None:
    """R22: at most one current version for each dataset and year, and what is out never changes."""
    run_state_machine_as_test(
        Life,
        settings=settings(max_examples=25, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )


race = partial(threads.race, words=attrgetter("answer"))


def _schedule(who: str, release: Release, at: datetime) -> Callable[[], None]:
    return partial(door.schedule_release, officer(who), release.pk, at=at)


class TestAtOnce:
    """Real threads, real commits: the database decides."""

    def test_two_schedule_the_same_release(self, own_database: None) -> None:
        release = prepared()
        door.check_release(officer(), release.pk)
        people = [DATA, ADMISSIONS] * 2
        outcomes = race(*[_schedule(who, release, soon(60 + n)) for n, who in enumerate(people)])
        assert outcomes == {"done": 1, "moved on": 3}

    def test_two_versions_are_scheduled_for_the_same_time(self, own_database: None) -> None:
        releases = [prepared(), prepared()]
        for release in releases:
            door.check_release(officer(), release.pk)
        at, people = soon(), (DATA, ADMISSIONS)
        outcomes = race(*[_schedule(who, one, at) for who, one in zip(people, releases, strict=True)])
        assert outcomes["done"] == 1
        assert sum(outcomes.values()) == 2
        assert outcomes.keys() <= {"done", "newer version", "before the earlier version"}

    def test_check_and_withdraw(self, own_database: None) -> None:
        release = prepared()
        race(lambda: STEPS["check"](release.pk), lambda: STEPS["withdraw"](release.pk))
        assert state(release) == "withdrawn"

    def test_two_imports_prepare_at_once(self, own_database: None) -> None:
        assert race(*[prepared] * 4) == {"done": 4}
        with as_batch():
            versions = Release.objects.filter(dataset__slug="ks2", academic_year=YEAR).values_list("version", flat=True)
            assert sorted(versions) == [1, 2, 3, 4]

    def test_whoever_checks_waits_for_figures_under_way(self, own_database: None) -> None:
        """R22: or they would come out without having been checked."""
        release, under_way = prepared(), threading.Event()
        ended: list[str] = []
        measure = Measure.objects.get(code=CODE)

        def come() -> None:
            with as_batch():
                Figure.objects.create(release=release, measure=measure, area="region", value=1)
                under_way.set()
                rows("SELECT pg_sleep(0.5)")
                ended.append("figures")

        def check() -> None:
            assert under_way.wait(threads.PATIENCE)
            door.check_release(officer(), release.pk)
            ended.append("check")

        assert threads.at_once(come, check) == [None, None]
        assert ended == ["figures", "check"]
