"""An import is a conversation: checked, looked at, applied or discarded (R22). Real commits, the worker's own code."""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.cannot import ChangedMeanwhile
from sharing.claim import claim
from sharing.door.imports import AlreadyHere, NotAnyMore
from sharing.imports import running
from sharing.imports.outcomes import is_the_same
from sharing.imports.pieces import plain_file
from sharing.models import Import, ImportPiece, LedgerEntry
from sharing.service import work
from tests import threads
from tests.locks.switches import rows
from tests.people import as_batch, asker
from tests.sharing.imports.sending import force, now, pieces, send, store
from tests.sharing.imports.tiny import SCHOOL

HEAD = "head-synthetic"
pytestmark = pytest.mark.usefixtures("own_database", "tiny")


def apply(import_id: int) -> None:
    door.settle_import(asker(HEAD), SCHOOL, import_id, apply=True)


class TestThePlainWay:
    def test_checked_looked_at_applied(self) -> None:
        """R22: nothing changes before somebody says so; then all of it does, and the ledger knows."""
        before = store()
        number = send(asker(HEAD), "Ainsley\nBarrow\n")
        assert now(number).state == "uploaded"
        assert work.until_nothing_waits() == 1
        assert store() == before
        page = door.show_import(asker(HEAD), SCHOOL, number)
        assert (page.line.state, page.changes) == ("ready", (("Pupils who join", 2), ("Pupils who leave", 0)))
        apply(number)
        assert work.until_nothing_waits() == 1
        row = now(number)
        assert (row.state, row.progress, row.settled_by) == ("applied", 100, asker(HEAD).name)
        shown = {line.surname for line in door.list_pupils(asker(HEAD), SCHOOL).page}
        assert {"Ainsley", "Barrow"} <= shown
        with as_batch():
            entry = LedgerEntry.objects.filter(action="apply_import").get()
        assert (entry.urn, entry.about["import"], entry.about["by"]) == (SCHOOL, number, asker(HEAD).name)
        assert entry.about["file"] == row.file_hash

    def test_the_same_file_again_changes_nothing(self) -> None:
        """R22."""
        apply_whole("Ainsley\n")
        before = store()
        number = send(asker(HEAD), "Ainsley\n")
        work.until_nothing_waits()
        assert door.show_import(asker(HEAD), SCHOOL, number).changes_nothing
        apply(number)
        work.until_nothing_waits()
        assert now(number).state == "applied"
        assert {**store(), "applied in the ledger": 1} == before

    def test_a_file_with_errors_is_refused_with_all_of_them(self) -> None:
        before = store()
        number = send(asker(HEAD), "Ainsley\n!\n?\n!\n")
        work.until_nothing_waits()
        page = door.show_import(asker(HEAD), SCHOOL, number)
        assert page.line.state == "refused"
        assert [(problem.row, problem.fatal) for problem in page.problems] == [(2, True), (3, False), (4, True)]
        assert (store(), pieces(number)) == (before, 0)
        with pytest.raises(NotAnyMore):
            apply(number)

    def test_a_fault_of_ours_changes_nothing_and_names_nobody(self, caplog: pytest.LogCaptureFixture) -> None:
        before = store()
        number = send(asker(HEAD), "Ainsley\nboom\n")
        work.until_nothing_waits()
        assert (now(number).state, store(), pieces(number)) == ("failed", before, 0)
        assert "child's name" not in caplog.text

    def test_discarded(self) -> None:
        before = store()
        number = send(asker(HEAD), "Ainsley\n")
        work.until_nothing_waits()
        door.settle_import(asker(HEAD), SCHOOL, number, apply=False)
        assert work.until_nothing_waits() == 0
        assert (now(number).state, store(), pieces(number)) == ("discarded", before, 0)

    def test_discarded_while_it_is_checked(self) -> None:
        """The check that was under way changes nothing of that."""
        number = send(asker(HEAD), "slow\n" * 10)
        worker = threading.Thread(target=in_thread(work.until_nothing_waits))
        worker.start()
        while worker.is_alive() and now(number).state == "uploaded":
            pass
        door.settle_import(asker(HEAD), SCHOOL, number, apply=False)
        worker.join()
        assert now(number).state == "discarded"

    def test_progress_is_seen_while_it_runs(self) -> None:
        number = send(asker(HEAD), "slow\n" * 15)
        worker = threading.Thread(target=in_thread(work.until_nothing_waits))
        worker.start()
        seen = set()
        while worker.is_alive():
            seen.add(door.show_progress(asker(HEAD), SCHOOL, number).progress)
        assert len(seen) > 2, seen
        assert now(number).state == "ready"

    def test_the_store_has_changed_since_it_was_looked_at(self) -> None:
        """Nobody applies what they have not seen."""
        first = send(asker(HEAD), "Ainsley\nBarrow\n")
        work.until_nothing_waits()
        apply_whole("Barrow\n")
        before = store()
        apply(first)
        work.until_nothing_waits()
        page = door.show_import(asker(HEAD), SCHOOL, first)
        assert (page.line.state, page.line.settled_by, page.notes) == ("ready", "", (running.LOOK_AGAIN,))
        assert page.changes == (("Pupils who join", 1), ("Pupils who leave", 0))
        assert store() == before
        apply(first)
        work.until_nothing_waits()
        assert now(first).state == "applied"

    def test_a_page_that_was_open_before_another_look(self) -> None:
        """R22: two look at one file. The first applies it, and it would do something else by now; the second, whose
        page still says what it said, does not apply what neither has seen."""
        number = send(asker(HEAD), "Ainsley\nBarrow\n")
        work.until_nothing_waits()
        open_before = door.show_import(asker(HEAD), SCHOOL, number).version
        apply_whole("Barrow\n")
        door.settle_import(asker(HEAD), SCHOOL, number, apply=True, version=open_before)
        work.until_nothing_waits()
        with pytest.raises(ChangedMeanwhile):
            door.settle_import(asker(HEAD), SCHOOL, number, apply=True, version=open_before)
        page = door.show_import(asker(HEAD), SCHOOL, number)
        assert (page.line.state, page.notes) == ("ready", (running.LOOK_AGAIN,))
        door.settle_import(asker(HEAD), SCHOOL, number, apply=True, version=page.version)
        work.until_nothing_waits()
        assert now(number).state == "applied"

    def test_a_week_unlooked_at(self) -> None:
        """R13: the file does not lie about."""
        young, old, unchecked = (send(asker(HEAD), f"{name}\n") for name in ("Young", "Old", "Unchecked"))
        for number in (young, old):
            running.take_up(number)
        with as_batch():
            days = timezone.now() - timedelta(days=8)
            Import.objects.filter(pk__in=[old, unchecked]).update(at=days)
            Import.objects.filter(pk=old).update(finished_at=days)
        said = StringIO()
        call_command("run_daily", stdout=said)
        assert "2 files discarded that nobody looked at for a week" in said.getvalue()
        assert [now(number).state for number in (young, old, unchecked)] == ["ready", "discarded", "discarded"]
        assert [pieces(number) for number in (young, old, unchecked)] == [1, 0, 0]


