"""Two officers bring in the same published file at the same moment (R22)."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection

from sharing.imports.kinds import Outcome
from sharing.models import Release
from sharing.published import PUBLISHED_KINDS
from tests.people import as_batch
from tests.published.files import BECKSIDE, ks2_file, ks2_school
from tests.threads import PATIENCE

KS2 = next(kind for kind in PUBLISHED_KINDS if kind.slug == "published-ks2")


@pytest.mark.usefixtures("own_database")
def test_two_at_once_prepare_one_version(tmp_path: Path) -> None:
    path = ks2_file(tmp_path, [ks2_school(BECKSIDE)])
    together = Barrier(2, timeout=PATIENCE)
    outcomes: list[Outcome] = []

    def work() -> None:
        together.wait()
        try:
            with as_batch():
                outcomes.append(KS2.bring_in(path, urn=None, apply=True, progress=lambda _: None))
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.changes_nothing for outcome in outcomes) == [False, True]
    with as_batch():
        assert Release.objects.filter(dataset__slug="ks2", academic_year=2018).count() == 1
