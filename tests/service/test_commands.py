"""The jobs of every night say when they last ran and how they ended (A17)."""

import logging
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from shutil import disk_usage
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DataError, OperationalError
from django.utils import timezone

from access_register.models import Person
from sharing.models import LedgerEntry, ServiceRun
from sharing.records.operations import How
from sharing.service import health, service_runs, work
from tests.failing import failing
from tests.locks.switches import run_as_owner
from tests.people import as_batch

pytestmark = pytest.mark.django_db
Job = ServiceRun.Job


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_an_account_that_runs_the_service_is_told_in_the_ledger() -> None:
    """R43: who was made one, by number alone; it holds nothing (A17)."""
    name, email = "Olive Operator", "olive@council.example"
    said("createsuperuser", "--noinput", "--email", email, "--name", name)
    made = Person.objects.get(email=email)
    with as_batch():
        row = LedgerEntry.objects.get(action="create_superuser")
    assert (row.person_name, row.outcome, row.about) == ("the service", "changed", {"person": made.pk})


def test_the_daily_work_and_its_parts() -> None:
    said("run_daily")
    run = ServiceRun.objects.get(name=Job.DAILY)
    assert run.outcome == "done"
    assert run.about["written"] == 8
    assert run.about["parts"].keys() >= {
        "headships handed over", "certificates of destruction", "types that count no more",
        "centres that have closed", "files nobody looked at", "downloads nobody collected", "old sign-ins",
        "old emails of reviews", "accounts that nothing needs", "last days", "permission table",
        "kept lists of leavers", "challenges of leavers", "challenges", "returns", "reviews", "settle", "set days",
        "remind", "transfers", "reminders of transfers", "reminders of downloads", "closings that lapse",
        "panels drawn", "breaches", "notices of reviews", "unusual patterns", "the ledger's months",
        "the ledger's head",
    }  # fmt: skip
    assert not [name for name in run.about["parts"] if any(sign.isdigit() for sign in name)]
    assert ServiceRun.objects.get(name=Job.KEY).about["key"]


def test_the_ledger_and_how_many_rows_it_has() -> None:
    said("verify_ledger")
    assert ServiceRun.objects.get(name=Job.LEDGER).about.keys() == {"rows", "broken", "row"}


def test_the_night_names_the_setting_that_it_lacks(settings) -> None:
    """R43: without the key the ledger is not signed, and “ImproperlyConfigured” would name no cure."""
    settings.LEDGER_SIGNING_KEY = ""
    with pytest.raises(CommandError, match="the ledger's head: LEDGER_SIGNING_KEY"):
        said("run_daily")


def test_the_keys() -> None:
    said("rotate_keys")
    said("rotate_keys", "--check")
    assert ServiceRun.objects.get(name=Job.KEYS).about == {"left": 0}


def test_a_backup_is_noted_by_its_size_and_not_by_its_name(tmp_path: Path) -> None:
    dump = tmp_path / "portal.dump"
    with pytest.raises(CommandError, match="no such file"):
        said("record_backup", str(dump))
    assert not ServiceRun.objects.filter(name=Job.BACKUP)
    dump.write_bytes(b"PGDMP")
    said("record_backup", str(dump))
    about = ServiceRun.objects.get(name=Job.BACKUP).about
    assert about == {"bytes": 5, "free": about["free"]}
    assert 0 < about["free"] < disk_usage(tmp_path).total


def test_a_backup_that_could_not_be_noted_is_not_said_to_be() -> None:
    """It said “Noted.”, and only the operations page knew of no backup."""
    with failing('INSERT INTO "sharing_servicerun"'), pytest.raises(CommandError, match="could not be noted"):
        said("record_backup")
    assert not ServiceRun.objects.filter(name=Job.BACKUP)
    assert said("record_backup") == "Noted.\n"


def test_the_worker_gives_signs_of_life_while_it_has_much_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emails of a night may take longer than the operations page waits for a sign."""
    letters, told = iter(range(5)), list[str]()

    def post_next() -> bool:
        if next(letters, None) is None:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(work, "WORK", [post_next])
    monkeypatch.setattr(work, "SECONDS_BETWEEN_SIGNS", 0)
    monkeypatch.setattr(work.service_runs, "record", told.append)
    with pytest.raises(KeyboardInterrupt):
        work.until_ended()
    assert told == [Job.WORKER] * 6


def test_the_worker_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """One at its start; another only after a minute, however much it does."""
    looks = iter(range(3))

    def look(after_each: object) -> int:
        if next(looks, None) is None:
            raise KeyboardInterrupt
        return 0

    told: list[str] = []
    monkeypatch.setattr(work, "until_nothing_waits", look)
    monkeypatch.setattr(work, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work.service_runs, "record", told.append)
    with pytest.raises(KeyboardInterrupt):
        work.until_ended()
    assert told == [Job.WORKER]


@pytest.mark.parametrize("trouble", [DataError, ValueError])
def test_work_that_fails_each_time_keeps_no_other_waiting(
    trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R22: statistics, disposals and patterns waited for good behind one report that could not be gathered."""
    waits, tries = [2, 1], list[None]()

    def fails() -> bool:
        tries.append(None)
        raise trouble

    monkeypatch.setattr(work, "WORK", [fails, lambda: bool(waits and waits.pop())])
    with pytest.raises(trouble):
        work.until_nothing_waits()
    assert (waits, len(tries)) == ([], 1)


