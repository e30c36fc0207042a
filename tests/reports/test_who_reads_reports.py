"""Who reads which report, while it says what is out (R2, R3, R12, R13, R16, R22)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import checks
from django.utils import timezone

from portal.checks import every_name_can_be_drawn, reports_can_be_made
from sharing import door
from sharing.authorise import NeedsSecondFactor, Permission, Refusal, visit
from sharing.models import LedgerEntry, Locality, Participation, Report
from sharing.records.reports import FULL, GOVERNORS
from sharing.reports import pdf, queue
from sharing.reports.gathering import gather
from sharing.service import work
from tests import figures
from tests.factories import establishment
from tests.locks.switches import door_off, rls_off, rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, visitor
from tests.reports.reading import figures_of, lines_of, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
BECKSIDE, RAVENSGILL, LARKROYD, CRAGWELL, SKELBROOK = 999002, 999003, 999004, 999009, 999012
RWM, SUSPENSIONS = "ks2_rwm_expected", "suspensions_rate"
NAME_OF_RWM, NAME_OF_SUSPENSIONS = "Expected standard in reading, writing and maths", "Suspensions (school returns)"

# Status of the governors' report and of the full one, of Beckside.
WHO = {
    ("head-beckside", SCHOOLS_ONLINE): (200, 200),
    ("deputy-beckside", SCHOOLS_ONLINE): (200, 200),
    ("teacher-beckside", SCHOOLS_ONLINE): (200, 200),
    ("assistant-beckside", SCHOOLS_ONLINE): (403, 403),  # narrowed to year groups: the list says why
    ("governor-beckside", SCHOOLS_ONLINE): (200, 403),
    ("third-party-beckside", SCHOOLS_ONLINE): (200, 403),
    ("head-ravensgill", SCHOOLS_ONLINE): (200, 403),  # of another that takes part
    ("head-larkroyd", SCHOOLS_ONLINE): (404, 404),  # of one that has excluded itself
    ("teacher-ended", SCHOOLS_ONLINE): (404, 404),
    ("superuser", SCHOOLS_ONLINE): (404, 404),
    ("officer-data", SCHOOLS_ONLINE): (404, 404),
    ("officer-data", EDUNET): (200, 200),
    ("officer-no-duty", EDUNET): (200, 403),
    ("officer-duty-ended", EDUNET): (200, 403),
    ("head-beckside", EDUNET): (403, 403),
}


def bring_out(at=None) -> None:
    small = {"value": "1.25", "is_small": True}
    with as_batch():
        figures.out("ks2", 2018, {(urn, RWM): 61 for urn in (BECKSIDE, RAVENSGILL, LARKROYD)} | {("england", RWM): 65})
        figures.out(
            "suspensions", 2024, {(urn, SUSPENSIONS): small for urn in (BECKSIDE, RAVENSGILL, LARKROYD)}
            | {("authority", SUSPENSIONS): 9}, at=at,
        )  # fmt: skip


def address(report: str, urn: int = BECKSIDE) -> str:
    return f"/establishments/{urn}/reports/{report}/"


@pytest.mark.usefixtures("pango")
def test_who_takes_which_report_away() -> None:
    """R2, R3, R12, R16, R33: the page lists what its reader may have, and an address that is guessed opens no more."""
    bring_out()
    make(BECKSIDE, GOVERNORS, FULL)
    for (slug, site), statuses in WHO.items():
        found = tuple(client(slug, site).get(address(report)).status_code for report in (GOVERNORS, FULL))
        assert found == statuses, (slug, site)
        page = client(slug, site).get(f"/establishments/{BECKSIDE}/reports/")
        narrowed = slug == "assistant-beckside"
        assert page.status_code == (200 if narrowed else statuses[0]), (slug, site)
        assert ("Your access is narrowed" in page.content.decode()) is narrowed
        assert (address(FULL) in page.content.decode()) == (statuses[1] == 200), (slug, site)
    assert visitor().get(address(GOVERNORS))["location"].startswith("/sign-in/")
    assert client("head-beckside").get(address("pdf")).status_code == 404


@pytest.mark.usefixtures("pango")
def test_no_figure_of_few_children_is_in_the_governors_report() -> None:
    """R12: withheld there, whoever reads it; in the full report it stands, and that is marked."""
    bring_out()
    make(BECKSIDE, GOVERNORS, FULL)
    for slug in ("head-beckside", "governor-beckside"):
        content = client(slug).get(address(GOVERNORS)).content
        assert figures_of(content)[NAME_OF_SUSPENSIONS, "2024/25"][0][0] == "Withheld"
        assert not [line for line in lines_of(content) if "1.25" in line]
        assert "OFFICIAL" in lines_of(content)
    full = client("head-beckside").get(address(FULL)).content
    assert figures_of(full)[NAME_OF_SUSPENSIONS, "2024/25"][0][0] == "1.25"
    assert "OFFICIAL-SENSITIVE" in lines_of(full)


def test_the_full_report_needs_a_second_factor() -> None:
    """R13: the page says so and leads there; a stolen password alone opens nothing that is nearly a child's."""
    bring_out()
    found = door.list_reports(replace(asker("head-beckside"), second_factor=False), BECKSIDE)
    assert ([line.report for line in found.lines], found.needs_second_factor) == ([GOVERNORS], True)
    with pytest.raises(NeedsSecondFactor):
        door.download_report(replace(asker("head-beckside"), second_factor=False), BECKSIDE, FULL)
    assert not door.list_reports(asker("governor-beckside"), BECKSIDE).needs_second_factor


