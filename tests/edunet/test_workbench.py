"""The home page of EduNet (R4, R9, R23, R29, R40)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import grants
from access_register.headships import first_heads, handovers
from access_register.models import Duty, Handover, OfficerAppointment, RegisterLine
from access_register.officers import officers
from sharing import door
from sharing.demo.places import AIREHOLME, BECKSIDE, OXENBY, PLACES
from sharing.models import Challenge, Establishment, Import, LedgerEntry, LocalityMembership
from sharing.records.workbench import Task
from tests.access_register.duties import give
from tests.measures.releases import prepared
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing import moves

pytestmark = pytest.mark.django_db
MANAGER, IMPROVEMENT, DATA, NO_DUTY, ADMISSIONS = (
    "officer-information", "officer-school-improvement", "officer-data", "officer-no-duty", "officer-admissions",
)  # fmt: skip
OF_THE_AUTHORITY, MOST_QUERIES = 227, 15
# Every page of officers without a number in its address.
WHOLE_AUTHORITY = {
    "officer-data": (
        "/returns/", "/accuracy/", "/establishments/", "/establishments/?sort=idaci", "/localities/1/?sort=idaci",
        "/school-finder/", "/handovers/", "/calendar/", "/releases/", "/releases/open-statistics/", "/imports/",
        "/imports/add/", "/misuse-reports/", "/statistics/", "/break-glass/", "/break-glass/yours/", "/my-downloads/",
        "/your-reports/", "/saved-views/school_finder/add/?locality=Aireholme", "/protocol/signatories/",
    ),
    "officer-admissions": ("/transfers/", "/transfers/from-outside/", "/children-missing/", "/find/"),
    "officer-information": (
        "/officers/", "/officers/add/", "/officers/former/",
        "/community/", "/community/heads/", "/community/types/add/",
        "/community/centres/add/", "/closed-children/", "/closed-children/close/", "/ledger/", "/ledger/seal/",
        "/break-glass/to-look-at/", "/operations/",
    ),
}  # fmt: skip


def waiting(slug: str) -> dict[str, int]:
    """Heading, page and query -> the number that the home page says waits there."""
    return {f"{task.heading} {task.page}?{task.query}": task.number for task in tasks(slug)}


def tasks(slug: str) -> list[Task]:
    found = door.show_workbench(asker(slug, EDUNET))
    return [*found.quiet, *(task for group in found.groups for task in group.tasks)]


def test_a_school_that_has_closed_is_marked_beside_the_one_that_came_after_it() -> None:
    """A2, R9: a duty for the whole community opens both, and their names are often the same."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(close_date=timezone.localdate() - timedelta(days=1))
        Establishment.objects.filter(urn=OXENBY).update(close_date=timezone.localdate())
    kinds = {
        urn: door.show_workbench(asker(DATA, EDUNET), named=str(urn)).under_duty[0].kind for urn in (BECKSIDE, OXENBY)
    }
    assert kinds == {BECKSIDE: "Primary school, closed", OXENBY: "Secondary school"}


