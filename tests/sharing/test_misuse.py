"""Misuse of a comparison, reported from where it stands, seen to by officers (P8, R20, R43)."""

import re
import uuid
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client

from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.authorise.holdings import Holdings
from sharing.models import LedgerEntry, MisuseReport
from tests.people import EDUNET, as_batch, asker, client, person
from tests.threads import PATIENCE

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD = 999002, 999003, 999004
WHAT, WHO = "A leaflet sets our results beside theirs.", "The board of a neighbour"


def _report(slug: str = "governor-beckside", key: uuid.UUID | None = None, **more: str) -> int:
    return door.report_misuse(
        asker(slug), "key-data", RAVENSGILL, form_key=key or uuid.uuid4(), happened=WHAT, who=WHO, **more
    )


def _waiting(slug: str) -> int:
    """How many reports the home page says wait for the officer."""
    found = door.show_workbench(asker(slug, EDUNET))
    tasks = [*found.quiet, *(task for group in found.groups for task in group.tasks)]
    return sum(task.number for task in tasks if task.page == "misuse_reports")


@pytest.mark.parametrize(
    "address",
    ["school-finder/", "establishments/", f"establishments/{RAVENSGILL}/", f"establishments/{RAVENSGILL}/key-data/"],
)
def test_the_way_to_report_stands_beside_the_notice(address: str) -> None:
    """R20: on every page that compares establishments, and it leads to a form that knows the page."""
    browser = client("governor-beckside")
    page = browser.get(f"/{address}").content.decode()
    link = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/report-misuse/"))
    form = browser.get(link)
    assert form.status_code == 200
    assert "to promote one establishment at the expense of another" in form.content.decode()


@pytest.mark.parametrize("page", MisuseReport.Page.values)
def test_the_form_leads_back_to_the_figures(page: str) -> None:
    """R20."""
    at = f"/establishments/{RAVENSGILL}/"
    back = {"key-data": f"{at}key-data/", "deeper": f"{at}deeper/", "reports": f"{at}reports/", "establishment": at}
    here, browser = back.get(page, f"/{page}/"), client("governor-beckside")
    form = browser.get(f"/report-misuse/{page}/{f'{RAVENSGILL}/' if page in back else ''}").content.decode()
    assert re.findall(r'govuk-breadcrumbs__link" href="([^"]+)"', form) == ["/", here]
    assert browser.get(here).status_code == 200


def test_a_report_is_kept_with_the_page_and_the_figures() -> None:
    """R20: page, establishment, measure, releases that were out; the words are not in clear (R13)."""
    number = _report(measure="ks2_rwm_expected")
    found = door.show_misuse_report(asker("governor-beckside"), number)
    assert (found.report.page, found.report.state) == ("Key Data of an establishment", "Waiting to be looked at")
    assert found.report.about
    assert found.report.measure
    assert found.releases
    assert all(re.fullmatch(r"[A-Z].+ 20\d\d/\d\d, version \d+: R\d+", release) for release in found.releases)
    assert (found.happened, found.who, found.reported_by) == (WHAT, WHO, "")
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT happened::text || who::text FROM sharing_misusereport WHERE id = %s", [number])
        (stored,) = cursor.fetchone()
        assert WHAT.encode().hex() not in stored
        row = LedgerEntry.objects.order_by("-id")[1]
    assert (row.action, row.outcome, row.about["misuse_report"]) == ("report_misuse", "changed", number)


