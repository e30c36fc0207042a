"""R13: an old backup put back does not bring a disposed child back; a process killed leaves nothing half done."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.register import register
from portal.embedded import programs
from sharing import children
from sharing.children import REASON_IS_GONE
from sharing.crypto import CannotDecrypt
from sharing.keys.fit import refuse_other_keys
from sharing.ledger import ledger
from sharing.models import Child, Closing, Contact, Disposal, LedgerEntry, Pupil, ServiceRun
from sharing.retention import working
from sharing.retention.replaying import NotReplayed, refuse_until_replayed
from sharing.service.starting import refuse_to_run, refuse_to_serve
from tests import databases, factories, post
from tests.faults.server import url_of_tests
from tests.people import as_batch, asker, person
from tests.retention.worlds import BECKSIDE, RAVENSGILL, approved, disposed, full_child, grown_up, traces

REPOSITORY = Path(__file__).resolve().parents[2]
RESTORE = (REPOSITORY / "docs/operators/retention.md").read_text().partition("## Restore")[2]
ORDINARY = ("--role=portal_backup", "--exclude-schema=portal_keys")
WORKERS = (lambda: call_command("work"), lambda: call_command("work", "--once"))
KEYS = ("--role=portal_owner", "--schema=portal_keys")
THORNBURY = 999001
NO_OWNER = ("--no-owner",)


def dump(where: Path, *options: str) -> Path:
    """As docs/operators/retention.md says, by the programs of PostgreSQL."""
    subprocess.run(
        [programs() / "pg_dump", "--format=custom", *options, f"--file={where}", url_of_tests()],
        check=True,
        timeout=300,
    )
    return where


def restore(name: str, *dumps: Path, options: tuple[str, ...] = ()) -> None:
    for one in dumps:
        subprocess.run(
            [programs() / "pg_restore", "--single-transaction", *options, f"--dbname={url_of_tests(name)}", one],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip


@contextmanager
def another_database() -> Iterator[str]:
    name, before = f"{connection.settings_dict['NAME']}_restored", connection.settings_dict["NAME"]
    databases.drop(name)
    databases.as_admin(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield name
    finally:
        databases.use(before)
        databases.drop(name)


@contextmanager
def restored(*dumps: Path) -> Iterator[None]:
    """The dumps put back into another database, which the portal then uses."""
    with another_database() as name:
        restore(name, *dumps)
        databases.use(name)
        yield


def test_the_drill(own_database: None, tmp_path: Path) -> None:
    """R13: backup, disposal, the old backup put back beside today's keys: unreadable, refused, and gone again."""
    gone, other = full_child(BECKSIDE), grown_up(RAVENSGILL, born_on=date(2015, 1, 1))
    old = dump(tmp_path / "old", *ORDINARY)
    keys_then = dump(tmp_path / "keys-then", *KEYS)
    disposed()
    refuse_until_replayed()
    keys_now, new = dump(tmp_path / "keys-now", *KEYS), dump(tmp_path / "new", *ORDINARY)
    with restored(old, keys_now):
        call_command("migrate", verbosity=0)
        call_command("migrate", "--check")
        with as_batch():
            assert Pupil.objects.get(pk=other.pk).upn == other.upn
            for model, where in ((Pupil, {"pk": gone.pk}), (Contact, {"pupil_id": gone.pk})):
                with pytest.raises(CannotDecrypt):
                    model.objects.get(**where)
        for starts in (refuse_until_replayed, lambda: call_command("run_daily"), *WORKERS):
            with pytest.raises(NotReplayed, match="dispose --replay"):
                starts()
        with as_batch():
            assert not ServiceRun.objects.exists()
        for _ in range(2):
            call_command("dispose", "--replay", stdout=StringIO())
            refuse_until_replayed()
        assert traces(gone) == {"portal_keys.gone": 1}
        with as_batch():
            assert Pupil.objects.get(pk=other.pk).upn == other.upn
            assert Disposal.objects.get().state == "done"
    with restored(new, keys_then):
        with pytest.raises(NotReplayed):
            refuse_until_replayed()
        with pytest.raises(CommandError, match="older than the database"):
            call_command("dispose", "--replay", stdout=StringIO())
    with restored(old):
        for starts in (refuse_until_replayed, lambda: refuse_to_run("dispose")):
            with pytest.raises(NotReplayed, match="not there"):
                starts()


