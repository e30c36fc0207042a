"""P16, R40: pages are read from replicas that are never behind; what fails is reported or waited for."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from access_register import daily
from access_register.breaches import reading
from portal.middleware import ReadFromReplicas
from sharing import door
from sharing.authorise import NotYourEstablishment
from sharing.models import Pupil
from sharing.roles import refuse_all_but_the_application
from sharing.service import replicas
from tests import databases
from tests.people import EDUNET, asker, client, person
from tests.replicas.clusters import Machines, pgbouncer, until
from tests.replicas.pairs import BECKSIDE, Notes, asked_of_replicas, last_row, many_pairs, portal_on
from tests.threads import at_once

PUPILS = f"/establishments/{BECKSIDE}/pupils/"
LONGEST_WAIT = replicas.LONGEST_WAIT  # its value outside of these tests
NOTES_TO_HEAD = f"/establishments/{BECKSIDE}/officers-notes/"


@pytest.fixture
def head(portal: Machines) -> Client:
    return client("head-beckside")


def test_nothing_read_is_stale(portal: Machines) -> None:
    """What an officer has written on EduNet, or anybody was shown, is in every later answer on Schools Online."""
    found = many_pairs(Notes(2), pairs=10_000, seconds=4)
    assert (found.stale, found.failed) == ([], [])
    assert found.pairs > 5
    assert found.on_replicas > found.reads / 2


def test_the_ledger_has_the_row_before_the_answer(head: Client, portal: Machines) -> None:
    """R43: a page that a replica answered is in the ledger of the primary, and so is a refusal."""
    with asked_of_replicas() as asked:
        assert head.get(PUPILS).status_code == 200
    assert any("sharing_pupil" in statement for statement in asked)
    assert not any("portal_write_ledger" in statement for statement in asked)
    assert last_row(portal) == f"list_pupils {person('head-beckside').name} shown"
    with replicas.only_reads(True), pytest.raises(NotYourEstablishment):
        door.list_pupils(asker("head-ravensgill"), BECKSIDE)
    assert last_row(portal) == f"list_pupils {person('head-ravensgill').name} refused"


def test_a_page_that_changes_something_is_read_again(portal: Machines) -> None:
    """A replica refuses it, and the primary answers; nobody notices."""
    (note,) = Notes(1).known
    with asked_of_replicas() as asked:
        page = client("officer-data", EDUNET).get(f"/establishments/{BECKSIDE}/visit/notes/{note}/")
    assert asked
    assert page.status_code == 200


def test_a_page_that_is_read_again_is_in_the_ledger_once(portal: Machines) -> None:
    """R43: of its two visits the first was read from a replica, and the second one could not be."""
    (note,) = Notes(1).known
    head, officer = asker("head-beckside"), asker("officer-data", EDUNET)
    readings = []

    def page(request: HttpRequest) -> HttpResponse:
        readings.append(request)
        try:
            door.list_pupils(head, BECKSIDE)
            door.show_note(officer, BECKSIDE, note)
        except replicas.ReplicaFailed as failed:
            return middleware.process_exception(request, failed)
        return HttpResponse()

    middleware, request = ReadFromReplicas(page), RequestFactory().get(PUPILS)
    before = int(portal.primary.ask("SELECT max(id) FROM sharing_ledgerentry", databases.TEMPLATE))
    for times in (1, 2):
        assert middleware(request).status_code == 200
        assert len(readings) == 2 * times
        told = f"SELECT string_agg(action, ' ' ORDER BY id) FROM sharing_ledgerentry WHERE id > {before}"
        assert portal.primary.ask(told, databases.TEMPLATE) == " ".join(["list_pupils show_note"] * times)


def test_what_stands_in_place_of_a_page_is_read_from_the_primary(
    portal: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R41: why an establishment is shut out is not read again where a replica fails: that would be a fault's page."""
    monkeypatch.setattr(reading, "may_one_be_suspended", lambda today: True)
    with asked_of_replicas() as asked:
        assert client("head-ravensgill").get(PUPILS).status_code == 404
    assert asked
    assert not any("portal_suspensions" in statement for statement in asked)


def test_a_replica_that_is_behind_is_not_read(portal: Machines) -> None:
    """Even if nobody waits for it: the visit asks it, and then uses the primary instead."""
    notes = Notes(1)
    (note,) = notes.known
    portal.waits_for_nobody()
    for replica in portal.replicas:
        replica.ask("SELECT pg_wal_replay_pause()")
    notes.write(note, 7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replicas, "LONGEST_WAIT", LONGEST_WAIT)
        assert notes.read() == ([], False)
    for replica in portal.replicas:
        replica.ask("SELECT pg_wal_replay_resume()")
    time.sleep(replicas.LEFT_ALONE_BEHIND)
    assert notes.read() == ([], True)


