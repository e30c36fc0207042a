"""R22: reports are made in the background, once for each content, whatever becomes of the worker."""

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sharing import crypto
from sharing.keys import rotation
from sharing.models import Establishment, LedgerEntry, Report
from sharing.records.reports import FULL, GOVERNORS
from sharing.reports import making, pdf, queue
from sharing.service import work
from tests import figures
from tests.factories import establishment
from tests.people import as_batch, client
from tests.sharing.imports.test_kill import Worker

BECKSIDE, RAVENSGILL = 999002, 999003
RWM = "ks2_rwm_expected"
PATIENCE = 60  # seconds, on a busy machine
pytestmark = [pytest.mark.usefixtures("own_database", "pango", "two_schools")]


@pytest.fixture
def two_schools(own_database: None) -> None:
    """Releases of two schools only, and nobody else in the community: two establishments are quickly made."""
    figures.without_the_demonstrations()
    with as_batch():
        Establishment.objects.exclude(urn__in=[BECKSIDE, RAVENSGILL]).update(la_code=999)
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 61, (RAVENSGILL, RWM): 62})


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn does not matter."""
    monkeypatch.setattr(pdf, "draw", lambda facts, day: pdf.Drawn(b"%PDF-", 1))


def states() -> Counter[str]:
    with as_batch():
        return Counter(Report.objects.values_list("state", flat=True))


def times_made() -> int:
    with as_batch():
        return LedgerEntry.objects.filter(action="make_report").count()


def test_a_release_has_every_report_made_once() -> None:
    """For each establishment and kind; then nothing is left to do, also after the worker starts anew."""
    assert work.until_nothing_waits() == 2 + 4  # two establishments looked at, four reports made
    assert states() == {"made": 4}
    assert work.until_nothing_waits() == 0
    with as_batch():
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 63})  # a correction, of which Ravensgill is no more part
    work.until_nothing_waits()
    assert states() == {"made": 2, "empty": 2}
    assert client("governor-beckside").get(f"/establishments/{BECKSIDE}/reports/governors/").status_code == 200


@pytest.mark.usefixtures("quickly")
def test_a_new_day_makes_nothing_that_says_the_same() -> None:
    work.until_nothing_waits()
    with as_batch():
        Report.objects.update(looked_on=timezone.localdate().replace(year=2020))
    assert work.until_nothing_waits() == 2
    assert times_made() == 4


@pytest.mark.usefixtures("quickly")
def test_who_asks_comes_first() -> None:
    """A head does not wait for the reports of all the others."""
    with as_batch():
        queue.look_at(establishment(BECKSIDE).pk, timezone.localdate(), queue.releases_out())
    browser = client("head-ravensgill")
    browser.post(f"/establishments/{RAVENSGILL}/reports/full/ask/")
    assert making.do_next()
    with as_batch():
        assert list(Report.objects.filter(state="made").values_list("establishment__urn", "kind")) == [
            (RAVENSGILL, FULL)
        ]


@pytest.mark.usefixtures("quickly")
def test_without_reports_ahead_only_what_somebody_asks_for_is_made(settings: object) -> None:
    settings.REPORTS_AHEAD = False
    assert work.until_nothing_waits() == 0
    client("head-ravensgill").post(f"/establishments/{RAVENSGILL}/reports/full/ask/")
    work.until_nothing_waits()
    assert (states(), times_made()) == ({"made": 1}, 1)


@pytest.mark.parametrize("moment", range(2))
def test_a_worker_that_is_killed(moment: int) -> None:
    """At any moment: each report is made in the end, whole, and once."""
    with Worker() as worker:
        time.sleep(0.5 + 1.1 * moment)
        worker.kill()
    work.until_nothing_waits()
    assert states() == {"made": 4}
    assert times_made() == 4
    for urn in (BECKSIDE, RAVENSGILL):
        content = client("governor-beckside").get(f"/establishments/{urn}/reports/governors/").content
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.usefixtures("quickly")
def test_two_workers_at_once() -> None:
    def run() -> None:
        work.until_nothing_waits()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work.until_nothing_waits()
    assert (states(), times_made()) == ({"made": 4}, 4)


def test_one_that_cannot_be_made_is_given_up_and_tried_again_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*args: object) -> None:
        raise ValueError("no paper")

    monkeypatch.setattr(pdf, "draw", draw)
    work.until_nothing_waits()
    assert states() == {"failed": 4}
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/reports/").content.decode()
    assert "It will be tried again tomorrow" in page
    monkeypatch.setattr(pdf, "draw", lambda facts, day: pdf.Drawn(b"%PDF-", 1))
    assert work.until_nothing_waits() == 0
    with as_batch():
        Report.objects.update(looked_on=timezone.localdate().replace(year=2020))
    work.until_nothing_waits()
    assert states() == {"made": 4}


@pytest.mark.usefixtures("quickly")
def test_an_establishment_whose_reports_cannot_be_gathered_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R22: all those after it had no report for as long as it was so. The worker still says what it met with."""
    beckside, gather = establishment(BECKSIDE).pk, queue.gather

    def gathered(establishment_id: int, *args: Any) -> Any:
        if establishment_id == beckside:
            raise ValueError("a figure that is none")
        return gather(establishment_id, *args)

    monkeypatch.setattr(queue, "gather", gathered)
    with pytest.raises(ValueError, match="a figure"):
        work.until_nothing_waits()
    with as_batch():
        assert set(Report.objects.values_list("establishment__urn", "state")) == {(RAVENSGILL, "made")}
    monkeypatch.setattr(queue, "gather", gather)
    work.until_nothing_waits()
    assert (states(), times_made()) == ({"made": 4}, 4)


@pytest.mark.usefixtures("quickly")
def test_what_changed_while_it_waited_is_not_made() -> None:
    """The report of a release that was superseded meanwhile gives way to the new one, for whoever asked."""
    client("governor-beckside").post(f"/establishments/{BECKSIDE}/reports/governors/ask/")
    with as_batch():
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 63, (RAVENSGILL, RWM): 62})
    assert making.do_next()
    with as_batch():
        (row,) = Report.objects.filter(establishment__urn=BECKSIDE, kind=GOVERNORS)
    assert (row.state, row.is_awaited) == ("waiting", True)
    work.until_nothing_waits()
    assert (states(), times_made()) == ({"made": 4}, 4)


@pytest.mark.usefixtures("quickly")
def test_reports_are_encrypted_and_follow_the_keys(settings: object) -> None:
    """R13: no PDF lies in the database in clear, and none can be put in another's place."""
    work.until_nothing_waits()
    with as_batch():
        (first, sealed), (second, other) = Report.objects.order_by("pk").values_list("pk", "sealed")[:2]
    assert b"PDF" not in bytes(sealed)
    assert queue.unseal(first, bytes(sealed)).startswith(b"%PDF-")
    with pytest.raises(crypto.CannotDecrypt):
        queue.unseal(second, bytes(sealed))
    table = next(one for one in rotation.sealed_tables() if one.table == "sharing_report")
    assert rotation.left(table) == {"sealed": 0}
    settings.FIELD_KEYS = f"new:{'A' * 43}=,{settings.FIELD_KEYS}"
    assert rotation.left(table) == {"sealed": 4}
    assert sum(rotation.rotate(table)) == 4
    with as_batch():
        anew = bytes(Report.objects.get(pk=second).sealed)
    assert anew != bytes(other)
    assert queue.unseal(second, anew).startswith(b"%PDF-")