def apply_whole(text: str) -> None:
    number = send(asker(HEAD), text)
    work.until_nothing_waits()
    apply(number)
    work.until_nothing_waits()
    assert now(number).state == "applied"


def in_thread(do):
    """`do`, and no connection left behind."""

    def doing() -> None:
        try:
            do()
        finally:
            connection.close()

    return doing


class TestTheFile:
    def test_it_is_kept_encrypted_and_comes_back_whole(self) -> None:
        """R13: in pieces, each bound to its place; under its own name while it is read."""
        text = "".join(f"Surname{number}\n" for number in range(120_000))
        number = send(asker(HEAD), text, name="ünsere Liste.txt")
        with as_batch():
            stored = [bytes(piece.sealed) for piece in ImportPiece.objects.filter(of=number).order_by("number")]
            assert len(stored) == 2
            assert not any(b"Surname" in piece for piece in stored)
            with plain_file(Import.objects.get(pk=number)) as path:
                assert path.name == "ünsere Liste.txt"
                assert path.read_text() == text
                directory = path.parent
                assert directory.stat().st_mode & 0o077 == 0
            assert not directory.exists()

    @pytest.mark.parametrize(
        "harm",
        [
            "UPDATE sharing_importpiece AS one SET sealed = (SELECT sealed FROM sharing_importpiece AS other "
            "WHERE other.of_id = one.of_id AND other.number = 2 - one.number) WHERE number < 3",
            "UPDATE sharing_importpiece SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE number = 1",
            "DELETE FROM sharing_importpiece WHERE number = 2",
            "UPDATE sharing_importpiece SET of_id = (SELECT max(of_id) FROM sharing_importpiece)",
        ],
    )
    def test_a_file_that_was_tampered_with_is_not_applied(self, harm: str) -> None:
        number = send(asker(HEAD), "Name\n" * 600_000)
        send(asker("head-beckside"), "Other\n", urn=999002)
        with as_batch():
            rows("UPDATE sharing_importpiece SET number = number + 10 WHERE of_id <> %s", number)
            rows(harm.replace("%", "%%"))
        before = store()
        running.take_up(number)
        assert (now(number).state, store()) == ("failed", before)