class TestWhatWaits:
    def test_each_number_is_what_its_page_shows(self) -> None:
        """R40: the home page counts what the pages list."""
        who = asker(DATA, EDUNET)
        with as_batch():
            place = Establishment.objects.get(urn=BECKSIDE)
            for number in range(3):
                Import.objects.create(
                    kind="census", file_name="a.xml", file_hash=f"{number:064}", state=Import.State.READY,
                    establishment=place if number else None,
                )  # fmt: skip
        seen = waiting(DATA)
        desk = door.show_accuracy_desk(who)
        assert seen["Returns accuracy_desk?"] == len({line.urn for line in desk.late}) or desk.late.pages > 1
        states = {words: number for _, words, number in door.list_releases(who).states}
        assert seen["Releases releases?state=prepared"] == states["To be checked"]
        assert seen["Releases releases?state=checked"] == states["To be scheduled"]
        imports = list(door.list_imports(who, None, state="ready").page)
        assert seen["Imports imports?state=ready"] == len(imports) == 3
        reports = [line for line in door.list_misuse_reports(who).page if line.state != "Closed"]
        assert seen["Reports of misuse misuse_reports?"] == len(reports)

    @pytest.mark.parametrize(
        ("path", "words"),
        [("imports", "Nothing has been brought in yet."), ("returns", ' aria-current="true">All</strong>')],
    )
    def test_a_state_that_is_none_counts_as_nothing(self, path: str, words: str) -> None:
        """R40: the list is whole, and says so."""
        assert words in client(DATA, EDUNET).get(f"/{path}/?state=none").content.decode()

    def test_the_state_that_is_shown_is_marked(self) -> None:
        """R30, WCAG 4.1.2: not for the eye alone."""
        page = client(DATA, EDUNET).get("/imports/?state=ready").content.decode()
        assert '<strong aria-current="true">To look at</strong>' in page

    def test_who_prepared_a_release_is_not_asked_to_check_it(self) -> None:
        """R22: it waits for somebody else, on the home page and at the desk; an unsigned one may be anybody's."""
        key = "Releases releases?state=prepared"
        before = waiting(DATA)[key], waiting(ADMISSIONS)[key]
        mine, of_the_service = prepared(DATA), prepared()
        assert (waiting(DATA)[key], waiting(ADMISSIONS)[key]) == (before[0] + 1, before[1] + 2)
        to_check, own = (door.list_releases(asker(DATA, EDUNET), state=state) for state in ("prepared", "own"))
        assert mine.pk not in {line.id for line in to_check.page}
        assert of_the_service.pk in {line.id for line in to_check.page}
        assert [line.id for line in own.page] == [mine.pk]
        states = {key: number for key, _, number in own.states}
        assert (states["prepared"], states["own"]) == (to_check.page.total, 1)
        page = client(DATA, EDUNET).get(f"/releases/{mine.pk}/").content.decode()
        assert "You prepared this release. Another officer has to check it." in page
        theirs = door.list_releases(asker(ADMISSIONS, EDUNET), state="prepared")
        assert {mine.pk, of_the_service.pk} <= {line.id for line in theirs.page}

    def test_transfers_are_those_of_the_duty(self) -> None:
        """R9: of no other establishment, and for nobody without a duty or a second factor."""
        listed = door.list_all_transfers(asker(ADMISSIONS, EDUNET))
        seen = waiting(ADMISSIONS)
        assert (seen["Transfers all_transfers?only=waiting"], seen["Transfers all_transfers?only=overdue"]) == (
            listed.waiting, listed.overdue,
        )  # fmt: skip
        assert not any(page.startswith("Transfers") for page in waiting(NO_DUTY))
        bare = client(ADMISSIONS, EDUNET, second_factor=False).get("/").content.decode()
        assert "only=waiting" not in bare

    def test_transfers_lead_to_the_end_that_the_duty_covers(self) -> None:
        """R9, R30: the page of the other end is refused."""
        give(NO_DUTY, urns=[BECKSIDE])
        moves.asserted()
        for slug, ends in ((NO_DUTY, {BECKSIDE}), (ADMISSIONS, {BECKSIDE, moves.RAVENSGILL})):
            browser = client(slug, EDUNET)
            page = browser.get("/transfers/").content.decode()
            led_to = {int(urn) for urn in re.findall(r'href="/establishments/(\d+)/transfers/"', page)}
            assert led_to & {BECKSIDE, moves.RAVENSGILL} == ends
            assert {browser.get(f"/establishments/{urn}/transfers/").status_code for urn in led_to} == {200}

    def test_challenges_for_the_data_team(self) -> None:
        """R23."""
        with as_batch():
            mine = Challenge.objects.waiting().filter(assigned_to=Challenge.Desk.DATA_TEAM).count()
        listed = door.show_accuracy_desk(asker(DATA, EDUNET)).challenges
        assert waiting(DATA)["Challenges accuracy_desk?"] == mine == sum(line.waiting for line in listed)

    def test_heads_to_verify_are_not_for_the_officer_who_named_them(self) -> None:
        """A7."""
        before = waiting(NO_DUTY)["Heads handovers?"], waiting(IMPROVEMENT)["Heads handovers?"]
        on = timezone.localdate() + timedelta(days=30)
        handovers.name_successor(
            asker(IMPROVEMENT, EDUNET), OXENBY, name="Somebody New", email="somebody.new@example.test", on=on
        )
        assert (waiting(NO_DUTY)["Heads handovers?"], waiting(IMPROVEMENT)["Heads handovers?"]) == (
            before[0] + 1,
            before[1],
        )

    def test_an_establishment_in_no_locality_waits_for_who_places_it(self) -> None:
        """A11: no breach there can be referred, and nothing said so but a number on another page."""
        page = "Localities localities?"
        before = waiting(MANAGER)[page]
        with as_batch():
            LocalityMembership.objects.filter(establishment__urn=OXENBY).delete()
        assert waiting(MANAGER)[page] == before + 1
        assert all(page not in waiting(slug) for slug in (DATA, NO_DUTY))
        path = f"/establishments/{OXENBY}/locality/"
        for slug, words in ((MANAGER, "Place Oxenby"), (NO_DUTY, ">Oxenby")):
            listed = client(slug, EDUNET).get("/localities/").content.decode()
            assert path in listed
            assert words in listed

    def test_an_establishment_without_a_head_waits_for_who_records_one(self) -> None:
        """A7, R32, R40: on the first day they are all of them. The page says where somebody is invited."""
        page, today = "Heads without_head?", timezone.localdate()
        before, manager = waiting(MANAGER)[page], asker(MANAGER, EDUNET)
        urn = door.add_centre(
            manager, name="Millrace Children’s Centre", street="1 Mill Race", town="Skelbrook", postcode="BD0 2DE",
            telephone="", manager="Centre manager", locality=None, starts_on=today,
        )  # fmt: skip
        assert waiting(MANAGER)[page] == before + 1 == len(first_heads.list_without_head(manager).establishments)
        assert all(page not in waiting(slug) for slug in (DATA, NO_DUTY))
        first_heads.record_first_head(manager, urn, name="Rosalind Ackroyd", email="r@millrace.example", on=today)
        assert waiting(MANAGER)[page] == before + 1
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=urn).update(awaiting_since=None)
        assert waiting(MANAGER)[page] == before

    def test_who_has_given_no_second_factor_is_not_told_that_nothing_waits(self) -> None:
        """R13: on the first day nobody has one, and what waits is counted for who has."""
        with as_batch():
            Handover.objects.all().delete()
        for given in (True, False):
            page = client(NO_DUTY, EDUNET, second_factor=given).get("/").content.decode()
            assert ("Nothing is waiting for you." in page) is given
            assert ('href="/account/second-factor/">Set it up' in page) is not given

    def test_duties_to_confirm_are_for_who_keeps_them(self) -> None:
        """R9."""
        assert "Duties officers?" not in waiting(DATA)

        def to_confirm() -> int:
            return sum(task.number for task in tasks(MANAGER) if task.words in ("duty to confirm", "duties to confirm"))

        today = timezone.localdate()
        with as_batch():
            duty = Duty.objects.filter(ended_at=None, ends_on__gte=today, data="view_pupils").order_by("pk")[0]
            Duty.objects.filter(pk=duty.pk).update(starts_on=today, ends_on=today + timedelta(days=60))
        before = to_confirm()
        with as_batch():
            was_counted = duty.confirmed_until and duty.confirmed_until <= today + timedelta(days=21)
            Duty.objects.filter(pk=duty.pk).update(confirmed_until=today)
        assert to_confirm() == before + (0 if was_counted else 1)

    def test_duties_of_an_officer_whose_last_day_is_past_wait_for_nobody(self) -> None:
        """R9: they ended with the appointment, and are on no page on which they could be confirmed."""
        today = timezone.localdate()
        with as_batch():
            until = today + timedelta(days=200)
            Duty.objects.exclude(data="manage_duties").update(starts_on=today, ends_on=until, confirmed_until=None)
            one, other = Duty.objects.filter(ended_at=None, data="view_pupils", is_casework=False).order_by("pk")[:2]
            Duty.objects.filter(pk=one.pk).update(confirmed_until=today)
            Duty.objects.filter(pk=other.pk).update(ends_on=today)
        counted = {"duty to confirm": 1, "duty ends soon: record it again if it goes on": 1}
        for last_day, expected in ((today, counted), (today - timedelta(days=1), {})):
            with as_batch():
                posts = OfficerAppointment.objects.filter(duties__in=[one, other])
                OfficerAppointment.objects.filter(pk__in=posts).update(ends_on=last_day)
            assert {task.words: 1 for task in tasks(MANAGER) if task.number and task.words in counted} == expected

    @pytest.mark.parametrize("change", ["ended", "past", "own"])
    def test_a_duty_that_has_ended_or_is_ones_own_is_not_to_be_confirmed(self, change: str) -> None:
        """R9: nobody confirms their own."""
        today = timezone.localdate()
        changes = {
            "ended": {"ended_at": timezone.now()},
            "past": {"ends_on": today - timedelta(days=1), "confirmed_until": today - timedelta(days=2)},
            "own": {"appointment": OfficerAppointment.objects.get(person=person(MANAGER))},
        }
        with as_batch():
            others, until = Duty.objects.exclude(data="manage_duties"), today + timedelta(days=200)
            others.update(starts_on=today - timedelta(days=9), ends_on=until, confirmed_until=None)
            one = Duty.objects.filter(pk=others.filter(ended_at=None, data="view_pupils").order_by("pk")[0].pk)
            one.update(confirmed_until=today)
        assert "duty to confirm" in {task.words for task in tasks(MANAGER) if task.number}
        assert officers.list_officers(asker(MANAGER, EDUNET)).to_confirm == 1
        with as_batch():
            one.update(**changes[change])
        assert "duty to confirm" not in {task.words for task in tasks(MANAGER) if task.number}
        assert officers.list_officers(asker(MANAGER, EDUNET)).to_confirm == 0

    def test_the_right_to_keep_duties_does_not_end_unforeseen(self) -> None:
        """R9: nobody renews it by a page; without it nobody gives a duty any more."""
        today, words = timezone.localdate(), "right to keep duties ends soon: ask whoever runs this service"
        with as_batch():
            Duty.objects.exclude(data="manage_duties").update(starts_on=today, ends_on=today + timedelta(days=200))
        for days, is_told in ((29, False), (28, True), (0, True)):
            with as_batch():
                kept_until = today + timedelta(days=days)
                Duty.objects.filter(data="manage_duties").update(starts_on=today, ends_on=kept_until)
            found = door.show_workbench(asker(MANAGER, EDUNET))
            told = {task.words for group in found.groups for task in group.tasks}
            assert (words in told) is is_told, days
            assert "duty ends soon: record it again if it goes on" not in told  # nobody records it again
        for days, is_told in ((29, False), (28, True)):
            with as_batch():
                Duty.objects.filter(data="manage_duties").update(ends_on=today + timedelta(days=99))
                kept = OfficerAppointment.objects.filter(duties__data="manage_duties")
                OfficerAppointment.objects.filter(pk__in=kept).update(ends_on=today + timedelta(days=days))
            found = door.show_workbench(asker(MANAGER, EDUNET))
            told = {task.words for group in found.groups for task in group.tasks}
            assert (words in told) is is_told, f"appointment of {days} days"
        found = door.show_workbench(asker(DATA, EDUNET))
        assert not any("keep duties" in task.words for group in found.groups for task in group.tasks)

    def test_no_other_duty_ends_unforeseen(self) -> None:
        """R9: one that also waits to be confirmed is told of once, and casework ends by itself."""
        today, words = timezone.localdate(), "duty ends soon: record it again if it goes on"
        for days, confirmed, is_casework, is_told in (
            (29, None, False, False), (28, None, False, True), (0, None, False, True), (28, 28, False, True),
            (28, 27, False, False), (28, None, True, False),
        ):  # fmt: skip
            with as_batch():
                all_others = Duty.objects.exclude(data="manage_duties")
                all_others.update(starts_on=today, ends_on=today + timedelta(days=200))
                one = Duty.objects.filter(ended_at=None, data="view_pupils").order_by("pk")[:1]
                until = None if confirmed is None else today + timedelta(days=confirmed)
                Duty.objects.filter(pk__in=one.values("pk")).update(
                    ends_on=today + timedelta(days=days), confirmed_until=until, is_casework=is_casework
                )
            found = door.show_workbench(asker(MANAGER, EDUNET))
            told = {task.words for group in found.groups for task in group.tasks}
            assert (words in told) is is_told, (days, confirmed, is_casework)


