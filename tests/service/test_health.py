"""How the service is, as its page and its command judge it (A17)."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access_register.models import Duty
from sharing.models import (
    Disposal,
    Download,
    EstablishmentPermission,
    Import,
    ParityRun,
    ServiceRun,
    StatisticsRequest,
)
from sharing.records.operations import How
from sharing.service import health, service_runs
from tests.factories import establishment
from tests.locks.switches import run_as_owner
from tests.people import as_batch, person
from tests.service.well import Job, aged, all_is_well, load_module, log_of_postgresql

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanner_that_answers")]
Ask = Callable[[str], None]


def asks_for_a_download(how: str) -> None:
    state = {"waiting": Download.State.WAITING, "in hand": Download.State.MAKING, "failed": Download.State.FAILED}[how]
    facts = {"kind": "pupils", "form": "pdf", "purpose": "census", "by_person_id": 1, "by_name": "A"}
    facts |= {"through": "schools_online", "dispose_by": timezone.localdate(), "establishment": establishment(999002)}
    one_of(Download, state=state, **facts)


def asks_for_statistics(how: str) -> None:
    states = StatisticsRequest.State
    state = {"waiting": states.WAITING, "in hand": states.WORKING, "failed": states.FAILED}[how]
    one_of(StatisticsRequest, state=state, academic_year=2019, asked_by="A", asked_by_id=1)


def asks_for_a_disposal(how: str) -> None:
    failed = {"state": Disposal.State.FAILED, "done_at": timezone.now()}
    facts = {"waiting": {"tries": 0}, "in hand": {"tries": 1}, "failed": failed}[how]
    one_of(Disposal, as_of=timezone.localdate(), asked_by_name="A", **facts)


ASKED: dict[str, Ask] = {
    "Downloads": asks_for_a_download, "Open statistics": asks_for_statistics, "Disposals": asks_for_a_disposal
}  # fmt: skip


def one_of(model: Any, **facts: Any) -> None:
    """The only one there is, asked for an hour ago."""
    with as_batch():
        model.objects.all().delete()
        row = model.objects.create(**facts)
        model.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(hours=1))


def seen_of_the_worker(kind: str) -> tuple[int, int, int, How]:
    """How many of the kind are waiting, in hand and failed; and how the worker is."""
    found = health.how_is_the_service()
    (worker,) = (part for part in found.parts if part.title == "Background worker")
    queue = next((queue for queue in found.queues if queue.title == kind), None)
    return (queue.waiting, queue.running, queue.failed, worker.how) if queue else (0, 0, 0, worker.how)


class TestHealth:
    def test_all_is_well(self) -> None:
        all_is_well()
        found = health.how_is_the_service()
        assert found.how == How.WELL, [(part.title, part.says) for part in found.not_well]

    @pytest.mark.parametrize(
        ("job", "ago", "how"),
        [
            (Job.DAILY, {"hours": 25}, How.WELL),
            (Job.DAILY, {"hours": 27}, How.LOOK),
            (Job.DAILY, {"hours": 51}, How.WRONG),
            (Job.LEDGER, {"hours": 51}, How.WRONG),
            (Job.BACKUP, {"hours": 51}, How.WRONG),
            (Job.WORKER, {"minutes": 4}, How.WELL),
            (Job.WORKER, {"minutes": 6}, How.WRONG),
        ],
    )
    def test_what_has_not_run_for_a_while(self, job: str, ago: dict[str, int], how: How) -> None:
        all_is_well()
        aged(job, **ago)
        assert health.how_is_the_service().how == how

    @pytest.mark.parametrize(
        ("ago", "how"), [({"minutes": 50}, How.WELL), ({"minutes": 61}, How.WRONG), ({"days": 3}, How.WRONG)]
    )
    def test_a_worker_that_died_within_a_file_is_not_taken_for_one_at_work(self, ago: dict[str, int], how: How) -> None:
        """A17: its file stays under way for as long as no other worker takes it up."""
        all_is_well()
        aged(Job.WORKER, **ago)
        with as_batch():
            Import.objects.create(kind="census", state=Import.State.CHECKING, file_name="a.xml", file_hash="0", by="")
        found = health.how_is_the_service()
        assert found.how == how, found.not_well
        assert [part.title for part in found.not_well] == ["Background worker"][: how == How.WRONG]

    @pytest.mark.parametrize(("files", "words"), [(0, "0 things are"), (1, "1 thing is"), (2, "2 things are")])
    def test_what_waits_for_the_worker_is_counted_in_words(self, files: int, words: str) -> None:
        all_is_well()
        with as_batch():
            for number in range(files):
                facts = {"kind": "census", "state": Import.State.UPLOADED, "file_name": "a.xml", "by": ""}
                Import.objects.create(file_hash=str(number), **facts)
        worker = next(part for part in health.how_is_the_service().parts if part.title == "Background worker")
        assert worker.says == f"It works. {words} waiting to be done."

    @pytest.mark.parametrize(("kind", "asks"), ASKED.items(), ids=ASKED)
    def test_what_waits_for_the_worker_or_fails_is_looked_into_whatever_it_is(self, kind: str, asks: Ask) -> None:
        """A17: downloads, open statistics and disposals were in no queue of the page, which said that all is well."""
        all_is_well()
        asks("waiting")
        assert seen_of_the_worker(kind) == (1, 0, 0, How.LOOK)
        asks("in hand")
        assert seen_of_the_worker(kind) == (0, 1, 0, How.WELL)
        aged(Job.WORKER, minutes=50)  # it gives no sign of life within something long
        assert seen_of_the_worker(kind) == (0, 1, 0, How.WELL)
        service_runs.record(Job.WORKER)
        asks("failed")
        assert seen_of_the_worker(kind) == (0, 0, 1, How.LOOK)

    def test_a_disposal_waits_for_the_worker_from_when_the_second_person_approved_it(self) -> None:
        """P5, A17: while it waits for that person it is no work that the worker leaves undone."""
        all_is_well()
        facts = {"as_of": timezone.localdate(), "asked_by_name": "A"}
        one_of(Disposal, state=Disposal.State.COUNTED, **facts)
        assert seen_of_the_worker("Disposals") == (0, 0, 0, How.WELL)
        one_of(Disposal, state=Disposal.State.APPROVED, decided_at=timezone.now(), **facts)
        assert seen_of_the_worker("Disposals") == (1, 0, 0, How.WELL)

    @pytest.mark.parametrize(("days", "how"), [(1, How.LOOK), (3, How.WRONG)])
    @pytest.mark.parametrize("job", [Job.DAILY, Job.LEDGER, Job.BACKUP])
    def test_what_never_ran_is_wrong_once_the_portal_is_no_longer_new(
        self, settings, job: str, days: int, how: How
    ) -> None:
        """A17: cron was never set up, or its job is killed each night: monitoring is told, not only who looks."""
        all_is_well()
        settings.MODE = "production"
        with as_batch():
            ServiceRun.objects.filter(name=job).delete()
            ServiceRun.objects.create(name=job, started_at=timezone.now(), outcome=ServiceRun.Outcome.RUNNING)
        run_as_owner(f"UPDATE django_migrations SET applied = now() - interval '{days} days'")
        assert health.how_is_the_service().how == how

    def test_a_permission_table_that_was_led_astray_is_told_of_after_it_was_put_right(self) -> None:
        """R44, A17: `check_permissions` finds nothing any more, since `run_daily` goes before it each night."""
        all_is_well()
        with as_batch():
            EstablishmentPermission.objects.filter(user=person("teacher-beckside")).delete()
        call_command("run_daily", stdout=StringIO())
        (part,) = [part for part in health.how_is_the_service().parts if part.title == "Permission table"]
        assert (part.how, part.says[:10]) == (How.LOOK, "2 of its r")
        call_command("run_daily", stdout=StringIO())
        assert "Permission table" not in {part.title for part in health.how_is_the_service().parts}

    def test_nobody_who_keeps_duties_is_wrong_and_soon_nobody_is_to_be_looked_at(self) -> None:
        """R9, R18, A17: nobody at the council would be told of a record that is opened in an emergency."""
        all_is_well()
        today = timezone.localdate()
        rights = EstablishmentPermission.objects.filter(permission__codename="manage_duties")
        for last, how in ((29, None), (27, How.LOOK), (-1, How.WRONG)):
            with as_batch():
                Duty.objects.filter(data=Duty.Data.DUTIES).update(
                    starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=last)
                )
            call_command("run_daily", stdout=StringIO())
            with as_batch():
                assert rights.live_on(today).exists() == (how != How.WRONG)
            found = [part for part in health.how_is_the_service().parts if part.title == "Information managers"]
            assert [part.how for part in found] == ([how] if how else []), found
            assert all("record_officer" in part.do for part in found)

    def test_a_failure_is_kept_and_told_with_what_to_do(self) -> None:
        all_is_well()
        with pytest.raises(ValueError, match="secret"):
            self.fails()
        found = health.how_is_the_service()
        assert [(part.title, part.how) for part in found.not_well] == [
            ("Daily work", How.WRONG), ("Email", How.LOOK),
        ]  # fmt: skip
        assert all(part.do for part in found.not_well)
        run = ServiceRun.objects.get(name=Job.DAILY)
        assert "secret" not in str(run.about)
        assert run.last_good_at is not None

    @staticmethod
    def fails() -> None:
        with service_runs.noted(Job.DAILY) as about:
            about["parts"] = {"notice": [3, 2]}
            raise ValueError("a secret of somebody")

    def test_what_is_wrong_is_said_first(self) -> None:
        """An outage is not looked for among reminders."""
        all_is_well()
        aged(Job.DAILY, hours=27)
        aged(Job.BACKUP, hours=51)
        found = health.how_is_the_service()
        assert [(part.title, part.how) for part in found.not_well] == [
            ("Backup", How.WRONG),
            ("Daily work", How.LOOK),
        ]
        assert found.how == How.WRONG

    def test_what_was_no_run_leaves_the_last_one_as_it_was(self) -> None:
        service_runs.record(Job.DAILY, {"written": 7})
        before = ServiceRun.objects.filter(name=Job.DAILY).values().get()
        with service_runs.noted(Job.DAILY):
            raise service_runs.NotARun
        assert ServiceRun.objects.filter(name=Job.DAILY).values().get() == before

    def test_a_broken_ledger_and_sites_that_differ_are_wrong(self) -> None:
        all_is_well()
        service_runs.record(Job.LEDGER, {"rows": 9, "broken": 2, "row": 7})
        now = timezone.now() + timedelta(seconds=1)
        ParityRun.objects.create(
            started_at=now, ended_at=now, is_whole=True, establishments=3, pages=4, figures=500, differences=1
        )
        wrong = {part.title for part in health.how_is_the_service().parts if part.how == How.WRONG}
        assert wrong == {"Ledger", "Both sites say the same"}

    @pytest.mark.parametrize(
        ("row", "says", "do"),
        [
            (1204, "From row 1,204 on it cannot be relied on", "Tell the Data Protection Officer now"),
            (None, "Its signed heads cannot be relied on", "LEDGER_PUBLIC_KEYS"),
        ],
    )
    def test_a_key_that_was_left_out_is_not_taken_for_changed_rows(self, row: int | None, says: str, do: str) -> None:
        """R43: heads of a key that is not in LEDGER_PUBLIC_KEYS are a fault of the settings, and no breach."""
        all_is_well()
        service_runs.record(Job.LEDGER, {"rows": 9, "broken": 300, "row": row})
        (found,) = (part for part in health.how_is_the_service().parts if part.title == "Ledger")
        assert found.says.startswith(says)
        assert found.do.startswith(do) if row else do in found.do

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("log_min_error_statement", "error"), ("log_error_verbosity", "default"), ("log_statement", "mod"),
            ("log_statement", "all"), ("log_min_duration_statement", "0"), ("log_min_duration_sample", "200"),
            ("log_transaction_sample_rate", "0.1"), ("auto_explain.log_min_duration", "0"),
        ],
    )  # fmt: skip
    def test_a_log_of_postgresql_that_quotes_statements_is_told_of(self, name: str, value: str) -> None:
        """R13: a child's name would stand there for weeks. Whose setting it is, is said."""
        all_is_well()
        load_module("auto_explain")
        log_of_postgresql(**{name: value})
        ((title, how, said),) = [(part.title, part.how, part.says) for part in health.how_is_the_service().not_well]
        assert (title, how) == ("PostgreSQL’s own log", How.LOOK)
        assert said.endswith(f"comes from: {name}.")

    @pytest.mark.parametrize(("about", "how"), [
        ({"bytes": 1000, "free": 1999}, How.LOOK), ({"bytes": 1000, "free": 2000}, How.WELL),
        ({"bytes": 1000}, How.WELL), ({}, How.WELL),
    ])  # fmt: skip
    def test_a_disk_on_which_few_more_backups_have_room_is_told_of(self, about: dict[str, int], how: How) -> None:
        """A17: the night before one fails, and not after it. One that was noted without a file says nothing of room."""
        all_is_well()
        service_runs.record(Job.BACKUP, about)
        found = health.how_is_the_service()
        assert found.how == how
        (backup,) = [part for part in found.parts if part.title == "Backup"]
        assert ("were free beside it" in backup.says) is ("free" in about)
        assert bool(backup.do) is (how == How.LOOK)

    @pytest.mark.parametrize(("mode", "key", "told"), [("production", "k", 1), ("production", "", 0), ("test", "k", 0)])
    def test_a_web_application_that_could_sign_the_ledger_is_told_of(
        self, mode: str, key: str, told: int, settings
    ) -> None:
        """R43: the key is only where run_daily runs."""
        settings.MODE, settings.LEDGER_SIGNING_KEY = mode, key
        found = [part for part in health.how_is_the_service().not_well if part.title == "Key of the ledger"]
        assert [part.how for part in found] == [How.LOOK] * told

    def test_that_no_email_goes_out_is_told(self, settings) -> None:
        settings.EMAILS_GO_OUT = False
        (found,) = [part for part in health.how_is_the_service().not_well if part.title == "Email"]
        assert (found.how, "EMAIL_URL" in found.says) == (How.LOOK, True)

    def test_the_age_of_the_key_is_that_of_the_first_in_the_ring(self, settings) -> None:
        today = timezone.localdate()
        service_runs.note_key(today - timedelta(days=400))
        service_runs.note_key(today)
        assert "400 days" in health._key({Job.KEY: ServiceRun.objects.get(name=Job.KEY)}, timezone.now()).says
        settings.FIELD_KEYS = f"next:{'A' * 43}=," + settings.FIELD_KEYS
        service_runs.note_key(today)
        assert "0 days" in health._key({Job.KEY: ServiceRun.objects.get(name=Job.KEY)}, timezone.now()).says