class TestTwoAtOnce:
    def test_two_apply_at_once(self) -> None:
        """One is told that it is not waiting for that any more; the file is applied once."""
        number = send(asker(HEAD), "Ainsley\n")
        work.until_nothing_waits()
        head = asker(HEAD)
        outcomes = at_once(4, lambda turn: door.settle_import(head, SCHOOL, number, apply=True))
        assert outcomes == {"done": 1, "NotAnyMore": 3}
        at_once(3, lambda turn: work.until_nothing_waits())
        assert now(number).state == "applied"
        assert store()["applied in the ledger"] == 1

    def test_apply_and_discard_at_once(self) -> None:
        for _ in range(5):
            number = send(asker(HEAD), "Ainsley\n")
            work.until_nothing_waits()
            head = asker(HEAD)
            outcomes = at_once(2, lambda turn: door.settle_import(head, SCHOOL, number, apply=bool(turn)))
            assert outcomes == {"done": 1, "NotAnyMore": 1}
            work.until_nothing_waits()

    def test_the_same_file_uploaded_four_times_at_once(self) -> None:
        """The double click: one import, and the others are told that it is here."""
        head = asker(HEAD)
        outcomes = at_once(4, lambda turn: send(head, "Ainsley\n"))
        assert outcomes == {"done": 1, "AlreadyHere": 3}
        with pytest.raises(AlreadyHere) as known:
            send(head, "Ainsley\n")
        with as_batch():
            assert known.value.import_id == Import.objects.get(kind="tiny").pk

    def test_an_import_has_one_worker(self) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        with claim(number):
            assert work.until_nothing_waits() == 0
        assert work.until_nothing_waits() == 1

    def test_many_imports_and_many_workers(self) -> None:
        """Each is checked once, and applied once."""
        numbers = [send(asker(HEAD), f"Name{turn}\n") for turn in range(12)]
        at_once(4, lambda turn: work.until_nothing_waits())
        assert Counter(now(number).state for number in numbers) == {"ready": 12}
        for number in numbers:
            apply(number)
        at_once(4, lambda turn: work.until_nothing_waits())
        assert Counter(now(number).state for number in numbers) == {"applied": 12}
        assert store()["applied in the ledger"] == 12


def at_once(count: int, do) -> Counter:
    """`do(number)` in that many threads, started together; what each ended in."""
    ends = threads.at_once(*[partial(do, turn) for turn in range(count)])
    return Counter(type(ended).__name__ if isinstance(ended, Exception) else "done" for ended in ends)


