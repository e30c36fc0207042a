"""Two who prepare the same release at the same time."""

from threading import Thread

from django.db import connection
from django.utils import timezone

from sharing.measures.computed import prepare
from sharing.models.releases import Release
from sharing.school_year import academic_year

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