class TestAllPages:
    CARD = re.compile(r'<li class="app-card"><h3 class="govuk-heading-s">([^<]+)</h3><ul(.*?)</ul>', re.DOTALL)

    def cards(self, slug: str) -> dict[str, list[str]]:
        page = client(slug, EDUNET).get("/").content.decode()
        return {heading: re.findall(r'href="([^"]+)"', links) for heading, links in self.CARD.findall(page)}

    def test_they_stand_by_what_they_are_about_and_all_open(self) -> None:
        """R30: a list of thirteen to twenty-one, in no order, had to be read from its top each time."""
        for slug in (MANAGER, IMPROVEMENT, DATA, NO_DUTY, ADMISSIONS):
            cards = self.cards(slug)
            advice = ["Advice"] if slug != NO_DUTY else []
            assert list(cards) == ["Establishments", "Children", "Data and figures", *advice, "Access and the protocol"]
            browser = client(slug, EDUNET)
            assert {browser.get(page).status_code for pages in cards.values() for page in pages} == {200}

    def test_nobody_is_led_to_what_their_duties_do_not_open(self) -> None:
        """R9, R45."""
        assert "/officers/" in self.cards(MANAGER)["Access and the protocol"]
        assert "/children-missing/" not in self.cards(MANAGER)["Children"]
        assert self.cards(ADMISSIONS)["Children"][:2] == ["/children-missing/", "/transfers/"]
        assert not {"/officers/", "/ledger/", "/retention/"} & {*self.cards(NO_DUTY)["Access and the protocol"]}
        assert not {"/imports/", "/releases/"} & {*self.cards(NO_DUTY)["Data and figures"]}