@pytest.mark.usefixtures("pango")
def test_taking_a_report_away_is_in_the_ledger() -> None:
    """R43: which report, from which releases; and the file has a plain name and is not kept by the browser."""
    bring_out()
    make(BECKSIDE, GOVERNORS)
    response = client("governor-beckside").get(address(GOVERNORS))
    assert response["Content-Disposition"] == f'attachment; filename="governors-report-{BECKSIDE}.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    with as_batch():
        entry = LedgerEntry.objects.filter(action="download_report").latest("pk")
        releases = Report.objects.get(kind=GOVERNORS, establishment__urn=BECKSIDE).releases
    assert (entry.outcome, entry.urn, entry.about["releases"]) == ("shown", BECKSIDE, releases)


def seen_by(slug: str, site: str) -> set[tuple[int, str]]:
    with visit(asker(slug, site), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = set(Report.objects.values_list("establishment__urn", "kind"))
        here.showed()
    return found


@pytest.mark.parametrize(("slug", "site"), WHO, ids=str)
def test_row_level_security_by_itself(slug: str, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R45: the second lock with the door forgotten."""
    plant()
    door_off(monkeypatch)
    governors, full = WHO[slug, site] if (slug, site) != ("head-beckside", EDUNET) else (404, 404)
    wanted = {(BECKSIDE, kind) for kind, status in ((GOVERNORS, governors), (FULL, full)) if status == 200}
    assert {row for row in seen_by(slug, site) if row[0] == BECKSIDE} == wanted


def plant() -> None:
    """Reports as if they were made, without a PDF."""
    bring_out()
    with as_batch():
        for urn in (BECKSIDE, RAVENSGILL, LARKROYD):
            place = establishment(urn).pk
            for facts in gather(place, timezone.localdate(), GOVERNORS, FULL):
                Report.objects.create(
                    establishment_id=place, kind=facts.report, fingerprint=facts.fingerprint, shares=facts.shares,
                    releases=facts.releases, state=Report.State.MADE, sealed=b"x",
                )  # fmt: skip


def test_the_door_by_itself() -> None:
    """R45: the first lock with row-level security forgotten."""
    plant()
    rls_off()
    for (slug, site), statuses in WHO.items():
        for report, status in zip((GOVERNORS, FULL), statuses, strict=True):
            if status in (403, 404) and (slug, site) != ("head-beckside", EDUNET):
                with pytest.raises(Refusal):
                    door.download_report(asker(slug, site), BECKSIDE, report)


def test_everybody_gathers_the_same_report() -> None:
    """R31, R40: the worker, a governor, a head and an officer; so the report that was made is everybody's."""
    bring_out()
    with as_batch():
        locality = Locality.objects.get(memberships__establishment__urn=BECKSIDE)
        figures.out(
            "deprivation", 2019, {(urn, "idaci"): Decimal("0.2") for urn in (RAVENSGILL, CRAGWELL, SKELBROOK, BECKSIDE)}
        )
        figures.out("roll", 2025, {(urn, "roll_fsm"): 20 for urn in (RAVENSGILL, CRAGWELL, SKELBROOK)}
                    | {(f"locality:{locality.pk}", "roll_fsm"): 24})  # fmt: skip
        withheld = {("authority", "attendance_absence"): {"value": 5, "is_small": True}}  # of an area, too
        figures.out("attendance", 2024, {(urn, "attendance_absence"): 4 for urn in (BECKSIDE, LARKROYD)} | withheld)
    people = [("governor-beckside", SCHOOLS_ONLINE), ("head-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)]
    for urn in (BECKSIDE, RAVENSGILL, LARKROYD):
        place = establishment(urn).pk
        with as_batch():
            (wanted,) = gather(place, timezone.localdate(), GOVERNORS)
        for slug, site in people if urn != LARKROYD else [("head-larkroyd", SCHOOLS_ONLINE), people[-1]]:
            with visit(asker(slug, site), Permission.VIEW_ESTABLISHMENT, urn, action="test", shared=True) as here:
                assert gather(place, here.today, GOVERNORS) == (wanted,)
                here.showed()


# --- an establishment that excludes itself; a release that is superseded --------------------------------------------


def words_of_areas(urn: int) -> set[str]:
    with as_batch():
        (facts,) = gather(establishment(urn).pk, timezone.localdate(), GOVERNORS)
    return {name for measure in facts.measures for name in measure.beside}


def test_an_excluded_establishments_report_holds_nothing_shared() -> None:
    """R16, R17: published areas only, for officers too: it is the establishment's report."""
    bring_out()
    assert words_of_areas(BECKSIDE) == {"England", "Bradford"}
    assert words_of_areas(LARKROYD) == {"England"}


@pytest.mark.usefixtures("pango")
def test_who_excludes_itself_loses_the_shared_report_at_once() -> None:
    """R16: both locks; the next look of the worker makes one without what is shared."""
    bring_out()
    make(BECKSIDE, GOVERNORS)
    assert client("governor-beckside").get(address(GOVERNORS)).status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE, ends_on=None).update(
            ends_on=yesterday, starts_on=yesterday - timedelta(days=9)
        )
    assert (BECKSIDE, GOVERNORS) not in seen_by("governor-beckside", SCHOOLS_ONLINE)
    assert client("governor-beckside").get(address(GOVERNORS)).status_code == 302
    assert client("head-ravensgill").get(address(GOVERNORS)).status_code == 404
    make(BECKSIDE, GOVERNORS)
    content = client("governor-beckside").get(address(GOVERNORS)).content
    assert [len(cells) for cells in figures_of(content).values()] == [2, 1]  # England; nothing beside suspensions


BOTH_SITES = [("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)]


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize(("slug", "site"), BOTH_SITES, ids=["school", "council"])
def test_a_new_version_takes_the_old_report_away(slug: str, site: str) -> None:
    """R22, R31: nobody gets the old figures any more; the worker then makes the new report for both sites."""
    bring_out()
    make(BECKSIDE, GOVERNORS)
    with as_batch():
        figures.out("ks2", 2017, {(BECKSIDE, RWM): 52}, at=timezone.now() + timedelta(seconds=60))
    before = client(slug, site).get(address(GOVERNORS)).content
    assert figures_of(before)[NAME_OF_RWM, "2018/19"][0][0] == "61%"
    with as_batch():
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 53})
    assert client(slug, site).get(address(GOVERNORS)).status_code == 302
    page = client(slug, site).get(f"/establishments/{BECKSIDE}/reports/").content.decode()
    assert "Not made yet" in page
    make(BECKSIDE, GOVERNORS)
    after = figures_of(client(slug, site).get(address(GOVERNORS)).content)
    assert after[NAME_OF_RWM, "2018/19"][0][0] == "53%"
    assert (NAME_OF_RWM, "2017/18") not in after
    with as_batch():
        assert Report.objects.filter(establishment__urn=BECKSIDE, kind=GOVERNORS).count() == 1


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("seconds", [0, 1])
def test_at_the_instant_by_both_and_a_second_before_by_neither(seconds: int) -> None:
    """R22, R40: a report with the release at T on both sites, and at T minus one second on neither, by one clock."""
    ((now,),) = rows("SELECT now()")
    bring_out(at=now + timedelta(seconds=seconds))
    make(BECKSIDE, GOVERNORS)
    for slug, site in BOTH_SITES:
        is_there = (NAME_OF_SUSPENSIONS, "2024/25") in figures_of(client(slug, site).get(address(GOVERNORS)).content)
        page = client(slug, site).get(f"/establishments/{BECKSIDE}/reports/").content.decode()
        on_page = ">Suspensions and permanent exclusions (school returns)<" in page
        assert (is_there, on_page) == (seconds == 0, seconds == 0), (slug, site)


def test_asking_for_a_report() -> None:
    """Before any worker ran: asking puts it first in the queue, and asking again changes nothing."""
    bring_out()
    browser, page = client("governor-beckside"), f"/establishments/{BECKSIDE}/reports/"
    assert "Not made yet" in browser.get(page).content.decode()
    assert browser.get(address(GOVERNORS)).status_code == 302
    for _ in range(2):
        assert browser.post(f"{address(GOVERNORS)}ask/").status_code == 302
    assert browser.post(f"{address(FULL)}ask/").status_code == 403
    assert browser.get(f"{address(GOVERNORS)}ask/").status_code == 405
    assert "Waiting to be made" in browser.get(page).content.decode()
    progress = browser.get(f"{page}progress/")
    assert progress["X-Is-Moving"] == "yes"
    with as_batch():
        assert list(Report.objects.values_list("kind", "state", "is_awaited")) == [(GOVERNORS, "waiting", True)]


def test_one_that_waits_behind_others_can_be_made_next() -> None:
    """Just after a release; and the web application can change nothing else of it."""
    bring_out()
    with as_batch():
        queue.look_at(establishment(BECKSIDE).pk, timezone.localdate(), queue.releases_out())
    browser, page = client("governor-beckside"), f"/establishments/{BECKSIDE}/reports/"
    assert "You can have this one made next" in browser.get(page).content.decode()
    assert "data-progress" not in browser.get(page).content.decode()
    browser.post(f"{address(GOVERNORS)}ask/")
    assert "data-progress" in browser.get(page).content.decode()
    with as_batch():
        assert dict(Report.objects.values_list("kind", "is_awaited")) == {GOVERNORS: True, FULL: False}


def test_nothing_is_out() -> None:
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/reports/").content.decode()
    assert "No release with figures for this establishment is out yet" in page
    assert '<form method="post" action="/establishments' not in page


def test_without_pango_the_page_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else works: the page, Key Data, and a warning for the operator."""
    bring_out()
    monkeypatch.setattr(pdf, "missing", lambda: ("libpango-1.0-0",))
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/reports/").content.decode()
    assert "This server cannot make PDFs now" in page
    assert "libpango-1.0-0" in page
    assert work.until_nothing_waits() == 0
    (warning,) = reports_can_be_made(None)
    assert (warning.id, warning.level) == ("portal.W001", checks.WARNING)
    with pytest.raises(pdf.CannotDraw):
        pdf.draw(None, timezone.localdate())


def test_without_fonts_for_some_letters_the_operator_is_told(monkeypatch: pytest.MonkeyPatch, pango: None) -> None:
    """A child's name in them is a row of boxes on paper. Two letters that this machine has, or nobody."""
    monkeypatch.setattr(pdf, "FONTS", {"fonts-here": "A", "fonts-nowhere": "\U0010fffe"})
    (said,) = every_name_can_be_drawn(None)
    assert (said.id, said.hint.partition("install ")[2]) == ("portal.I001", "fonts-nowhere")
    monkeypatch.setattr(pdf, "FONTS", {"fonts-here": "A"})
    assert every_name_can_be_drawn(None) == []
