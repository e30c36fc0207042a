"""A page leads to the next step of a task, and back to where somebody came from (R30)."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from sharing import door
from sharing.authorise import Through
from sharing.models import Download, Pupil, StaffMember
from sharing.returns import Status
from tests import figures
from tests.access_register.under_contract import PAGE as THIRD_PARTIES
from tests.access_register.under_contract import contract
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, looks_for
from tests.sharing.challenges import child
from tests.sharing.moves import BECKSIDE, RAVENSGILL, SENDER, agreed, asserted, day, on_roll

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"
SKELBROOK, OXENBY = 999012, 999005
PRIMARIES = (BECKSIDE, RAVENSGILL, 999009, SKELBROOK, 999999)
SITES = [(SENDER, SCHOOLS_ONLINE), ("officer-data", EDUNET)]


def read(slug: str, path: str, site: Through = SCHOOLS_ONLINE) -> str:
    answer = client(slug, site).get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', page)


@pytest.mark.parametrize(("slug", "site"), SITES)
def test_who_opens_again_what_only_a_button_opens_reads_so(slug: str, site: Through) -> None:
    """R30: a phone that had put the page of a passphrase away showed “HTTP ERROR 405”, and nothing else."""
    answer = client(slug, site).get(f"{HERE}/challenges/1/pass-on/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This page cannot be opened again" in answer.content.decode()


class TestTheTransferFile:
    """R8, R14: what is said before an unencrypted file is made has been read."""

    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_the_list_leads_to_the_page_that_says_what_to_do_with_it(self, slug: str, site: Through) -> None:
        """R43: the button in the list made the file itself. Nobody read that it is not encrypted."""
        file = f"{HERE}/transfers/{agreed().pk}/file/"
        inbox = read(slug, f"{HERE}/transfers/", site)
        assert file in links(inbox)
        assert f'action="{file}"' not in inbox
        page = read(slug, file, site)
        assert "The file is not encrypted" in page
        assert "only until the end of the day on which you make the file" in page
        assert {"/my-downloads/", f"{HERE}/transfers/"} <= set(links(page))
        with as_batch():
            assert not Download.objects.filter(kind=Download.Kind.TRANSFER_FILE).exists()

    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_the_record_of_a_child_who_leaves_the_community_leads_to_theirs(self, slug: str, site: Through) -> None:
        """R8: nothing led to it."""
        pupil = on_roll()
        record = f"{HERE}/pupils/{pupil.pk}/"
        assert f"{record}transfer-file/" not in links(read(slug, record, site))
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="EL")
        assert f"{record}transfer-file/" in links(read(slug, record, site))
        page = read(slug, f"{record}transfer-file/", site)
        assert "only until the end of the day" not in page
        assert f"{HERE}/joiners-and-leavers/" in links(page)

    def test_not_that_of_a_child_who_is_moving_within_it_nor_for_who_keeps_no_records(self) -> None:
        """R7: the file goes with the transfer."""
        moving, leaving = on_roll(), on_roll()
        asserted(moving)
        for pupil in (moving, leaving):
            door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="EL")
        for slug, pupil in ((SENDER, moving), ("teacher-beckside", leaving)):
            record = f"{HERE}/pupils/{pupil.pk}/"
            assert f"{record}transfer-file/" not in links(read(slug, record))

    def test_nor_of_a_child_who_stays_under_another_registration(self) -> None:
        """R8: the file is refused then, so no link leads to it."""
        pupil = on_roll(kind="M")
        with as_batch():
            guest = {"kind": "G", "starts_on": day(-30), "ends_on": day(9)}
            pupil.enrolments.create(establishment_id=pupil.establishment_id, **guest)
        record = f"{HERE}/pupils/{pupil.pk}/"
        assert f"{record}transfer-file/" not in links(read(SENDER, record))


class TestReturns:
    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_each_that_has_not_come_leads_to_bringing_in_its_kind(self, slug: str, site: Through) -> None:
        """R23: the email about a late return leads to this page."""
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=day(-800))
        found = door.show_returns(asker(slug, site), BECKSIDE).returns
        awaited = [line for line in found if line.state in (Status.LATE, Status.AWAITED)]
        assert awaited
        page = read(slug, f"{HERE}/returns/", site)
        for line in found:
            assert line.is_awaited == (line in awaited)
        assert page.count(">Bring it in<") == len(awaited)
        (bring_in,) = {link for link in links(page) if link.endswith("?kind=census")}
        form = read(slug, bring_in, site)
        assert re.search(r'value="census"[^>]*checked', form)

    @pytest.mark.parametrize(("slug", "site"), SITES)
    def test_what_came_leads_to_what_may_be_wrong_in_it(self, slug: str, site: Through) -> None:
        """R23, P9: before it is confirmed as complete, which cannot be taken back."""
        text = read(slug, f"{HERE}/returns/", site).partition("Once a return has arrived")[2]
        assert links(text)[0] == f"{HERE}/data-quality/"
        assert "Data quality" in read(slug, links(text)[0], site)


@pytest.mark.usefixtures("nothing_released")
class TestKeyData:
    def bring_out(self) -> None:
        with as_batch():
            context = {(urn, "idaci"): Decimal("0.2") + n * Decimal("0.05") for n, urn in enumerate(PRIMARIES)}
            figures.out("deprivation", 2019, context)
            figures.out("ks2", 2018, {(urn, "ks2_rwm_expected"): 50 + n for n, urn in enumerate(PRIMARIES)})

    @pytest.mark.parametrize(("slug", "site"), [("head-ravensgill", SCHOOLS_ONLINE), ("officer-admissions", EDUNET)])
    def test_it_leads_to_the_schools_like_this_one_and_to_the_reports(self, slug: str, site: Through) -> None:
        """R3: the School Finder showed those like the first establishment by name, whichever one came from."""
        self.bring_out()
        found = links(read(slug, f"/establishments/{RAVENSGILL}/key-data/", site))
        assert f"/establishments/{RAVENSGILL}/reports/" in found
        finder = f"/school-finder/?of={RAVENSGILL}"
        assert finder in found
        assert "Like Ravensgill Primary School" in read(slug, finder, site)

    def test_from_another_school_it_leads_to_those_like_ones_own(self) -> None:
        """R3: only officers choose of which."""
        self.bring_out()
        found = links(read("head-ravensgill", f"{HERE}/key-data/"))
        assert "/school-finder/" in found
        assert not [link for link in found if link.startswith("/school-finder/?")]


class TestTheRegister:
    ALONE = "Nobody else is on this register yet."

    @pytest.mark.parametrize(("slug", "urn", "alone"), [("head-skelbrook", SKELBROOK, True), (SENDER, BECKSIDE, False)])
    def test_it_leads_to_adding_many_people_before_anybody_is_listed(self, slug: str, urn: int, alone: bool) -> None:
        """R36: a new head adds everybody. The link stood below the last line."""
        page = read(slug, f"/establishments/{urn}/register/")
        assert page.index("/register/staff/") < page.index('id="level-1"')
        assert (self.ALONE in page) == alone

    def test_a_search_that_finds_one_person_does_not_say_that_nobody_else_is_there(self) -> None:
        """R36: the register has others."""
        page = looks_for(client(SENDER), f"{HERE}/register/?named=Gordon").content.decode()
        assert "Gordon Whiteley" in page
        assert self.ALONE not in page

    @pytest.mark.parametrize("checked", [True, False])
    def test_who_names_a_third_party_reads_first_what_level_2_needs(self, checked: bool) -> None:
        """R25: it was said once the form was filled in."""
        number = contract(dbs=checked)
        found = links(read(SENDER, f"{THIRD_PARTIES}{number}/add/"))
        assert (f"{THIRD_PARTIES}{number}/dbs/" in found) != checked


class TestDownloads:
    @pytest.mark.parametrize(
        ("kind", "page", "query"),
        [
            ("pupils", "pupils", "?year_group=6&sen=E&sort=year"),
            ("pupils", "pupils", ""),
            ("staff", "staff", "?work=teaching"),
            ("moves", "joiners-and-leavers", "?since=01%2F10%2F2026"),
        ],
    )
    def test_the_form_leads_back_to_the_list_with_its_filters(self, kind: str, page: str, query: str) -> None:
        """R14: the file is what the list shows, so that one can look at it again first."""
        found = links(read(SENDER, f"{HERE}/downloads/{kind}/new/{query}"))
        assert f"{HERE}/{page}/{query}" in found

    def test_of_one_record_there_is_no_list(self) -> None:
        page = read(SENDER, f"{HERE}/downloads/pupil/new/?pupil={child().pk}")
        assert "the page you came from" in page


class TestSomethingIsWrong:
    def test_who_says_so_is_told_of_the_email_and_can_go_back(self) -> None:
        """R23."""
        record = f"{HERE}/pupils/{child().pk}/"
        form = f"{record}challenge/"
        assert record in links(read("teacher-beckside", form))
        typed = {"fact_key": "born_on", "statement": "Born on the 5th"}
        done = client("teacher-beckside").post(form, typed, follow=True).content.decode()
        assert "We will email you when it is answered." in done

    def test_nor_is_the_way_back_missing_for_a_member_of_staff(self) -> None:
        with as_batch():
            member = StaffMember.objects.filter(establishment__urn=BECKSIDE).in_post_on(day(0))[0]
        record = f"{HERE}/staff/{member.pk}/"
        assert record in links(read(SENDER, f"{record}challenge/"))

    @pytest.mark.parametrize(("slug", "site"), [(SENDER, SCHOOLS_ONLINE), ("officer-information", EDUNET)])
    def test_who_reads_who_has_seen_the_data_can_report_a_breach(self, slug: str, site: Any) -> None:
        """R41."""
        (main,) = re.findall(r"<main.*?</main>", read(slug, f"{HERE}/ledger/", site), re.DOTALL)
        assert "/breaches/report/" in links(main)
