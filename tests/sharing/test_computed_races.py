"""Two who prepare the same release at the same time, and those who read meanwhile."""

from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.measures import cells
from sharing.measures.computed import prepare
from sharing.models import LedgerEntry
from sharing.models.releases import Release
from sharing.school_year import academic_year
from tests.people import as_batch, asker
from tests.threads import at_once

LAST_YEAR = academic_year(timezone.localdate()) - 1


def test_two_at_once_make_one_version(own_database: None) -> None:
    """R22: the second waits for the first, and finds its figures there."""
    today = timezone.localdate()
    made: list[Release | None] = []

    def run() -> None:
        try:
            made.append(prepare("ks4_counts", LAST_YEAR, today))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3
    assert [release.version for release in made if release] == [1]


def test_nobody_waits_while_a_release_is_stored(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: a page is shown once it is in the ledger, which nobody holds while very many figures are stored: each page
    would give up after two seconds."""
    put_into, reader, found = cells.put_into, asker("head-beckside"), []

    def stored_while_somebody_reads(release: Release) -> None:
        found.extend(at_once(lambda: door.list_pupils(reader, 999002).here.urn))
        put_into(release)

    monkeypatch.setattr(cells, "put_into", stored_while_somebody_reads)
    release = prepare("ks4_counts", LAST_YEAR, timezone.localdate())
    assert found == [999002]
    with as_batch():
        told = LedgerEntry.objects.filter(action="prepare_release", about__release=release.pk)
        assert told.get().pk > LedgerEntry.objects.filter(action="list_pupils").latest("pk").pk
