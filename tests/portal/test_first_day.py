"""The first day: an establishment of which nothing is recorded yet, and one with one of each, page by page (R10, R30).

Links are followed as people do. A page says why it is empty: no bare table or choice, no "0 of 0", no file of nothing.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import lxml.html
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from access_register import grants
from access_register.headships import first_heads
from access_register.levels import Level
from access_register.models import OfficerAppointment, RegisterLine
from access_register.register import register
from access_register.register.rules import Entry
from sharing.days import day_in_words
from sharing.demo.places import BECKSIDE
from sharing.models import Establishment, Import, Pupil
from sharing.returns import next_expected
from tests import factories
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.gias_files import gias_file, school

pytestmark = pytest.mark.django_db
URN = 100002
HEAD, TEACHER, GOVERNOR, DATA = "teacher-ended", "teacher-tomorrow", "governor-beckside", "officer-data"
MOST_PAGES = 120
UNSAID = re.compile(
    r"0 of 0|\bnan\b|, ,|\(\)|There is nothing to download or print|No pupil matches|Nobody matches"
    r"|\b1 (?:children|pupils|people|records|lines|establishments|files|findings|returns|challenges|groups)\b"
)
# What a person meets as empty, and what has to be in it.
HOLLOW = {
    "a choice of nothing": ".//select[not(.//option[@value != ''])]",
    "a question without an answer": ".//fieldset[not(.//input | .//select | .//*[contains(@class, 'hint')])]",
    "a table without a row": ".//table[not(.//tbody/tr)]",
    "a list without a line": ".//ul[not(li)] | .//ol[not(li)] | .//dl[not(*)]",
}


@pytest.fixture
def newcomer(tmp_path: Path) -> None:
    """A primary school that the national register tells of today, in no Locality: three people on its register."""
    bare = school(URN, Town="", StatutoryLowAge="4", StatutoryHighAge="11")
    call_command("import_gias", gias_file(tmp_path, [bare]), la=380, verbosity=0)
    today, manager = timezone.localdate(), asker("officer-information", EDUNET)
    first_heads.record_first_head(manager, URN, name="Any", email=person(HEAD).email, on=today)
    roles = RegisterLine.Role
    for slug, entry in (
        (TEACHER, Entry(Level.TWO, roles.TEACHER, basis=RegisterLine.Basis.TEACHES, confirmed=True)),
        (GOVERNOR, Entry(Level.THREE, roles.GOVERNOR)),
    ):
        register.give_access(asker(HEAD), URN, name="Any", email=person(slug).email, entry=entry)


@pytest.fixture
def one_of_each(newcomer: None) -> Pupil:
    child = factories.pupil(URN)
    factories.enrolment(child, date(2024, 9, 3))
    factories.needs(child, "K", "ASD")
    factories.attendance(child, possible=100, absent=20, academic_year=2025, term=1)
    factories.suspension(child, date(2025, 10, 6))
    factories.address(child, "1 Fictional Street\nBD1 1HY")
    factories.contact(child, "One Contact")
    factories.result(child, "PH", "PHO", "33")
    factories.staff_member(URN)
    return child


def walk(browser: Client) -> Iterator[str]:
    """What is wrong on the pages of the establishment, from its own page and the start page on."""
    here = f"/establishments/{URN}/"
    waiting, seen = ["/", here], set[str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path.partition("?")[0] in seen:
            continue
        seen.add(path.partition("?")[0])
        answer = browser.get(path)
        if answer.status_code != 200:
            yield f"{path}: {answer.status_code}"
        elif "html" in answer["content-type"]:
            page = lxml.html.fromstring(answer.content.decode())
            yield from (f"{path}: {fault}" for fault in faults_of(page))
            waiting += [link for link in page.xpath("//a/@href") if link.startswith(here)]
    assert len(seen) > 12, "The links led nowhere."


def faults_of(page: lxml.html.HtmlElement) -> Iterator[str]:
    (main,) = page.xpath("//main")
    yield from (what for what, path in HOLLOW.items() if main.xpath(path))
    yield from UNSAID.findall(" ".join(main.text_content().split()))


def everybodys_faults() -> dict[str, list[str]]:
    who = ((HEAD, SCHOOLS_ONLINE), (TEACHER, SCHOOLS_ONLINE), (GOVERNOR, SCHOOLS_ONLINE), (DATA, EDUNET))
    found = {slug: list(walk(client(slug, through))) for slug, through in who}
    return {slug: faults for slug, faults in found.items() if faults}


def test_every_page_of_an_establishment_without_anything_says_so(newcomer: None) -> None:
    assert everybodys_faults() == {}


def test_every_page_of_an_establishment_with_one_of_each(one_of_each: Pupil) -> None:
    assert everybodys_faults() == {}


class TestWhatToDoNext:
    """R23, R30: an empty page says who brings the records in, and leads whoever may."""

    def test_at_the_list_of_pupils(self, newcomer: None) -> None:
        add = f"/establishments/{URN}/imports/add/"
        assert shown(HEAD, "pupils/") == ("No children are recorded here today. Bring in a file", add)
        assert shown(HEAD, "data-quality/")[1] == shown(HEAD, "staff/")[1] == add
        words, link = shown(TEACHER, "pupils/")
        assert "Level 1 here, or the Council’s data team, brings in" in words
        assert link is None

    def test_who_sees_some_year_groups_only_is_not_told_that_there_are_no_children(self, one_of_each: Pupil) -> None:
        """R35: nor to bring any in."""
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=URN, level=2).update(year_groups=["6"])
            grants.rebuild(timezone.localdate())
        assert shown(TEACHER, "pupils/") == ("No children that you may see are recorded here today.", None)
        page = client(TEACHER).get(f"/establishments/{URN}/dashboard/").content.decode()
        assert "No children that you may see are recorded here today." in page

    def test_on_the_home_page_of_who_may(self, newcomer: None) -> None:
        """Until the first child is on the register; not without a second factor, behind which children are (R13)."""
        waits, place = "No children are recorded here: bring in a file", Establishment.objects.get(urn=URN)
        assert waits in home(HEAD)
        assert waits not in home(TEACHER)
        assert waits not in home(HEAD, second_factor=False)
        with as_batch():
            Establishment.objects.filter(pk=place.pk).update(kind="childrens_centre")
        assert waits not in home(HEAD)
        with as_batch():
            Establishment.objects.filter(pk=place.pk).update(kind="primary")
        factories.enrolment(factories.pupil(URN), date(2024, 9, 3))
        assert waits not in home(HEAD)

    def test_at_the_returns(self, newcomer: None) -> None:
        """R23: what is expected next, and by when; nothing that was due before the establishment took part."""
        coming = next_expected(timezone.localdate())
        page = " ".join(client(HEAD).get(f"/establishments/{URN}/returns/").content.decode().split())
        assert f"The next is the {coming.kind.label} of {day_in_words(coming.reference_day)}" in page
        assert f"due by {day_in_words(coming.due_on)}." in page
        assert f'href="/establishments/{URN}/imports/add/"' in page
        visit = client(DATA, EDUNET).get(f"/establishments/{URN}/visit/").content.decode()
        assert "None is awaited" in visit

    def test_where_there_is_no_locality(self) -> None:
        """A11: no question that nobody can answer, but who brings the Localities in."""
        run_as_owner("TRUNCATE sharing_locality CASCADE")
        manager = client("officer-information", EDUNET)
        moving = manager.get(f"/establishments/{BECKSIDE}/locality/").content.decode()
        assert "There is no other Locality to move to." in moving
        assert "Which Locality is it moving to?" not in moving
        with as_batch():
            somebody = OfficerAppointment.objects.exclude(person=person("officer-information")).earliest("pk")
        assert "There are no Localities yet." in manager.get(f"/officers/{somebody.pk}/duty/").content.decode()


def shown(slug: str, page: str) -> tuple[str, str | None]:
    """The words that stand where a list would be, and where their link leads."""
    answer = client(slug).get(f"/establishments/{URN}/{page}").content.decode()
    (empty,) = lxml.html.fromstring(answer).xpath("//*[@class='app-empty']")
    return " ".join(empty.text_content().split()), next(iter(empty.xpath(".//a/@href")), None)


def home(slug: str, **how: bool) -> str:
    return client(slug, **how).get("/").content.decode()


def test_a_record_that_nobody_has_opened_says_so(one_of_each: Pupil) -> None:
    """R43: and counts the second time."""
    browser, path = client(HEAD), f"/establishments/{URN}/pupils/{one_of_each.pk}/"
    first = browser.get(path).content.decode()
    assert "Nobody has opened this record in the last 12 months. This leaves out your visit now, and what" in first
    assert "In the last 12 months 1 person opened this record, 1 time in all." in browser.get(path).content.decode()


def test_who_has_no_place_is_not_told_that_no_establishment_matches() -> None:
    """R2: before anybody has put them on a register, and after."""
    browser = client(HEAD)
    assert "You do not have a place at any establishment today" in browser.get("/establishments/").content.decode()
    assert "No establishment matches" in browser.get("/establishments/?named=Alpha").content.decode()
    run_as_owner("UPDATE sharing_establishment SET kind = ''")
    assert "There are no establishments here yet" in client(DATA, EDUNET).get("/establishments/").content.decode()


def test_figures_do_not_come_of_the_national_register(newcomer: None) -> None:
    """R22: the import of establishments does not lead to releases, which bring none of it out."""
    with as_batch():
        number = Import.objects.filter(kind="gias").latest("pk").pk
    page = client(DATA, EDUNET).get(f"/imports/{number}/").content.decode()
    assert "Now taking part in the protocol: 1" in page
    assert "figures come out as releases" not in page


def test_who_is_in_charge_is_not_sent_to_who_is_in_charge(newcomer: None) -> None:
    """R13: a head who can use no second factor; R9: an officer, of whose access no head decides."""
    page = client(HEAD, second_factor=False).get("/account/second-factor/").content.decode()
    assert "If that is you, tell the Education Department" in page
    assert "Ask the head" not in client(DATA, EDUNET).get("/my-access/").content.decode()
    assert "Ask the head" in client(HEAD).get("/my-access/").content.decode()


def test_the_school_finder_offers_no_filter_to_clear(newcomer: None) -> None:
    """R10: nothing is out of the school, and no filter is on."""
    page = client(HEAD).get("/school-finder/").content.decode()
    assert "Either there is no other school of the same phase" in page
    assert "Clear the filters" not in page
    assert "Clear the filters" in client(HEAD).get("/school-finder/?kind=nursery").content.decode()
