"""The headship handed over: never headless, never two-headed, whatever fails midway (R32, R35, A7, A10)."""

from dataclasses import replace

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import service
from access_register.headships import handovers
from access_register.levels import Level
from access_register.models import Handover, LineEvent, Person, RegisterLine
from access_register.notices.mail import link
from access_register.register import history
from access_register.register.register import (
    CannotChange,
)
from access_register.register.stories import show_register_on, show_story
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.demo.places import OXENBY
from sharing.models import Establishment, LedgerEntry
from tests.access_register.handovers import (
    BECKSIDE,
    DEPUTY,
    GOVERNOR,
    HEAD,
    OFFICER,
    OTHER_OFFICER,
    TEACHER,
    accepted,
    heads_on,
    in_days,
    lines,
    name,
    today,
    verified,
)
from tests.factories import establishment
from tests.failing import failing
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting, sent

pytestmark = pytest.mark.django_db


class TestTheSteps:
    def test_nothing_changes_before_all_three_steps(self) -> None:
        """R35: named, then verified, changes no line."""
        before = lines()
        number = verified()
        assert lines() == before
        with as_batch():
            Handover.objects.filter(pk=number).update(verified_at=None, verified_by_name="")
        with pytest.raises(CannotChange, match="not verified"):
            handovers.accept_headship(asker(DEPUTY), number)
        assert lines() == before

    def test_only_the_head_names_at_the_school(self) -> None:
        """R35: not named staff; and below Level 1 the page is closed."""
        with pytest.raises(CannotChange, match="Only the head"):
            name(by=asker(DEPUTY))
        with pytest.raises(NotAtYourLevel):
            name(by=asker(TEACHER))
        with pytest.raises(NotYourEstablishment):
            name(by=asker("head-ravensgill"))

    def test_an_officer_names_and_another_verifies(self) -> None:
        """A7: two officers, or the head and an officer; never one person alone."""
        number = name(by=asker(OFFICER, EDUNET))
        with pytest.raises(CannotChange, match="Another officer"):
            handovers.verify_successor(asker(OFFICER, EDUNET), number)
        assert handovers.verify_successor(asker(OTHER_OFFICER, EDUNET), number).is_verified
        with as_batch():
            handed = Handover.objects.get(pk=number)
        assert (handed.named_by_name, handed.verified_by_name) == (person(OFFICER).name, person(OTHER_OFFICER).name)

    def test_an_officers_duty_is_worth_nothing_on_the_other_site(self) -> None:
        """R38."""
        number = name()
        with pytest.raises(NoSuchRecord):
            handovers.verify_successor(asker(OFFICER), number)
        with pytest.raises(NoSuchRecord):
            handovers.verify_successor(asker(HEAD), number)
        with pytest.raises(NoSuchRecord):
            handovers.verify_successor(asker(OFFICER, EDUNET), number + 1)

    @pytest.mark.parametrize("slug", [HEAD, GOVERNOR, "superuser", "head-ravensgill"])
    def test_nobody_but_the_successor_sees_or_accepts_the_offer(self, slug: str) -> None:
        number = verified()
        for ask in (handovers.show_offer, handovers.accept_headship):
            with pytest.raises(NoSuchRecord):
                ask(asker(slug), number)

    def test_the_database_refuses_steps_that_are_not_ones_own(self) -> None:
        """R45: the functions ask for themselves, and no row can be changed past them."""
        number = name()
        tries = {
            (DEPUTY, SCHOOLS_ONLINE): "SELECT access_register_verify_handover(%s, 'me')",
            (HEAD, SCHOOLS_ONLINE): "SELECT access_register_verify_handover(%s, 'me')",
            (TEACHER, SCHOOLS_ONLINE): "SELECT access_register_cancel_handover(%s, 'me', '')",
            ("head-ravensgill", SCHOOLS_ONLINE): "SELECT access_register_cancel_handover(%s, 'me', '')",
            (GOVERNOR, SCHOOLS_ONLINE): "SELECT access_register_accept_headship(%s, '{}', '')",
            (OFFICER, EDUNET): "SELECT access_register_accept_headship(%s, '{}', '')",
        }
        for (slug, through), statement in tries.items():
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                with connection.cursor() as cursor:
                    cursor.execute(statement, [number])
                    assert cursor.fetchone() == (False,), (slug, statement)
                here.showed()
        with pytest.raises(DatabaseError), visit(asker(HEAD), Permission.MANAGE_REGISTER, BECKSIDE, action="test"):
            Handover.objects.filter(pk=number).update(verified_at=timezone.now())

    def test_a_third_party_does_not_become_head(self) -> None:
        """R24."""
        number = verified("third-party-beckside")
        with pytest.raises(CannotChange, match="third party"):
            handovers.accept_headship(asker("third-party-beckside"), number)

    def test_nobody_names_themselves(self) -> None:
        """A7, R35: an officer, or an acting head who would stay. PostgreSQL verifies no such handover either."""
        with pytest.raises(CannotChange, match="cannot name yourself"):
            name(OTHER_OFFICER, by=asker(OTHER_OFFICER, EDUNET))
        accepted(on=today(), until=in_days(30))
        with pytest.raises(CannotChange, match="cannot name yourself"):
            name(on=in_days(31), by=asker(DEPUTY))
        number = name(on=in_days(31), by=asker(OFFICER, EDUNET))
        with as_batch():
            Handover.objects.filter(pk=number).update(named_by_id=person(DEPUTY).pk)
        with pytest.raises(CannotChange, match="moved on"):
            handovers.verify_successor(asker(OTHER_OFFICER, EDUNET), number)

    def test_one_handover_at_a_time(self) -> None:
        name()
        with pytest.raises(CannotChange, match="under way"):
            name(GOVERNOR)

    def test_days_that_make_no_sense(self) -> None:
        for field, days in {"on": (in_days(-1), None), "until": (in_days(5), in_days(4))}.items():
            with pytest.raises(CannotChange) as refused:
                name(on=days[0], until=days[1])
            assert refused.value.field == field

    def test_somebody_new_gets_an_account_and_a_link(self) -> None:
        """A18: and sees nothing yet."""
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "on": in_days(9).strftime("%d/%m/%Y")}
        page = client(HEAD).post(f"/establishments/{BECKSIDE}/register/headship/name/", typed, follow=True)
        assert "Nadia New has been named" in page.content.decode()
        assert ["nadia@beckside.example"] in [letter.to for letter in sent()]
        with as_batch():
            assert not Person.objects.get(email="nadia@beckside.example").lines.exists()

    def test_nobody_new_is_named_who_is_not_written_to(self) -> None:
        """A18: named without the link, they could not accept, and naming them again was refused."""
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "on": in_days(9).strftime("%d/%m/%Y")}
        browser, page = client(HEAD), f"/establishments/{BECKSIDE}/register/headship/name/"
        with failing('INSERT INTO "access_register_waitingletter"'), pytest.raises(OperationalError):
            browser.post(page, typed)
        assert browser.post(page, typed).status_code == 302
        assert ["nadia@beckside.example"] in [letter.to for letter in sent()]


