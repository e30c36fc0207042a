"""A17: who runs the service sees how it is, and nothing of anybody. R31, R40: the page that says both sites agree."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from access_register.models import Person
from edunet.gate import OPEN_TO_SUPERUSERS
from sharing import door
from sharing.authorise import NeedsSecondFactor, NotAtYourLevel
from sharing.files import virus_scan
from sharing.models import (
    Establishment,
    EstablishmentPermission,
    Import,
    LedgerEntry,
    ParityRun,
    Pupil,
    ServiceRun,
    StaffMember,
)
from sharing.records.operations import How
from sharing.service import health, service_runs
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person, visitor

pytestmark = pytest.mark.django_db
Job = ServiceRun.Job
CITRIX, PROXY = "10.30.0.1", "192.0.2.10"


@pytest.fixture(autouse=True)
def scanner_that_answers(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/service/test_virus_scan.py asks one."""
    settings.CLAMD_URL = "unix:///run/clamav/clamd.ctl"
    monkeypatch.setattr(virus_scan, "about", lambda: virus_scan.About("ClamAV 1.4.6", timezone.localdate()))


def log_of_postgresql(**settings: str) -> None:
    """As the administrator would set it; until the test ends."""
    sets = [f"SET LOCAL {name} = '{value}'" for name, value in settings.items()]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(["SET LOCAL ROLE NONE", *sets, "SET LOCAL ROLE portal_app"]))


def all_is_well() -> None:
    log_of_postgresql(log_min_error_statement="panic", log_error_verbosity="terse")
    for job in (Job.WORKER, Job.DAILY, Job.LEDGER, Job.BACKUP):
        service_runs.record(job)
    service_runs.note_key(timezone.localdate())
    now = timezone.now()
    ParityRun.objects.create(
        started_at=now, ended_at=now, is_whole=True, establishments=3, pages=4, figures=500, differences=0
    )


def aged(job: str, **ago: int) -> None:
    then = timezone.now() - timedelta(**ago)
    with as_batch():
        ServiceRun.objects.filter(name=job).update(ended_at=then, last_good_at=then)


def addresses(resolver: URLResolver, before: str = "") -> list[tuple[str | None, str]]:
    found = []
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        found += [(pattern.name, path)] if isinstance(pattern, URLPattern) else addresses(pattern, path)
    return found