def test_one_replica_lost_is_done_without(portal: Machines) -> None:
    """Nobody is shown a fault: what was being read is read again, and commits wait for the other one."""
    notes = Notes(1)
    (note,) = notes.known
    readers = [client("head-beckside"), client("head-beckside")]
    for reader in readers:
        assert reader.get(NOTES_TO_HEAD).status_code == 200
    portal.replicas[0].stop("immediate")
    for number, reader in enumerate(readers, start=1):
        notes.write(note, number)
        assert reader.get(NOTES_TO_HEAD).status_code == 200
        assert notes.read()[0] == []
    refuse_all_but_the_application()
    assert portal.waited_for() == f"FIRST 1 ({portal.replicas[1].name})"
    assert notes.read() == ([], True)


def test_one_visit_at_a_time_looks_whether_a_lost_replica_is_back(portal: Machines) -> None:
    """It accepts connections and says nothing. All other visits read elsewhere at once."""
    notes = Notes(1)
    portal.waits_for_nobody()
    lost = portal.replicas[0]
    connections.settings[lost.name]["OPTIONS"]["connect_timeout"] = 2
    connections[lost.name].close()

    def seconds_of_a_read() -> float:
        began = time.monotonic()
        assert notes.read()[0] == []
        return time.monotonic() - began

    hangs = int((lost.data / "postmaster.pid").read_text().split()[0])
    os.kill(hangs, signal.SIGSTOP)
    try:
        replicas._left_alone[lost.name] = time.monotonic()
        seconds = at_once(*[seconds_of_a_read] * 6)
    finally:
        os.kill(hangs, signal.SIGCONT)
    assert sorted(second > 1.5 for second in seconds) == [False] * 5 + [True]
    assert set(replicas._left_alone) == {lost.name}
    until(lambda: replicas.look_at_all()[0].answers)


def test_with_no_replica_left_commits_wait(portal: Machines) -> None:
    """Nobody is told of a change that is only on one machine. It is there once a replica is back."""
    notes = Notes(1)
    (note,) = notes.known

    def write() -> None:
        notes.write(note, 1)
        connections.close_all()

    for replica in portal.replicas:
        replica.stop("immediate")
    writing = threading.Thread(target=write)
    writing.start()
    writing.join(timeout=1)
    assert writing.is_alive()
    portal.replicas[1].start()
    writing.join(timeout=20)
    assert not writing.is_alive()
    assert notes.read()[0] == []


def test_a_primary_that_restarts_loses_nothing(head: Client, portal: Machines) -> None:
    """While it is away, pages say so in plain words and show nothing about a child; afterwards everything is there."""
    notes = Notes(1)
    (note,) = notes.known
    notes.write(note, 41)
    surname = door.list_pupils(notes.head, BECKSIDE).page.rows[0].surname
    assert surname in head.get(PUPILS).content.decode()
    head.raise_request_exception = False
    portal.primary.stop("immediate")
    page = head.get(PUPILS)
    assert page.status_code == 500
    assert "Sorry, there is a problem with the service" in page.content.decode()
    assert surname not in page.content.decode()
    portal.all_there()
    connection.close()
    assert head.get(PUPILS).status_code == 200
    assert notes.read()[0] == []


@pytest.fixture
def one_connection_for_all(portal: Machines) -> Iterator[Machines]:
    """The portal behind a pool that has a single connection."""
    portal.primary.ask("ALTER ROLE portal_app SET statement_timeout = '2s'")
    portal.pool(databases.TEMPLATE, connections=1)
    with portal_on(portal, databases.TEMPLATE, through_the_pool=True):
        yield portal
    portal.primary.ask("ALTER ROLE portal_app RESET statement_timeout")


@pytest.mark.skipif(not pgbouncer(), reason="pgbouncer is not installed")
def test_who_asks_is_known_for_one_transaction_only(one_connection_for_all: Machines) -> None:
    """R6: people who are lent one connection by turns see each their own, and who does not ask sees nothing."""
    refuse_all_but_the_application()
    places = {"head-beckside": BECKSIDE, "head-ravensgill": 999003, "teacher-beckside": BECKSIDE}
    askers = {slug: asker(slug) for slug in places}
    seen: set[tuple[str, int]] = set()
    wrong: list[str] = []
    ends = time.monotonic() + 3

    def come_and_go(slug: str) -> None:
        try:
            while time.monotonic() < ends:
                seen.add((slug, door.list_pupils(askers[slug], places[slug]).here.urn))
                if Pupil.objects.exists():
                    wrong.append(f"after {slug}, a child was seen by nobody")
                if slug == "head-ravensgill":
                    with pytest.raises(NotYourEstablishment):
                        door.list_pupils(askers[slug], BECKSIDE)
        except Exception as fault:
            wrong.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come_and_go, args=[slug]) for slug in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert seen == set(places.items())


def test_what_needs_a_connection_of_its_own_refuses_a_pool(portal: Machines) -> None:
    """Locks that outlast a transaction would be somebody else's; a login without a time limit is refused."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DATABASE_POOLED", True)
        with pytest.raises(ImproperlyConfigured, match="directly"):
            daily.run(timezone.localdate())
        with pytest.raises(ImproperlyConfigured, match="directly"):
            call_command("work", "--once")  # nothing is waiting, and it says so
        patch.setitem(connection.settings_dict, "OPTIONS", {})
        connection.close()
        with pytest.raises(ImproperlyConfigured, match="statement_timeout"):
            refuse_all_but_the_application()
        connection.close()