class TestTheHistory:
    """R36: the register of a past day is right, whatever was handed over or taken back."""

    def told(self) -> list[tuple[str, dict]]:
        with as_batch():
            events = LineEvent.objects.filter(establishment__urn=BECKSIDE).order_by("line_id", "at", "pk")
            return list(events.values_list("what", "after"))

    def assert_facts_are_those_of_the_lines(self) -> None:
        with as_batch():
            for line in RegisterLine.objects.filter(establishment__urn=BECKSIDE):
                last = LineEvent.objects.filter(line=line).order_by("at", "pk").last()
                assert last is not None
                placed = {"review_due_on", "confirmed_on", "reviews_missed"}  # by the demonstration, without an entry
                now = {name: value for name, value in history.facts(line).items() if name not in placed}
                assert {name: last.after[name] for name in now} == now, last.words

    @pytest.mark.parametrize("until", [None, 20])
    def test_accepted_and_cancelled_the_story_ends_with_what_the_line_is(self, until: int | None) -> None:
        number = accepted(on=in_days(10), until=until and in_days(until))
        self.assert_facts_are_those_of_the_lines()
        assert "handed_over" in {what for what, _ in self.told()}
        handovers.cancel_handover(asker(HEAD), number)
        self.assert_facts_are_those_of_the_lines()
        assert "handover_cancelled" in {what for what, _ in self.told()}

    def test_a_line_that_begins_on_the_day_gives_way_and_comes_back(self) -> None:
        """The head's own line put off by an acting head from today on, and replaced for good."""
        accepted("head-ravensgill", on=today(), until=in_days(3))
        self.assert_facts_are_those_of_the_lines()
        with as_batch():
            Handover.objects.update(done_at=timezone.now())
        number = name(GOVERNOR, on=in_days(2), by=asker("head-ravensgill"))
        handovers.verify_successor(asker(OFFICER, EDUNET), number)
        handovers.accept_headship(asker(GOVERNOR), number)
        self.assert_facts_are_those_of_the_lines()
        handovers.cancel_handover(asker(GOVERNOR), number)
        self.assert_facts_are_those_of_the_lines()
        call_command("check_permissions")

    def test_the_page_of_the_past_day_and_the_story(self) -> None:
        accepted(on=today())
        then = show_register_on(asker(DEPUTY), BECKSIDE, day=today())
        assert [line.name for line in then.lines if line.level == 1 and line.role_words.startswith("Head")] == [
            person(DEPUTY).name
        ]
        with as_batch():
            line = RegisterLine.objects.get(person=person(DEPUTY), seat=0)
        assert "accepted the headship" in show_story(asker(DEPUTY), BECKSIDE, line.pk).happenings[0].words