def test_each_fact_of_a_report_stands_under_its_name_for_whom_it_is_meant() -> None:
    """R20: the officer reads who reported it, and whoever did so has no empty line for it."""

    def facts(slug: str, number: int) -> dict[str, str]:
        through = (EDUNET,) if slug == "officer-data" else ()
        page = client(slug, *through).get(f"/your-reports/{number}/").text
        return dict(re.findall(r"<dt [^>]*>(.*?)</dt>\s*<dd [^>]*>(.*?)</dd>", page))

    number, officer = _report(measure="ks2_rwm_expected"), asker("officer-data", EDUNET)
    own = facts("governor-beckside", number)
    assert list(own) == ["Page", "Establishment", "Figure", "State", "Reported"]
    assert all(own.values())
    assert own["Page"] == "Key Data of an establishment"
    door.acknowledge_misuse_report(officer, number)
    door.close_misuse_report(officer, number, outcome="no_misuse", answer="So it is.")
    desk = facts("officer-data", number)
    assert list(desk) == [*list(own)[:4], "Outcome", "Reported", "Reported by", "Taken on", "Closed"]
    assert desk["Reported by"] == person("governor-beckside").name
    assert all(desk.values())
    without = facts("governor-beckside", _report())
    assert "Figure" not in without


def test_only_who_made_it_and_the_officers_see_it() -> None:
    """R20: nobody else, not the head concerned either; an officer without the duty is refused the list."""
    number = _report()
    for slug, through in (("head-ravensgill", None), ("head-beckside", None), ("officer-no-duty", EDUNET)):
        with pytest.raises(NoSuchRecord):
            door.show_misuse_report(asker(slug, through) if through else asker(slug), number)
    assert [line.id for line in door.list_my_reports(asker("governor-beckside")).page] == [number]
    assert not door.list_my_reports(asker("head-beckside")).page.rows
    desk = door.list_misuse_reports(asker("officer-data", EDUNET))
    assert [line.id for line in desk.page] == [number]
    assert (
        door.show_misuse_report(asker("officer-data", EDUNET), number).reported_by == person("governor-beckside").name
    )
    for refused in (asker("officer-no-duty", EDUNET), asker("head-beckside")):
        with pytest.raises(NotAtYourLevel):
            door.list_misuse_reports(refused)


def test_a_form_sent_twice_is_one_report() -> None:
    key = uuid.uuid4()
    assert _report(key=key) == _report(key=key)
    assert _report() != _report()
    with as_batch():
        assert MisuseReport.objects.count() == 3


@pytest.mark.usefixtures("own_database")
def test_a_form_sent_twice_at_once_is_one_report() -> None:
    key, ready, numbers = uuid.uuid4(), Barrier(2, timeout=PATIENCE), []

    def send() -> None:
        ready.wait()
        numbers.append(_report(key=key))
        connections.close_all()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def test_an_officer_takes_it_on_and_closes_it_with_an_outcome() -> None:
    """R20: each step once; who reported it reads what came of it."""
    number, officer = _report(), asker("officer-data", EDUNET)
    with pytest.raises(NoSuchRecord):
        door.acknowledge_misuse_report(officer, number + 1)
    door.acknowledge_misuse_report(officer, number)
    with pytest.raises(door.NothingToSettle):
        door.acknowledge_misuse_report(officer, number)
    door.close_misuse_report(officer, number, outcome="to_refer", answer="We refer it.")
    with pytest.raises(door.NothingToSettle):
        door.close_misuse_report(officer, number, outcome="no_misuse", answer="Once more")
    found = door.show_misuse_report(asker("governor-beckside"), number)
    assert (found.report.is_closed, found.answer) == (True, "We refer it.")
    assert found.report.outcome == "To be referred to the Locality Achievement Partnership"
    assert found.closed_at


@pytest.mark.parametrize(
    ("slug", "step", "result", "answer"),
    [
        ("officer-no-duty", "acknowledged", "", None),
        ("officer-no-duty", "closed", "no_misuse", b"sealed"),
        ("officer-data", "reported", "", None),
        ("officer-data", "acknowledged", "no_misuse", None),
        ("officer-data", "acknowledged", "no_misuse", b"sealed"),
        ("officer-data", "acknowledged", "", b"sealed"),
        ("officer-data", "closed", "", b"sealed"),
        ("officer-data", "closed", "no_misuse", None),
    ],
)
def test_the_function_itself_takes_no_step_that_is_nobodys_or_half(
    slug: str, step: str, result: str, answer: bytes | None
) -> None:
    """R20: the second lock, asked in SQL without the door: who may, and each step whole."""
    number = _report()
    Holdings.announced(asker(slug, EDUNET))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_settle_misuse(%s, %s, %s, %s, 'Test')", [number, step, result, answer])
        assert cursor.fetchone() == (False,)
    with as_batch():
        assert MisuseReport.objects.get(pk=number).state == "reported"