class TestUnderDuty:
    def test_who_has_named_children_alone_is_led_to_them(self) -> None:
        """R9: casework opens no establishment, and yet it opens."""
        page = client(NO_DUTY, EDUNET).get("/").content.decode()
        assert "so you cannot see any list of pupils or staff, or any confidential item." in page
        assert 'You can open any <a class="govuk-link" href="/caseload/">children named for you</a> one by one.' in page

    def test_they_are_those_of_the_duty_and_can_be_narrowed(self) -> None:
        """R9."""
        everything = door.show_workbench(asker(IMPROVEMENT, EDUNET))
        of_the_locality = {place.urn for place in PLACES if place.locality == AIREHOLME}
        assert {place.urn for place in everything.under_duty} == of_the_locality
        assert everything.all_under_duty == everything.matching == len(of_the_locality)
        one = door.show_workbench(asker(IMPROVEMENT, EDUNET), named="beckside")
        assert [place.urn for place in one.under_duty] == [BECKSIDE]
        assert one.all_under_duty == len(of_the_locality)
        assert door.show_workbench(asker(IMPROVEMENT, EDUNET), opens="view_staff").matching == 0
        assert door.show_workbench(asker(IMPROVEMENT, EDUNET), opens="nonsense").matching == len(of_the_locality)
        assert door.show_workbench(asker(NO_DUTY, EDUNET)).under_duty == ()

    def test_nobody_reads_it_by_an_outcome(self) -> None:
        """R29."""
        browser = client(DATA, EDUNET)
        assert browser.get("/?sort=ks2").status_code == 422
        assert browser.get("/?named=%00&opens=x").status_code == 200
        with as_batch():
            entry = LedgerEntry.objects.filter(action="show_workbench").latest("id")
        assert entry.about["order"] == "name"

    def test_a_whole_authority_takes_few_queries_and_a_short_page(self) -> None:
        """The home page of 227 establishments: at most 15 queries, and ten of them named."""
        today = timezone.localdate()
        with as_batch():
            known = Establishment.objects.of_the_community().count()
            Establishment.objects.bulk_create(
                Establishment(
                    urn=970000 + number, la_code=380, name=f"Invented School {number:03}", kind="primary",
                    source="a test", as_of=today,
                )
                for number in range(OF_THE_AUTHORITY - known)
            )  # fmt: skip
            grants.rebuild(today)
        for slug in (DATA, MANAGER, ADMISSIONS):
            browser = client(slug, EDUNET)
            for path in ("/", "/localities/"):
                with CaptureQueriesContext(connection) as queries:
                    browser.get(path)
                asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
                assert len(asked) <= MOST_QUERIES, (slug, path, len(asked))
            home = browser.get("/").content.decode()
            assert len(re.findall("Dashboard<", home)) <= 10
        found = door.show_workbench(asker(DATA, EDUNET))
        assert found.all_under_duty == OF_THE_AUTHORITY
        for slug, paths in WHOLE_AUTHORITY.items():
            browser = client(slug, EDUNET)
            for path in paths:
                with CaptureQueriesContext(connection) as queries:
                    assert browser.get(path).status_code == 200, path
                asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
                # That of operations asks who may read it before it tries whether anything can be stored too, which
                # tables are held, and twice more whether this process is of the version whose rules are in force.
                most = MOST_QUERIES + 4 * (path == "/operations/")
                assert len(asked) <= most, (path, len(asked))