@pytest.mark.parametrize(
    ("trouble", "how"), [(ValueError, How.LOOK), (DataError, How.LOOK), (OperationalError, How.WELL)]
)
def test_work_that_fails_each_time_is_on_the_operations_page(
    trouble: type[Exception], how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A17: the worker starts again and again, and gives its sign of life each time. A database that is away for a
    moment is no such fault."""

    def worker() -> How:
        return next(part.how for part in health.how_is_the_service().parts if part.title == "Background worker")

    def fails() -> bool:
        raise trouble

    monkeypatch.setattr(work, "WORK", [fails])
    with pytest.raises(trouble):
        work.until_nothing_waits()
    service_runs.record(Job.WORKER)
    assert worker() == how
    noted = (timezone.now() - timedelta(minutes=16)).isoformat()
    with as_batch():
        ServiceRun.objects.filter(name=Job.WORKER).update(about={"failed_at": noted})
    assert worker() == How.WELL


def test_a_fault_of_our_own_is_told_before_one_of_the_database(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker ends with it, and systemd notes that. After one of the database it goes on. The log has both."""

    def fails(trouble: type[Exception]) -> bool:
        raise trouble

    monkeypatch.setattr(work, "WORK", [partial(fails, DataError), partial(fails, ValueError)])
    with caplog.at_level(logging.ERROR), pytest.raises(ValueError):
        work.until_nothing_waits()
    assert ["DataError" in message for message in caplog.messages] == [True]


def test_work_that_failed_is_tried_again_while_the_others_have_much_to_do(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """R22: a file waited for hours behind the reports of a release, though what was in its way had gone long ago.

    The log has what it met with, as the worker does not end with it any more.
    """
    tries, reports = list[None](), iter(range(3))

    def fails_once() -> bool:
        tries.append(None)
        if len(tries) == 1:
            raise ValueError
        return False

    monkeypatch.setattr(work, "SECONDS_UNTIL_TRIED_AGAIN", 0)
    monkeypatch.setattr(work, "WORK", [fails_once, lambda: next(reports, None) is not None])
    with caplog.at_level(logging.ERROR):
        assert (work.until_nothing_waits(), len(tries)) == (3, 4)
    assert ["ValueError" in message for message in caplog.messages] == [True]


@pytest.mark.parametrize(
    ("upgrade", "says"),
    [
        ("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'later' $$", "another ver"),
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('sharing', '0999_later', now())", "newer version"),
    ],
    ids=["rules", "tables"],
)
def test_a_worker_that_nobody_stopped_ends_once_the_database_is_upgraded(
    upgrade: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: its code is of the version before. systemd starts it again, with the new one."""
    does = iter([lambda: run_as_owner(upgrade)])

    def work_of_the_day() -> bool:
        do = next(does, None)
        assert do, "it went on"
        do()
        return True

    monkeypatch.setattr(work, "WORK", [work_of_the_day])
    monkeypatch.setattr(work, "SECONDS_BETWEEN_SIGNS", 0)
    with pytest.raises(ImproperlyConfigured, match=says):
        work.until_ended()


def test_the_worker_does_not_start_with_settings_that_would_fail(settings, tmp_path: Path) -> None:
    """As the portal does not: here the links in its emails would lead nowhere."""
    manifest = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    settings.MODE, settings.STATIC_ROOT, settings.STORAGES = "production", tmp_path, settings.STORAGES | manifest
    settings.SITE_HOSTS = dict.fromkeys(settings.SITE_HOSTS, "localhost")
    with pytest.raises(SystemCheckError, match=r"portal\.E072"):
        said("work", "--once")


def test_the_log_says_why_the_database_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a connection that failed the first line, which names the server. What follows may quote a row."""

    class Gone:
        connection: object = None

    troubles = [
        (None, OperationalError("connection to server at db1 failed")),
        (None, OperationalError("terminating connection\nCONTEXT:  COPY staging, line 5: Ann Other")),
        (None, DataError("Ann Other")),
        (object(), DataError("Ann Other")),
    ]
    kept = list(troubles)

    def look() -> None:
        if not kept:
            raise KeyboardInterrupt
        Gone.connection, trouble = kept.pop(0)
        raise trouble

    monkeypatch.setattr(work, "connection", Gone)
    monkeypatch.setattr(work, "refuse_to_work", look)
    monkeypatch.setattr(work, "SECONDS_AFTER_TROUBLE", 0)
    monkeypatch.setattr(work, "connections", SimpleNamespace(close_all=lambda: None))
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        work.until_ended()
    assert "connection to server at db1 failed" in caplog.text
    assert "DataError" in caplog.text
    assert "Ann Other" not in caplog.text


def test_a_trial_e_mail_says_why_the_server_did_not_take_it(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", 1, "tell-nobody"
    with pytest.raises(CommandError, match=r"EMAIL_URL \(127\.0\.0\.1, port 1\) did not accept it") as refused:
        said("sendtestemail", "somebody@council.example")
    assert "tell-nobody" not in str(refused.value)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "Accepted by the mail server" in said("sendtestemail", "somebody@council.example")
