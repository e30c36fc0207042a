"""A17: who runs the service sees how it is, and nothing of anybody. R31, R40: the page that says both sites agree."""

from dataclasses import replace

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from access_register.models import Person
from edunet.gate import OPEN_TO_SUPERUSERS
from sharing import door
from sharing.authorise import NeedsSecondFactor, NotAtYourLevel
from sharing.models import (
    Establishment,
    LedgerEntry,
    ParityRun,
    Pupil,
    ServiceRun,
    StaffMember,
)
from sharing.service import service_runs
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, visitor
from tests.service.well import Job, aged, all_is_well

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanner_that_answers")]
CITRIX, PROXY = "10.30.0.1", "192.0.2.10"


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
    superuser = client("superuser", EDUNET)
    assert "govuk-breadcrumbs" not in superuser.get("/operations/").content.decode()
    for page in ("/operations/", "/guidance/", "/account/", "/"):
        words = superuser.get(page).content.decode()
        assert 'href="/"' not in words, page
        assert '<a href="/operations/" class="govuk-generic-header__homepage-link">' in words, page


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