def test_keys_of_the_day_before(own_database: None, tmp_path: Path) -> None:
    """R13: nothing was disposed of in between, but children came: whoever restores is told, before any page fails."""
    keys_then = dump(tmp_path / "keys-then", *KEYS)
    factories.pupil(BECKSIDE)
    keys_now, now = dump(tmp_path / "keys-now", *KEYS), dump(tmp_path / "now", *ORDINARY)
    with restored(now, keys_then):
        with pytest.raises(CommandError, match="older than the database"):
            call_command("dispose", "--replay", stdout=StringIO())
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM portal_keys.key")
        with pytest.raises(CommandError, match="dispose --replay"):
            refuse_other_keys()
    with restored(now, keys_now):
        call_command("dispose", "--replay", stdout=StringIO())


@pytest.mark.parametrize("joins", [True, False])
def test_two_who_were_set_apart_since(joins: bool, own_database: None, tmp_path: Path) -> None:
    """R13: the older copy has two children as one, by mistake. Only the record of the one who is gone goes again,
    whichever had been joined to the other, and although a third was joined to both."""
    other, gone, third = factories.pupil(RAVENSGILL), full_child(BECKSIDE), factories.pupil(THORNBURY)
    child, into = (gone, other) if joins else (other, gone)
    joined = children.merge(child.child_id, into.child_id, because="Test", by_name="Test")
    joined_again = children.merge(into.child_id, third.child_id, because="Test", by_name="Test")
    old = dump(tmp_path / "old", *ORDINARY)
    for one in (joined_again, joined):
        children.undo(one.pk, by_name="Test")
    disposed()
    keys_now = dump(tmp_path / "keys-now", *KEYS)
    with restored(old, keys_now):
        call_command("migrate", verbosity=0)
        for _ in range(2):
            call_command("dispose", "--replay", stdout=StringIO())
            refuse_until_replayed()
        assert traces(gone) == {"portal_keys.gone": 1}
        with as_batch():
            for stays in (other, third):
                assert Pupil.objects.get(pk=stays.pk).upn == stays.upn
            assert not Child.objects.filter(pk__in=(other.child_id, third.child_id)).exclude(same_as=None).exists()


def test_who_was_closed_when_two_were_taken_for_one(own_database: None, tmp_path: Path) -> None:
    """R13, R18: nobody knows which was meant, and why went with the key of the child who is gone. The other is closed
    too, as when the two were set apart."""
    other, gone = factories.pupil(RAVENSGILL), full_child(BECKSIDE)
    joined = children.merge(other.child_id, gone.child_id, because="Test", by_name="Test")
    until = timezone.now() + timedelta(days=90)
    with as_batch():
        Closing.objects.create(
            child_id=gone.child_id, named=[1], authoriser="A judge", basis=Closing.Basis.COURT, reason="A court order",
            starts_at=timezone.now(), ends_at=until, asked_by_id=1, asked_by_name="Test",
        )  # fmt: skip
    call_command("rotate_keys", stdout=StringIO())
    old = dump(tmp_path / "old", *ORDINARY)
    children.undo(joined.pk, by_name="Test")
    disposed()
    keys_now = dump(tmp_path / "keys-now", *KEYS)
    with restored(old, keys_now):
        call_command("migrate", verbosity=0)
        call_command("dispose", "--replay", stdout=StringIO())
        refuse_until_replayed()
        with as_batch():
            closing = Closing.objects.get()
            assert (closing.child_id, closing.ends_at, closing.reason) == (other.child_id, until, REASON_IS_GONE)


def test_a_snapshot_put_back(own_database: None, tmp_path: Path) -> None:
    """R13: its keys are as old as its tables. With the newest in their place, as the page says, the child is gone."""
    gone = full_child(BECKSIDE)
    old, keys_then = dump(tmp_path / "old", *ORDINARY), dump(tmp_path / "keys-then", *KEYS)
    disposed()
    keys_now = dump(tmp_path / "keys-now", *KEYS)
    with another_database() as name:
        restore(name, old, keys_then)
        drop = RESTORE.partition("DROP SCHEMA")[2].partition("'")[0]
        databases.as_admin(f"DROP SCHEMA{drop}", name=name)
        restore(name, keys_now)
        databases.use(name)
        call_command("migrate", verbosity=0)
        with pytest.raises(NotReplayed, match="dispose --replay"):
            refuse_until_replayed()
        call_command("dispose", "--replay", stdout=StringIO())
        refuse_until_replayed()
        assert traces(gone) == {"portal_keys.gone": 1}