def test_a_command_says_the_same_as_the_page() -> None:
    """A17: by night nobody may reach EduNet, and where nothing can be saved nobody can sign in."""
    all_is_well()
    call_command("check_service", stdout=(well := StringIO()))
    assert well.getvalue() == "All is well.\n"
    aged(Job.LEDGER, hours=27)
    call_command("check_service", stdout=(look := StringIO()))
    assert look.getvalue().startswith("Look into it: Ledger. It did not end well last night.\n    Run manage.py")
    aged(Job.WORKER, hours=1)
    with pytest.raises(CommandError, match="Something is wrong"):
        call_command("check_service", stdout=(wrong := StringIO()))
    assert wrong.getvalue().startswith("Wrong: Background worker. It gives no sign of life")


def test_a_portal_that_does_not_start_is_not_told_to_be_well() -> None:
    """A17: of an upgrade whose `migrate` was forgotten there is no page that could tell."""
    all_is_well()
    run_as_owner("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'before' $$")
    with pytest.raises(CommandError, match=r"Neither the portal nor its worker starts\. .* `manage\.py migrate`"):
        call_command("check_service")


def test_a_portal_that_was_not_restarted_after_an_upgrade_is_not_well() -> None:
    """R6, A17: on one of several machines it goes on with the code of the version before, and monitors read this."""
    all_is_well()
    run_as_owner("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'later' $$")
    ((title, how, do),) = [(part.title, part.how, part.do) for part in health.how_is_the_service().not_well]
    assert (title, how) == ("Version", How.WRONG)
    assert do.startswith("Run systemctl restart portal portal-worker")