class TestWhoMayStep:
    def test_each_step_asks_for_a_proof_of_who_it_is(self) -> None:
        """R13: naming, verifying, accepting and cancelling; nothing is done without."""
        head, officer, successor = asker(HEAD), asker(OFFICER, EDUNET), asker(DEPUTY)
        stale = {who: replace(who, confirmed_lately=False) for who in (head, officer, successor)}
        with pytest.raises(NeedsConfirmation):
            name(by=stale[head])
        number = name()
        with pytest.raises(NeedsConfirmation):
            handovers.verify_successor(stale[officer], number)
        handovers.verify_successor(officer, number)
        with pytest.raises(NeedsConfirmation):
            handovers.accept_headship(stale[successor], number)
        with pytest.raises(NeedsConfirmation):
            handovers.cancel_handover(stale[head], number)
        with as_batch():
            handed = Handover.objects.get(pk=number)
        assert (handed.accepted_at, handed.cancelled_at) == (None, None)

    def test_who_is_invited_accepts_the_invitation_first(self) -> None:
        """A9: also where PostgreSQL is asked past the page."""
        number = verified()
        with as_batch():
            RegisterLine.objects.filter(person=person(DEPUTY), establishment__urn=BECKSIDE).update(
                awaiting_since=timezone.now()
            )
            call_command("check_permissions", "--repair")
        with pytest.raises(CannotChange, match="invited"):
            handovers.accept_headship(asker(DEPUTY), number)

    def test_a_head_without_the_protocol_is_nobody(self) -> None:
        """R19: a successor who has not accepted the protocol cannot take over."""
        number = verified()
        with as_batch():
            Person.objects.filter(pk=person(DEPUTY).pk).update(protocol_accepted_until=None)
        with pytest.raises(NoSuchRecord):
            handovers.accept_headship(asker(DEPUTY), number)


class TestTheWayThere:
    def test_an_officer_finds_the_headship_of_a_school_where_nobody_has_named_anybody(self) -> None:
        """R35, A7: a head who is gone names nobody. Only a handover under way led to the page."""
        browser = client(OFFICER, EDUNET)
        assert 'href="/establishments/"' in browser.get("/handovers/").content.decode()
        with as_batch():
            community = Establishment.objects.of_the_community().values_list("urn", flat=True)
            urns = list(community)
        for urn in urns:
            there = f"/establishments/{urn}/headship/"
            assert f'href="{there}"' in browser.get(f"/establishments/{urn}/").content.decode()
            assert browser.get(there).status_code == 200

    def test_the_register_says_that_an_acting_head_is_named_there(self) -> None:
        """A7: and Schools Online has no other way to it, for a teacher none."""
        there = f"/establishments/{BECKSIDE}/register/headship/"
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/register/").content.decode()
        assert f'href="{there}">Headship: hand it over, or name an acting head</a>' in page
        assert there not in client(TEACHER).get(f"/establishments/{BECKSIDE}/").content.decode()


class TestTheHeadIsTold:
    def test_that_two_officers_have_named_somebody_before_anything_changes(self) -> None:
        """A7, R35: officers need no duty for it, so the head hears of it in time to cancel it."""
        number = name(by=asker(OFFICER, EDUNET))
        with posting():
            handovers.verify_successor(asker(OTHER_OFFICER, EDUNET), number)
        told = {letter.to[0]: letter.body for letter in mail.outbox}
        assert set(told) == {person(HEAD).email, person(DEPUTY).email}
        assert link("headship", BECKSIDE) in told[person(HEAD).email]
        for slug in (HEAD, DEPUTY):
            assert told[person(slug).email].startswith(f"Hello {person(slug).name}\n")
        assert heads_on(today()) == [person(HEAD).email]
        handovers.cancel_handover(asker(HEAD), number)

    def test_that_somebody_acting_as_head_has_named_another_in_their_place(self) -> None:
        """R35: the absent head keeps no register meanwhile, and would learn it by having lost it. The page is not
        theirs to open, so they get no link to it."""
        accepted(on=today(), until=in_days(30))
        number = name(TEACHER, on=in_days(31), by=asker(DEPUTY))
        with posting():
            handovers.verify_successor(asker(OFFICER, EDUNET), number)
        told = {letter.to[0]: letter.body for letter in mail.outbox if "has been verified" in letter.subject}
        assert set(told) == {person(HEAD).email, person(DEPUTY).email}
        page = link("headship", BECKSIDE)
        assert client(HEAD).get(f"/establishments/{BECKSIDE}/register/headship/").status_code == 404
        assert page not in told[person(HEAD).email]
        assert "it is not right, tell the Education Department" in told[person(HEAD).email]
        assert page in told[person(DEPUTY).email]


