"""A version of the comparators holds the figures of the one before: who checks it, and what withdrawing does (R22)."""

from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from sharing.door import release_desk as desk
from sharing.door.release_desk import CannotRelease
from sharing.models.releases import Dataset, Release
from tests import figures
from tests.people import EDUNET, as_batch, asker, client, person
from tests.threads import PATIENCE, at_once, until_waiting

DATA, ADMISSIONS = "officer-data", "officer-admissions"
YEAR, ABSENCE = 1999, "absence_overall"


def officer(slug: str):
    return asker(slug, EDUNET)


def version(by: str, **cells: float) -> Release:
    """The next one, prepared from a file that this officer brought in."""
    told = {("england", code): value for code, value in cells.items()}
    with as_batch():
        return figures.release("comparators", YEAR, told, by_id=person(by).pk)


@pytest.fixture
def first(db: None) -> Release:
    """With an error in it, and prepared by the data team."""
    return version(DATA, absence_overall=90.4)


@pytest.fixture
def second(first: Release) -> Release:
    """Of another source, prepared by Admissions on top of the first one."""
    return version(ADMISSIONS, absence_overall=90.4, eyfsp_gld=62.3)


def test_what_a_newer_version_holds_is_not_withdrawn_under_it(first: Release, second: Release) -> None:
    """R22: withdrawn figures would come out all the same, by the newer version."""
    browser = client(ADMISSIONS, EDUNET)
    page = browser.post(f"/releases/{first.pk}/withdraw/", {"because": "The wrong file"})
    assert page.status_code == 422
    assert "Withdraw that one first" in page.content.decode()
    for release in (second, first):
        desk.withdraw_release(officer(ADMISSIONS), release.pk, because="The wrong file")
    with as_batch():
        assert {one.state for one in Release.objects.filter(pk__in=(first.pk, second.pk))} == {"withdrawn"}


def test_once_the_newer_version_is_out_the_older_one_may_go(first: Release, second: Release) -> None:
    with as_batch():
        Release.objects.filter(pk=second.pk).update(
            state="scheduled", checked_at=timezone.now(), goes_out_at=timezone.now() - timedelta(minutes=1)
        )
    desk.withdraw_release(officer(ADMISSIONS), first.pk, because="Never needed")


def test_nobody_checks_by_a_newer_version_what_they_prepared(first: Release, second: Release) -> None:
    """R22: the first version's figures come out by the second, which its preparer must not be the only one to check."""
    with pytest.raises(CannotRelease, match="you prepared in an earlier one"):
        desk.check_release(officer(DATA), second.pk)
    desk.check_release(officer(ADMISSIONS), first.pk)
    desk.check_release(officer(DATA), second.pk)


def test_files_of_one_source_hold_nothing_of_each_other(db: None) -> None:
    """A file of results tells all there is: what was wrong in the version before is not in the next one."""
    with as_batch():
        wrong = figures.release("ks2", YEAR, {("england", "ks2_rwm_expected"): 6}, by_id=person(DATA).pk)
        right = figures.release("ks2", YEAR, {("england", "ks2_rwm_expected"): 65}, by_id=person(ADMISSIONS).pk)
    desk.check_release(officer(DATA), right.pk)
    desk.withdraw_release(officer(DATA), wrong.pk, because="A slip of the keys")


def test_who_checks_sees_all_that_readers_will_see_change(db: None) -> None:
    """R22: also what an earlier version has changed that nobody has checked."""
    with as_batch():
        figures.out("comparators", YEAR, {("england", ABSENCE): 9.4})
    version(DATA, absence_overall=90.4)
    newest = version(ADMISSIONS, absence_overall=90.4, eyfsp_gld=62.3)
    page = desk.show_release(officer("officer-data"), newest.pk)
    changes = {one.measure: (one.differ, one.added) for one in page.differences}
    assert page.earlier_version == 1
    assert sorted(changes.values()) == [(0, 1), (1, 0)]


def test_nor_while_the_newer_version_is_being_prepared(own_database: None) -> None:
    """R22: who withdraws waits until the file that is being brought in is there."""
    first, has_begun = version(DATA, absence_overall=90.4), Event()

    def bring_in() -> None:
        with as_batch():
            Dataset.objects.select_for_update().get(slug="comparators")  # as imports begin
            figures.release("comparators", YEAR, {("england", ABSENCE): 90.4})
            has_begun.set()
            until_waiting()

    def withdraw() -> None:
        has_begun.wait(PATIENCE)
        desk.withdraw_release(officer(ADMISSIONS), first.pk, because="The wrong file")

    brought_in, withdrawn = at_once(bring_in, withdraw)
    assert brought_in is None
    assert isinstance(withdrawn, CannotRelease)
