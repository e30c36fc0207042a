"""P16, A17: the operations page and monitors report on replicas, and on changes that cannot be saved."""

import os
import re
import signal
import threading
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from sharing.records.operations import How
from sharing.service import health, replicas
from tests.people import EDUNET, client, person, visitor
from tests.replicas.clusters import Machines, until
from tests.replicas.pairs import Notes, asked_of_replicas, last_row

OPERATIONS, HEALTH = "/operations/", "/health/"


def parts() -> dict[str, tuple[How, str]]:
    return {part.title: (part.how, part.says) for part in health.how_is_the_service().parts}


def test_operations_name_each_replica_by_its_place(portal: Machines) -> None:
    """A17, P16: and by no host, database or login. The information manager's page is read by a visit."""
    for slug in ("superuser", "officer-information"):
        page = client(slug, EDUNET).get(OPERATIONS).content.decode()
        for place in (1, 2):
            assert f"Read replica {place}</th>" in page
        assert page.count("It answers, and has everything that the primary has.") == 2
        assert str(portal.home) not in page
        assert "portal_app" not in page


def test_operations_tell_a_lost_replica_and_since_when(portal: Machines) -> None:
    """A17, P16: whoever noticed it first. It makes nothing wrong, as pages are read elsewhere."""
    notes = Notes(1)
    before = timezone.now()
    portal.replicas[0].stop("immediate")
    until(lambda: portal.waited_for() == f"FIRST 1 ({portal.replicas[1].name})")
    for _ in (1, 2):
        assert notes.read()[0] == []
    noticed = cache.get("lost_replica_1")
    assert before < noticed < timezone.now()
    how, says = parts()["Read replica 1"]
    assert how == How.LOOK
    assert says == (
        f"It is lost: it does not answer, first noticed on {timezone.localtime(noticed):%-d %B %Y, %H:%M}. "
        "Pages are read elsewhere."
    )
    assert cache.get("lost_replica_1") == noticed
    assert parts()["Read replica 2"][0] == How.WELL
    assert "Saving" not in parts()
    portal.all_there()
    assert parts()["Read replica 1"][0] == How.WELL
    assert cache.get("lost_replica_1") is None


def test_a_visit_that_reads_a_replica_again_forgets_that_it_was_lost(portal: Machines) -> None:
    notes = Notes(1)
    cache.set("lost_replica_1", timezone.now(), None)
    for _ in (1, 2):
        assert notes.read() == ([], True)
    assert cache.get("lost_replica_1") is None


def test_operations_do_not_wait_for_a_replica_that_hangs(portal: Machines) -> None:
    """A17: it takes connections, and says nothing."""
    portal.waits_for_nobody()
    hangs = int((portal.replicas[0].data / "postmaster.pid").read_text().split()[0])
    os.kill(hangs, signal.SIGSTOP)
    try:
        began = time.monotonic()
        found = replicas.look_at_all()
        took = time.monotonic() - began
    finally:
        os.kill(hangs, signal.SIGCONT)
    assert [replica.answers for replica in found] == [False, True]
    assert took < replicas.LONGEST_LOOK + 0.5
    until(lambda: replicas.look_at_all()[0].answers)


def test_operations_say_how_far_a_replica_is_behind(portal: Machines) -> None:
    notes = Notes(1)
    (note,) = notes.known
    portal.waits_for_nobody()
    portal.replicas[1].ask("SELECT pg_wal_replay_pause()")
    try:
        notes.write(note, 8)
        how, says = parts()["Read replica 2"]
    finally:
        portal.replicas[1].ask("SELECT pg_wal_replay_resume()")
    assert how == How.LOOK
    assert re.match(r"It is [0-9.]+\s(bytes|KB) behind, so it is not read from\. It has what was stored until ", says)
    until(lambda: parts()["Read replica 2"][0] == How.WELL)


def test_operations_let_a_replica_catch_up(portal: Machines) -> None:
    """A17: what is on its way, as for a moment on a busy machine, is not told as behind."""
    (note,) = (notes := Notes(1)).known
    portal.waits_for_nobody()
    portal.replicas[1].ask("SELECT pg_wal_replay_pause()")
    soon = threading.Timer(0.2, portal.replicas[1].ask, ["SELECT pg_wal_replay_resume()"])
    notes.write(note, 9)
    soon.start()
    how, says = parts()["Read replica 2"]
    soon.join()
    assert (how, says) == (How.WELL, "It answers, and has everything that the primary has.")


def test_what_is_no_replica_is_named_as_that(portal: Machines) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings["replica_2"], "PORT", portal.PORT)
        connections["replica_2"].close()
        assert parts()["Read replica 2"] == (
            How.LOOK, "It answers, but is not read from: it is a separate server, and not a replica.",
        )  # fmt: skip


def test_monitors_hear_when_nothing_can_be_saved_and_not_when_a_replica_is_lost(portal: Machines) -> None:
    """A17: with the fewest at 1, and none there, each page waits; its monitor is told."""
    for replica in portal.replicas:
        assert "Saving" not in parts()
        assert visitor(address="127.0.0.1").get(HEALTH).status_code == 200
        replica.stop("immediate")
    until(lambda: "Saving" in parts())
    assert parts()["Saving"] == (How.WRONG, "Nothing can be saved: there is no replica to keep it too.")
    with asked_of_replicas() as asked:
        assert visitor(address="127.0.0.1").get(HEALTH).status_code == 503
    assert asked == []


@pytest.mark.parametrize("slug", ["superuser", "officer-information"])
def test_operations_answer_at_once_while_nothing_can_be_saved(portal: Machines, settings: Any, slug: str) -> None:
    """A17: to who runs the service and to information managers; their session is renewed meanwhile, and somebody's
    change holds the ledger."""
    settings.SESSION_RENEWED_EVERY = 0
    (note,) = (notes := Notes(1)).known
    browser, answers = client(slug, EDUNET), []

    def write() -> None:
        notes.write(note, 1)
        connections.close_all()

    def look() -> None:
        answers.append(browser.get(OPERATIONS))
        connections.close_all()

    browser.get(OPERATIONS)
    assert last_row(portal) == f"show_operations {person(slug).name} shown"
    for replica in portal.replicas:
        replica.stop("immediate")
    until(lambda: "Saving" in parts())
    writing, looking = threading.Thread(target=write), threading.Thread(target=look)
    writing.start()
    writing.join(timeout=1)
    looking.start()
    looking.join(timeout=1.5)
    at_once = len(answers)
    waits = writing.is_alive()
    portal.all_there()
    for thread in (writing, looking):
        thread.join(timeout=20)
    assert (at_once, waits) == (1, True)
    assert "Nothing can be saved: there is no replica to keep it too." in answers[0].content.decode()