class TestInTheBrowser:
    def test_from_naming_to_accepting(self) -> None:
        """A7: three people, three pages, and each step is in the ledger (R43)."""
        typed = {
            "name": person(DEPUTY).name,
            "email": person(DEPUTY).email,
            "on": in_days(9).strftime("%d/%m/%Y"),
            "until": "",
        }
        client(HEAD).post(f"/establishments/{BECKSIDE}/register/headship/name/", typed)
        with as_batch():
            number = Handover.objects.get(establishment__urn=BECKSIDE).pk
        successor, officer = client(DEPUTY), client(OFFICER, EDUNET)
        assert "has to verify you first" in successor.get(f"/headship/{number}/").content.decode()
        assert person(DEPUTY).name in officer.get("/handovers/").content.decode()
        with posting():
            assert "has been verified" in officer.post(f"/handovers/{number}/verify/", follow=True).content.decode()
        assert mail.outbox[0].to == [person(DEPUTY).email]
        assert link("headship_offer", number) in mail.outbox[0].body
        assert successor.post(f"/headship/{number}/", {"sure": ""}).status_code == 422
        page = successor.post(f"/headship/{number}/", {"sure": "on"}, follow=True).content.decode()
        assert "You have accepted the headship" in page
        with as_batch():
            actions = set(LedgerEntry.objects.at(BECKSIDE).filter(outcome="changed").values_list("action", flat=True))
        assert {"name_successor", "verify_successor", "accept_headship"} <= actions
        for said in ("has been cancelled", "This handover is no longer under way."):
            page = client(HEAD).post(
                f"/establishments/{BECKSIDE}/register/headship/{number}/cancel/", {"because": ""}, follow=True
            )
            assert said in page.content.decode()

    @pytest.mark.parametrize("accepts_first", [False, True])
    def test_the_successor_declines(self, accepts_first: bool) -> None:
        number, browser = verified(), client(DEPUTY)
        if accepts_first:
            browser.post(f"/headship/{number}/", {"sure": "on"})
        page = browser.post(f"/headship/{number}/", {"decline": "yes"}, follow=True)
        assert "You have declined" in page.text
        assert page.redirect_chain == [("/", 302)]
        assert heads_on(in_days(30)) == [person(HEAD).email]

    def test_an_officer_names_on_edunet(self) -> None:
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "on": in_days(9).strftime("%d/%m/%Y")}
        officer = client(OFFICER, EDUNET)
        assert officer.get(f"/establishments/{BECKSIDE}/headship/").status_code == 200
        page = officer.post(f"/establishments/{BECKSIDE}/headship/name/", typed, follow=True).content.decode()
        assert "Nadia New has been named" in page
        assert 'value="yes"' not in officer.get("/handovers/").content.decode()

    def test_verifying_is_a_form_not_a_link(self) -> None:
        assert client(OFFICER, EDUNET).get(f"/handovers/{name()}/verify/").status_code == 405


def test_who_is_head_is_asked_once_for_all_handovers() -> None:
    """A7: in August many headships change, and the officers' list is not asked for one by one."""
    officer, numbers = client(OTHER_OFFICER, EDUNET), []
    officer.get("/handovers/")  # the first page after a sign-in writes the session
    for urn in (BECKSIDE, OXENBY):
        name(by=asker(OFFICER, EDUNET), urn=urn)
        with CaptureQueriesContext(connection) as queries:
            page = officer.get("/handovers/")
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    found = {row.urn: row.outgoing_name for row in page.context["found"].handovers}
    assert found[BECKSIDE] == person(HEAD).name
    assert found[OXENBY] == person("head-oxenby").name


def test_the_service_still_places_first_heads() -> None:
    """R32: by the batch role, and one only."""
    with as_batch(), pytest.raises(DatabaseError), transaction.atomic():
        service.place_line(
            RegisterLine(
                establishment=establishment(BECKSIDE), person=person(GOVERNOR), level=Level.ONE, seat=0, role="head",
                starts_on=today(), level_since=today(), given_by_name="the Education Department",
            )
        )  # fmt: skip