class TestTakenUpAgain:
    @pytest.mark.parametrize(("left", "then"), [("checking", "ready"), ("applying", "applied")])
    def test_what_a_killed_worker_left(self, left: str, then: str) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        if left == "applying":
            work.until_nothing_waits()
            apply(number)
        force(number, state=left, progress=40)
        work.until_nothing_waits()
        assert now(number).state == then

    def test_a_record_that_somebody_else_wrote_first_is_asked_again_later(self) -> None:
        """As when a transfer is accepted while a return of the same child is applied: the file is not thrown away."""
        before = store()
        number = send(asker(HEAD), "Ainsley\nAinsley\n")  # the database refuses the second one of the same identity
        for _ in range(running.MOST_TRIES):
            with pytest.raises(IntegrityError), transaction.atomic():
                work.until_nothing_waits()
            assert (now(number).state, pieces(number)) == ("checking", 1)
        work.until_nothing_waits()
        assert (now(number).state, store()) == ("failed", before)

    def test_what_was_discarded_while_it_was_checked_did_not_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        monkeypatch.setattr(running, "_bring_in", lambda *given, **more: force(number, state="discarded") or 1 / 0)
        work.until_nothing_waits()
        assert now(number).state == "discarded"

    def test_another_outcome_than_was_looked_at_is_another(self) -> None:
        """R22: also other children in the same numbers."""
        seen = {"title": "A", "changes": [], "by_establishment": {}, "who": "a"}
        assert is_the_same(seen | {"notes": ["as it is told now"]}, seen)
        assert not [part for part in seen if is_the_same(seen | {part: "other"}, seen)]

    def test_a_file_that_kills_the_worker_each_time_is_given_up(self) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        force(number, state="checking", tries=running.MOST_TRIES)
        work.until_nothing_waits()
        assert now(number).state == "failed"


class TestByTheDatabase:
    """The second lock: what the web application cannot do even if its code forgot everything."""

    @pytest.mark.parametrize(
        ("state", "harm"),
        [
            ("uploaded", "UPDATE sharing_import SET state = 'to_apply' WHERE id = %s"),
            ("checking", "UPDATE sharing_import SET state = 'to_apply' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET state = 'applied' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET state = 'uploaded' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET report = '{}' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET kind = 'other' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET file_hash = '' WHERE id = %s"),
            ("ready", "UPDATE sharing_import SET establishment_id = NULL WHERE id = %s"),
            ("ready", "DELETE FROM sharing_import WHERE id = %s"),
            ("ready", "DELETE FROM sharing_importpiece WHERE of_id = %s"),
            ("ready", "INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 7, '')"),
            ("ready", "SELECT sealed FROM sharing_importpiece WHERE of_id = %s"),
        ],
    )
    def test_a_step_that_is_not_the_webs(self, state: str, harm: str) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        force(number, state=state)
        with visit(asker(HEAD), Permission.KEEP_RECORDS, SCHOOL, action="test") as here:
            here.showed()
            with pytest.raises(Error), transaction.atomic():
                rows(harm, number)
        assert now(number).state == state

    @pytest.mark.parametrize("state", ["to_apply", "applying", "applied", "refused", "discarded", "failed"])
    def test_what_is_settled_or_being_applied_stays(self, state: str) -> None:
        number = send(asker(HEAD), "Ainsley\n")
        for step in {"to_apply": ["ready", "to_apply"], "applying": ["ready", "to_apply", "applying"]}.get(
            state, [state]
        ):
            force(number, state=step)
        with visit(asker(HEAD), Permission.KEEP_RECORDS, SCHOOL, action="test") as here:
            here.showed()
            assert Import.objects.filter(pk=number).update(state="discarded") == 0
        assert now(number).state == state

    def test_another_schools_import(self) -> None:
        """R6: neither seen nor settled nor added to, and none begun in another's name."""
        number = send(asker(HEAD), "Ainsley\n")
        school = now(number).establishment_id
        with visit(asker("head-beckside"), Permission.KEEP_RECORDS, 999002, action="test") as here:
            here.showed()
            assert Import.objects.filter(state="uploaded").count() == 0
            assert Import.objects.filter(pk=number).update(state="discarded") == 0
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                rows("INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 7, '')", number)
            for place, person in (
                (school, here.asker.person_id),
                (here.establishment.pk, here.asker.person_id + 1),
                (None, here.asker.person_id),
            ):
                with pytest.raises(Error, match="row-level security"), transaction.atomic():
                    Import.objects.create(
                        kind="tiny", state="uploaded", file_name="x", file_hash="x", by="x",
                        establishment_id=place, by_person_id=person,
                    )  # fmt: skip