def test_a_kind_of_work_that_only_a_later_version_has_hides_nothing() -> None:
    """A17: the page of a portal that was not restarted after an upgrade says just that, and `/health/` answers."""
    all_is_well()
    run_as_owner(
        "ALTER FUNCTION portal_service_queues RENAME TO portal_queues_before",
        "CREATE FUNCTION portal_service_queues() RETURNS TABLE(name text, waiting bigint, running bigint, "
        "failed bigint, oldest timestamptz) LANGUAGE sql SECURITY DEFINER SET search_path = public AS "
        "$$ SELECT * FROM portal_queues_before() UNION ALL SELECT 'surveys', 2, 0, 0, now() $$",
        "GRANT EXECUTE ON FUNCTION portal_service_queues TO portal_app",
    )
    assert [(queue.title, queue.waiting) for queue in health.how_is_the_service().queues][-1] == ("Surveys", 2)


def test_a_right_that_somebody_gave_by_hand_is_to_be_looked_into() -> None:
    """R6: it opens what no file says, and a dump that was put back may have brought it."""
    all_is_well()
    run_as_owner("GRANT SELECT ON portal_keys.key TO portal_backup")
    call_command("check_service", stdout=(look := StringIO()))
    assert look.getvalue().startswith(
        "Look into it: What PostgreSQL enforces. The rules of who may see what are not as"
    )