FILLED = {
    "<urn:urn>": "999002", "<uuid:pupil_id>": "00000000-0000-4000-8000-000000000000", "<slug:slug>": "privacy",
    "<uuid:member_id>": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip


class TestSuperusers:
    def test_every_other_page_of_edunet_refuses_them(self) -> None:
        """A17: all addresses there are, and one that is none. They stay signed in, to find their own page."""
        browser = client("superuser", EDUNET)
        tried = 0
        for name, path in [*addresses(get_resolver("portal.urls.edunet")), (None, "nowhere/")]:
            for what, instead in FILLED.items():
                path = path.replace(what, instead)
            if name in OPEN_TO_SUPERUSERS or "<" in path or "(?P" in path:
                continue
            response = browser.get(f"/{path}")
            assert response.status_code == 403, f"{path}: a page of nobody's data goes into OPEN_TO_SUPERUSERS."
            assert b"Go to Operations" in response.content
            tried += 1
        assert tried > 50
        assert browser.get("/operations/").status_code == 200

    def test_a_refusal_and_a_look_are_in_the_ledger(self) -> None:
        """R43."""
        browser = client("superuser", EDUNET)
        browser.get("/establishments/999002/pupils/")
        browser.get("/operations/")
        with as_batch():
            rows = list(LedgerEntry.objects.order_by("-id").values_list("action", "outcome")[:2])
        assert rows == [("show_operations", "shown"), ("enter_edunet", "refused")]

    def test_what_is_open_to_them_besides_is_their_own_account(self) -> None:
        own = {"accept_protocol", "second_factor", "operations", "stay_signed_in"}
        for_anyone = {"demo_sign_in", "guidance", "guide", "same_data"}
        assert all(name in own | for_anyone or name.startswith(("account_", "mfa_")) for name in OPEN_TO_SUPERUSERS)

    def test_through_citrix_and_on_schools_online_there_is_no_such_page(self) -> None:
        """R38, R39: nobody has authorised them for remote use."""
        assert client("superuser", EDUNET, CITRIX).get("/operations/").status_code == 403
        assert client("superuser", SCHOOLS_ONLINE).get("/operations/").status_code == 404

    def test_a_password_alone_is_not_enough(self) -> None:
        """R13."""
        response = client("superuser", EDUNET, second_factor=False).get("/operations/")
        assert response.status_code == 302
        assert response["location"].startswith("/account/second-factor/")
        assert client("superuser", EDUNET, second_factor=False).get("/account/second-factor/").status_code == 200

    def test_the_door_asks_anew(self) -> None:
        """R45: also without the gate."""
        boss = replace(asker("superuser", EDUNET), runs_the_service=True)
        assert door.show_operations(boss)
        for who, refusal in (
            (replace(boss, second_factor=False), NeedsSecondFactor),
            (replace(boss, through=SCHOOLS_ONLINE), NotAtYourLevel),
            (replace(boss, runs_the_service=False), NotAtYourLevel),
        ):
            with pytest.raises(refusal):
                door.show_operations(who)


def test_who_may_not_read_it_has_nothing_tried_for_them() -> None:
    """A17: whether the database stores is found by two megabytes that it sorts."""
    tried = {}
    for slug in ("officer-no-duty", "officer-information"):
        with CaptureQueriesContext(connection) as asked:
            client(slug, EDUNET).get("/operations/")
        tried[slug] = any("repeat('x', 8000)" in query["sql"] for query in asked)
    assert tried == {"officer-no-duty": False, "officer-information": True}


def test_only_whoever_has_a_home_page_is_led_there() -> None:
    """A17, R30: an officer by the breadcrumbs; a superuser who is none has this page alone."""
    leads_home = 'class="govuk-breadcrumbs__link" href="/">Home</a>'
    assert leads_home in client("officer-information", EDUNET).get("/operations/").content.decode()
    assert "govuk-breadcrumbs" not in client("superuser", EDUNET).get("/operations/").content.decode()


def test_values_that_wait_for_their_key_are_of_no_other_key() -> None:
    """R13: what the website wrote of a child by day waits for the night, with one key in the ring too."""
    all_is_well()
    with service_runs.noted(Job.KEYS) as about:
        about["left"] = 20
    page = client("superuser", EDUNET).get("/operations/").content.decode()
    assert "20 values are not under their key yet." in page
    assert "another key" not in page


def test_who_has_this_page_alone_is_led_to_no_page_that_refuses() -> None:
    """A17: not by the footer, nor from how they sign in."""
    for page in ("/operations/", "/account/"):
        words = client("superuser", EDUNET).get(page).content.decode()
        assert "/breaches/report/" not in words
        assert "/password/change/" not in words
    assert "/breaches/report/" in client("officer-information", EDUNET).get("/operations/").content.decode()


@pytest.mark.parametrize("slug", ["superuser", "officer-information"])
def test_the_page_names_no_child_no_staff_and_no_establishment(slug: str) -> None:
    """A17, R2: nothing of anybody, whatever ran and failed."""
    all_is_well()
    with service_runs.noted(Job.DAILY) as about:
        about |= {"parts": {"settle": [12, 1]}, "written": 3}
    page = client(slug, EDUNET).get("/operations/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Settle" in main
    with as_batch():
        people = (*Pupil.objects.all(), *StaffMember.objects.all())
        names = {f"{one.forename} {one.surname}" for one in people}
        places = Establishment.objects.values_list("name", "urn")
        emails = set(Person.objects.values_list("email", flat=True))
    assert not [name for name in names | emails if name in main]
    assert not [name for name, urn in places if name in main or str(urn) in main]


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
        assert worker.says == f"It works. {words} to be done."

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

    def test_a_failure_is_kept_and_told_with_what_to_do(self) -> None:
        all_is_well()
        with pytest.raises(ValueError, match="secret"):
            self.fails()
        found = health.how_is_the_service()
        assert [(part.title, part.how) for part in found.not_well] == [
            ("Daily work", How.WRONG), ("E-mail", How.LOOK),
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
        service_runs.record(Job.LEDGER, {"rows": 9, "broken": 2})
        now = timezone.now() + timedelta(seconds=1)
        ParityRun.objects.create(
            started_at=now, ended_at=now, is_whole=True, establishments=3, pages=4, figures=500, differences=1
        )
        wrong = {part.title for part in health.how_is_the_service().parts if part.how == How.WRONG}
        assert wrong == {"Ledger", "Both sites say the same"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("log_min_error_statement", "error"), ("log_error_verbosity", "default"), ("log_statement", "mod"),
            ("log_statement", "all"), ("log_min_duration_statement", "0"), ("log_min_duration_sample", "200"),
            ("log_transaction_sample_rate", "0.1"),
        ],
    )  # fmt: skip
    def test_a_log_of_postgresql_that_quotes_statements_is_told_of(self, name: str, value: str) -> None:
        """R13: a child's name would stand there for weeks. Whose setting it is, is said."""
        all_is_well()
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
        assert ("were free then" in backup.says) is ("free" in about)
        assert bool(backup.do) is (how == How.LOOK)

    def test_the_age_of_the_key_is_that_of_the_first_in_the_ring(self, settings) -> None:
        today = timezone.localdate()
        service_runs.note_key(today - timedelta(days=400))
        service_runs.note_key(today)
        assert "400 days" in health._key({Job.KEY: ServiceRun.objects.get(name=Job.KEY)}, timezone.now()).says
        key_id, _, key = settings.FIELD_KEYS.partition(",")[0].partition(":")
        settings.FIELD_KEYS = f"{key_id}-next:{key}," + settings.FIELD_KEYS
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


def test_without_replicas_one_sentence_says_so() -> None:
    """A17."""
    page = client("superuser", EDUNET).get("/operations/").content.decode()
    assert "There are none: everything is read from the primary." in page


class TestMonitoring:
    def test_200_and_503_and_not_why(self) -> None:
        all_is_well()
        assert visitor(address="127.0.0.1").get("/health/").status_code == 200
        aged(Job.DAILY, days=3)
        response = visitor(address=PROXY).get("/health/")
        assert response.status_code == 503
        assert b"Daily" not in response.content

    def test_is_answered_without_tls_in_production_too_and_nothing_else_is(self, settings) -> None:
        """A way on to https:// would look well to whoever asks for the number alone."""
        settings.SECURE_SSL_REDIRECT = True
        all_is_well()
        assert visitor(address="127.0.0.1").get("/health/").status_code == 200
        assert visitor(address="127.0.0.1").get("/sign-in/").status_code == 301

    @pytest.mark.parametrize(
        ("address", "headers"),
        [
            ("203.0.113.9", {}), (PROXY, {"X-Forwarded-For": "203.0.113.9"}), ("", {}),
            ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ],
    )  # fmt: skip
    def test_nobody_behind_a_proxy_is_answered(self, address: str, headers: dict[str, str]) -> None:
        assert visitor(address=address).get("/health/", headers=headers).status_code == 404


class TestTheWebApplication:
    @pytest.mark.parametrize("job", [Job.LEDGER, Job.BACKUP])
    def test_cannot_pretend_that_a_job_ran(self, job: str) -> None:
        now = timezone.now()
        with pytest.raises(ProgrammingError), transaction.atomic():
            ServiceRun.objects.create(name=job, started_at=now, outcome="done")

    def test_cannot_change_a_comparison(self) -> None:
        all_is_well()
        for act in (ParityRun.objects.all().delete, lambda: ParityRun.objects.update(differences=0)):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()

    def test_says_that_e_mails_could_not_be_sent(self) -> None:
        service_runs.post_failed(4)
        assert ServiceRun.objects.get(name=Job.POST).about == {"failed": 4}


@pytest.mark.parametrize("site", [SCHOOLS_ONLINE, EDUNET])
def test_same_data_proved_is_for_anyone(site) -> None:
    """R31, R37: what was compared, and how it ended; before the first comparison too."""
    assert "have not been compared yet" in visitor(site).get("/same-data/").content.decode()
    all_is_well()
    page = visitor(site).get("/same-data/").content.decode()
    assert "500" in page
    assert "The same" in page