def test_access_that_was_ended_since_is_back_and_its_head_is_told(own_database: None, tmp_path: Path) -> None:
    """R13, R43: what a restore undoes is listed beforehand, as the page says, and whoever gave the access is told."""
    with as_batch():
        ledger.changed(action="import_gias", about={})
        line = RegisterLine.objects.live_on(timezone.localdate()).get(
            person=person("teacher-beckside"), establishment__urn=BECKSIDE
        )
        before = LedgerEntry.objects.latest("pk").at
    old, keys = dump(tmp_path / "old", *ORDINARY), dump(tmp_path / "keys", *KEYS)
    register.withdraw_access(asker("head-beckside"), BECKSIDE, line.pk, because="Left")
    listing = RESTORE.partition('"SELECT')[2].partition('"')[0].replace("2026-12-02 05:00", before.isoformat())
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {listing}")
        rows = cursor.fetchall()
    assert [(who, what, urn, json.loads(about)["line"]) for _, who, _, what, urn, about in rows] == [
        (person("head-beckside").name, "withdraw_access", BECKSIDE, line.pk)
    ]
    with restored(old, keys):
        call_command("migrate", verbosity=0)
        call_command("dispose", "--replay", stdout=StringIO())
        with as_batch():
            assert RegisterLine.objects.get(pk=line.pk).withdrawn_at is None
        call_command("tell_of_restore", yes=True, stdout=StringIO())
        mail.outbox.clear()
        until = f"{timezone.localtime(before):%H:%M on %-d %B %Y}"
        assert until in {letter.to[0]: letter.body for letter in post.sent()}[person("head-beckside").email]


@pytest.mark.parametrize("without", [{"tables", "keys"}, {"keys"}])
def test_dumps_put_back_without_their_owner(without: set[str], own_database: None, tmp_path: Path) -> None:
    """R6: nothing starts on tables that an administrator owns: functions would run with the administrator's rights.

    Nor could the owner of the portal migrate them, so `migrate` says what happened.
    """
    tables, keys = dump(tmp_path / "tables", *ORDINARY), dump(tmp_path / "keys", *KEYS)
    with another_database() as name:
        restore(name, tables, options=NO_OWNER if "tables" in without else ())
        restore(name, keys, options=NO_OWNER)
        databases.use(name)
        for starts in (refuse_to_serve, lambda: refuse_to_run("run_daily"), lambda: refuse_to_run("dispose")):
            with pytest.raises(ImproperlyConfigured, match="--no-owner"):
                starts()
        with pytest.raises(ImproperlyConfigured, match="--no-owner"):
            call_command("migrate", verbosity=0)


def test_a_database_without_tables_is_no_lost_store_of_keys(own_database: None) -> None:
    """R13: who forgot `migrate`, or wrote the wrong name into DATABASE_URL, is not sent to put back old keys."""
    with another_database() as name:
        databases.use(name)
        with pytest.raises(NotReplayed, match=r"`manage\.py migrate`"):
            refuse_until_replayed()


STEP_BY_STEP = (
    "import django; django.setup()\n"
    "import sharing.retention.disposing as d; d.AT_ONCE = 2; delete = d.delete\n"
    "def step_by_step(*a): delete(*a); print('in the middle', flush=True); input()\n"
    "d.delete = step_by_step\n"
    "from django.core.management import call_command; call_command('dispose', '--apply')"
)


def test_killed_in_the_middle(own_database: None) -> None:
    """R13: kill -9 after rows are deleted and before the commit: each child whole or gone, and the next run ends it."""
    children = [grown_up(BECKSIDE) for _ in range(6)]
    number = approved(working.do_next)
    environment = os.environ | {"DATABASE_URL": url_of_tests(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command, pipe = [sys.executable, "-c", STEP_BY_STEP], subprocess.PIPE
    first = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdin=pipe, stdout=pipe, text=True)
    first.stdout.readline()
    print(file=first.stdin, flush=True)
    first.stdout.readline()
    first.send_signal(signal.SIGKILL)
    first.communicate()
    left = [traces(child) for child in children]
    whole = dict.fromkeys(("sharing_pupil", "sharing_child", "sharing_enrolment", "portal_keys.key"), 1)
    assert sorted("sharing_pupil" in one for one in left) == [False, False, True, True, True, True]
    assert all(one == {"portal_keys.gone": 1} or one.keys() == whole.keys() for one in left)
    with as_batch():
        assert Disposal.objects.get(pk=number).gone == 2
    refuse_until_replayed()
    subprocess.run(command, cwd=REPOSITORY, env=environment, input=b"\n" * 9, check=True, timeout=300)
    assert all(traces(child) == {"portal_keys.gone": 1} for child in children)
    with as_batch():
        done = Disposal.objects.get(pk=number)
        assert (done.state, done.gone, done.lines.get(kind="child").disposed) == ("done", 6, 6)
        Disposal.objects.update(gone=2)  # as an older copy that was made between two batches has it
    with pytest.raises(NotReplayed):
        refuse_until_replayed()
    call_command("dispose", "--replay", stdout=StringIO())
    refuse_until_replayed()