@pytest.mark.parametrize(("outcome", "may"), [("no_misuse", True), ("advice", True), ("to_refer", False)])
def test_who_is_told_that_it_is_no_misuse_may_still_report_a_breach(outcome: str, may: bool) -> None:
    """R41: one officer closes a report; the Locality Achievement Partnership decides about a breach."""
    number, officer, reporter = _report(), asker("officer-data", EDUNET), client("governor-beckside")
    assert not door.show_misuse_report(asker("governor-beckside"), number).may_object
    door.close_misuse_report(officer, number, outcome=outcome, answer="So it is.")
    assert ('href="/breaches/report/"' in _words(reporter, number)) is may
    assert 'href="/breaches/report/"' not in _words(client("officer-data", EDUNET), number)


def _words(browser: Client, number: int) -> str:
    page = browser.get(f"/your-reports/{number}/").content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_nobody_settles_a_report_of_their_own() -> None:
    """R20: nor does it wait for them on their home page: another officer is asked to see to it."""
    officer = asker("officer-data", EDUNET)
    wait_before = _waiting("officer-data"), _waiting("officer-admissions")
    number = door.report_misuse(officer, "school-finder", form_key=uuid.uuid4(), happened=WHAT)
    assert (_waiting("officer-data"), _waiting("officer-admissions")) == (wait_before[0], wait_before[1] + 1)
    assert not door.show_misuse_report(officer, number).can_close
    with pytest.raises(door.NothingToSettle):
        door.close_misuse_report(officer, number, outcome="no_misuse", answer="Nothing")


@pytest.mark.parametrize(
    ("page", "urn"),
    [("key-data", None), ("school-finder", BECKSIDE), ("anything", None), ("key-data", LARKROYD), ("key-data", 1)],
)
def test_what_compares_nothing_or_may_not_be_read_cannot_be_reported(page: str, urn: int | None) -> None:
    """R2: the reference from the page is closed; of an establishment that one may not read, not even the name."""
    with pytest.raises(NoSuchRecord):
        door.report_misuse(asker("governor-beckside"), page, urn, form_key=uuid.uuid4(), happened=WHAT)


def test_the_pages() -> None:
    """R30: form, own reports, desk, both steps."""
    browser, desk = client("governor-beckside"), client("officer-data", EDUNET)
    address = f"/report-misuse/key-data/{RAVENSGILL}/"
    assert browser.post(address, {"form_key": uuid.uuid4()}).status_code == 422
    sent = browser.post(address, {"form_key": uuid.uuid4(), "happened": WHAT, "measure": "ks2_rwm_expected"})
    assert sent.status_code == 302
    assert WHAT in browser.get(sent["location"]).content.decode()
    assert "Report " in browser.get("/your-reports/").content.decode()
    number = int(sent["location"].strip("/").split("/")[-1])
    assert desk.post(f"/misuse-reports/{number}/acknowledge/").status_code == 302
    assert desk.post(f"/misuse-reports/{number}/close/", {}).status_code == 422
    closed = desk.post(f"/misuse-reports/{number}/close/", {"outcome": "advice", "answer": "We have spoken to them."})
    assert closed.status_code == 302
    assert "We have spoken to them." in browser.get(sent["location"]).content.decode()
    assert client("head-ravensgill").get(sent["location"]).status_code == 404


def test_a_password_alone_opens_no_report_of_others() -> None:
    """R13: who is said to have done it is told to officers with a second factor; the reporter sees their own anyway."""
    number = _report()
    officer = replace(asker("officer-data", EDUNET), second_factor=False)
    for each in (number, number + 1):
        with pytest.raises(NeedsSecondFactor):
            door.show_misuse_report(officer, each)
    assert door.show_misuse_report(replace(asker("governor-beckside"), second_factor=False), number).who == WHO
