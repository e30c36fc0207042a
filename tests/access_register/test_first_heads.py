"""The first head of an establishment, recorded on EduNet with the invitation letter (R32, A7, A9)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from access_register import grants, service
from access_register.headships import first_heads, handovers
from access_register.levels import Level
from access_register.models import LineEvent, Person, RegisterLine
from access_register.register import register
from access_register.register.rules import CannotChange, Entry
from access_register.reviews import reviews
from access_register.sign_in import invitations
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.demo.places import BECKSIDE, LARKROYD
from sharing.models import Consent, Establishment, EstablishmentPermission, LedgerEntry
from tests import post
from tests.confidential import items
from tests.locks.attempts import Holes
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, accepts, as_batch, as_owner, asker, client, person

MANAGER, OTHERS = "officer-information", ["officer-admissions", "officer-data", "officer-no-duty"]
NEW = {"name": "Rosalind Ackroyd", "email": "r.ackroyd@millrace.example"}


def a_centre(name: str = "Millrace Children’s Centre") -> int:
    """A children's centre without a head."""
    return door.add_centre(
        asker(MANAGER, EDUNET), name=name, street="1 Mill Race", town="Skelbrook",
        postcode="BD0 2DE", telephone="", manager="Centre manager", locality=None, starts_on=timezone.localdate(),
    )  # fmt: skip


def record(urn: int, **changed: object) -> str:
    facts = NEW | {"on": timezone.localdate()} | changed
    with post.posting():
        return first_heads.record_first_head(asker(MANAGER, EDUNET), urn, **facts)


def token() -> str:
    return re.search(r"/invitation/([\w-]+)/", mail.outbox[-1].body)[1]


def give(urn: int, by: str, to: str, level: Level) -> None:
    known, words = person(to), {"basis": "heads_reason", "basis_words": "A reason"} if level == Level.TWO else {}
    register.give_access(
        asker(by), urn, name=known.name, email=known.email, entry=Entry(level, confirmed=True, **words)
    )


def line_of(urn: int) -> RegisterLine:
    with as_batch():
        lines = RegisterLine.objects.select_related("person", "contract")
        return lines.get(establishment__urn=urn, seat=0, withdrawn_at=None)


def without_head() -> dict[int, bool]:
    page = first_heads.list_without_head(asker(MANAGER, EDUNET))
    return {place.urn: place.is_invited for place in page.establishments}


@pytest.mark.django_db
class TestRecording:
    def test_somebody_new_is_invited_and_holds_nothing_before_they_accept(self) -> None:
        """A9: the letter's link begins the line."""
        urn = a_centre()
        assert without_head()[urn] is False
        assert record(urn) == NEW["name"]
        assert without_head()[urn] is True
        assert mail.outbox[-1].to == [NEW["email"]]
        assert "Millrace" in mail.outbox[-1].body
        line = line_of(urn)
        assert (line.level, line.seat, line.role) == (1, 0, "head")
        with as_batch():
            held = EstablishmentPermission.objects.filter(source=f"line:{line.pk}")
            assert {row.starts_on for row in held} == {grants.NOT_YET}
            assert len(held) == 5
        head = accepts(invitations.accept(token(), password="a long pass phrase of mine"))
        assert head.pk == line.person_id
        assert urn not in without_head()
        with as_batch():
            told = list(line.events.order_by("id").values_list("what", flat=True))
            assert LedgerEntry.objects.filter(action="record_first_head", outcome="changed", urn=urn).exists()
        assert told == ["first_head", "accepted"]

    def test_somebody_with_an_account_is_head_from_the_day(self) -> None:
        """A18: the permission rows are those that the register itself would write."""
        urn, known = a_centre(), person("teacher-beckside")
        assert record(urn, email=known.email) == known.name
        assert mail.outbox[-1].to == [known.email]
        line = line_of(urn)
        assert line.awaiting_since is None
        with as_batch():
            wanted = set(grants.of_line(line))
            found = {grant for grant in grants.actual() if grant.source == f"line:{line.pk}"}
        assert found == wanted
        assert urn not in without_head()
        assert client("teacher-beckside").get(f"/establishments/{urn}/register/").status_code == 200

    def test_who_is_on_the_register_becomes_head_by_doing_what_the_refusal_says(self) -> None:
        """A7: as the deputy of a school that was converted, where somebody else had been invited as its head."""
        urn, deputy = a_centre(), person("deputy-ravensgill")
        with as_batch():
            service.place_line(
                RegisterLine(
                    establishment=Establishment.objects.get(urn=urn), person=deputy, level=Level.THREE,
                    starts_on=timezone.localdate(), level_since=timezone.localdate(), given_by_name="x",
                )
            )  # fmt: skip
        with pytest.raises(CannotChange, match="Let them leave it, under My access on Schools Online"):
            record(urn, email=deputy.email)
        browser = client("deputy-ravensgill")
        place = f"the Access Register of {Establishment.objects.get(urn=urn).name}"
        page = browser.get("/my-access/").content.decode()
        (leave,) = re.findall(rf'href="([^"]+)">Leave<span class="govuk-visually-hidden"> {place}<', page)
        assert browser.post(leave, follow=True).status_code == 200
        assert record(urn, email=deputy.email) == deputy.name
        assert line_of(urn).person == deputy

    def test_one_who_has_not_accepted_gives_way_and_the_old_link_is_dead(self) -> None:
        """A9."""
        urn = a_centre()
        record(urn)
        old = token()
        record(urn, name="Somebody Else", email="else@millrace.example")
        assert line_of(urn).person.email == "else@millrace.example"
        assert invitations.accept(old, password="a long pass phrase of mine") is None
        assert invitations.accept(token(), password="a long pass phrase of mine") is not None
        with pytest.raises(CannotChange, match="has a head"):
            record(urn)

    @pytest.mark.parametrize("email", [NEW["email"], "teacher-beckside"], ids=["somebody new", "with an account"])
    def test_a_form_sent_twice_is_one_head_and_one_letter(self, email: str) -> None:
        """A9: by a double click; the link in the letter works. Recorded anew later, it is another letter."""
        urn, browser = a_centre(), client(MANAGER, EDUNET)
        address = email if "@" in email else person(email).email
        asked = NEW | {"email": address, "on": f"{timezone.localdate():%d/%m/%Y}"}
        if address != NEW["email"]:  # an account, of another name than was typed
            assert "under another name" in browser.post(f"/community/heads/{urn}/", asked).content.decode()
            asked["other_name"] = "on"
        with post.posting():
            for _ in range(2):
                page = browser.post(f"/community/heads/{urn}/", asked, follow=True).content.decode()
                assert "is recorded as the first head" in page
        assert [letter.to for letter in mail.outbox] == [[address]]
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=urn).update(given_at=timezone.now() - timedelta(minutes=2))
            written = LedgerEntry.objects.filter(action="record_first_head", outcome="changed").count()
        assert written == 1
        if address == NEW["email"]:
            record(urn)
            assert len(mail.outbox) == 2

    @pytest.mark.parametrize("email", [NEW["email"], "teacher-beckside"], ids=["somebody new", "with an account"])
    def test_the_wrong_person_is_taken_back_and_the_right_one_recorded(self, email: str) -> None:
        """R35, R43, R44: the link is dead, nothing is open, the story tells both, and a second click lands alike."""
        urn, browser = a_centre(), client(MANAGER, EDUNET)
        record(urn, email=email if "@" in email else person(email).email)
        line, page = line_of(urn), "/community/heads/"
        for slug in OTHERS:
            assert client(slug, EDUNET).post(f"{page}{urn}/", {"take_back": "yes"}).status_code == 403
        asked = browser.get(page).content.decode()
        assert line.person.name in asked
        assert "Consents that they gave are withdrawn, and suspensions that they lifted are back." in asked
        assert 'name="take_back" value="yes"' in asked
        for _ in range(2):
            said = browser.post(f"{page}{urn}/", {"take_back": "yes"}, follow=True).content.decode()
            assert "The record of the first head of Millrace Children’s Centre has been taken back" in said
            assert f": {line.person.name}</span>" not in said
        with as_batch():
            assert not EstablishmentPermission.objects.filter(source=f"line:{line.pk}").exists()
            assert line.events.order_by("id").last().what == "withdrawn"
            rows_ = LedgerEntry.objects.filter(action="take_back_first_head").exclude(outcome="refused").order_by("pk")
            assert [row.outcome for row in rows_] == ["changed", "shown"]
        if email == NEW["email"]:
            assert invitations.accept(token(), password="a long pass phrase of mine") is None
        else:
            assert client(email).get(f"/establishments/{urn}/register/").status_code == 404
        record(urn, name="Right One", email="right@millrace.example")
        assert line_of(urn).person.name == "Right One"

    def test_whom_the_wrong_person_let_in_goes_too(self) -> None:
        """R2, R35, R44: a second address of theirs, and whom that one has let in. What others gave stays."""
        urn = a_centre()
        record(urn, email=person("teacher-beckside").email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.ONE)
        give(urn, "deputy-beckside", "governor-beckside", Level.TWO)
        give(urn, "deputy-beckside", "office-beckside", Level.THREE)
        with as_batch():
            before = LineEvent.objects.filter(line__person=person("office-beckside"), line__establishment__urn=urn)
            before.update(at=timezone.now() - timedelta(days=30))
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            live = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
            assert [line.person.email for line in live] == [person("office-beckside").email]
            gone = LineEvent.objects.filter(line__person=person("governor-beckside"), line__establishment__urn=urn)
            assert "let in by somebody who was first head by mistake" in gone.latest("pk").words
        call_command("check_permissions")

    def test_what_the_wrong_person_consented_to_is_not_shown_any_longer(self) -> None:
        """A10, R27, R44: there was no head to ask whether it goes on. What an earlier head had consented to stays."""
        urn = a_centre()
        shown, mine = items.item(urn, title="Shown before"), items.item(urn, title="Shown by mistake")
        before = items.consent(shown)
        record(urn, email=person("teacher-beckside").email)
        wish = door.Wish("community", starts_on=timezone.localdate(), ends_on=timezone.localdate())
        given = door.give_consent(asker("teacher-beckside"), mine.pk, wish=wish)
        door.confirm_consent(asker("teacher-beckside"), shown.pk, before.pk)
        assert [items.sees("head-oxenby", item) for item in (shown, mine)] == [True, True]
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        assert [items.sees("head-oxenby", item) for item in (shown, mine)] == [True, False]
        with as_batch():
            gone = Consent.objects.get(pk=given)
        assert gone.withdrawn_by_name == person(MANAGER).name

    def test_who_let_them_in_is_known_by_account_and_not_by_name(self) -> None:
        """R35, R36: who has another name by now is still known, and a namesake's people stay."""
        urn, first, namesake = a_centre(), person("teacher-beckside"), person("deputy-beckside")
        with as_owner():
            Person.objects.filter(pk=namesake.pk).update(name=first.name)
        record(urn, email=first.email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.ONE)
        with as_batch():
            line = RegisterLine.objects.get(person=namesake, establishment__urn=urn)
            LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head
        give(urn, "teacher-beckside", "governor-beckside", Level.TWO)
        with as_owner():
            Person.objects.filter(pk=first.pk).update(name="Married Name")
        give(urn, "deputy-beckside", "office-beckside", Level.THREE)
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            live = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
            assert {line.person for line in live} == {namesake, person("office-beckside")}

    def test_whom_the_wrong_person_let_in_before_an_upgrade_goes_too(self) -> None:
        """R2, R35: a history of before the upgrade knows by name alone who changed a line."""
        urn = a_centre()
        record(urn, email=person("teacher-beckside").email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.ONE)
        with as_batch():
            LineEvent.objects.filter(establishment__urn=urn).update(by=None)
        give(urn, "deputy-beckside", "governor-beckside", Level.TWO)
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            assert not RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None).exists()

    def test_who_was_raised_and_lowered_again_keeps_what_they_had(self) -> None:
        """R35: an earlier head let them in. Whom they let in while they were raised goes all the same."""
        urn = a_centre()
        record(urn, email=person("teacher-beckside").email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.THREE)
        with as_batch():
            line = RegisterLine.objects.get(person=person("deputy-beckside"), establishment__urn=urn)
            LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head
        register.change_access(
            asker("teacher-beckside"), urn, line.pk, entry=Entry(Level.ONE, line.role, confirmed=True)
        )
        give(urn, "deputy-beckside", "office-beckside", Level.THREE)
        register.change_access(asker("teacher-beckside"), urn, line.pk, entry=Entry(Level.THREE, line.role))
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            live = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
            assert [(one.person.email, one.level) for one in live] == [(person("deputy-beckside").email, 3)]
        call_command("check_permissions")

    def test_a_suspension_that_the_wrong_person_lifted_is_back(self) -> None:
        """R35, R44: an earlier head had set it. What somebody else lifts or sets afterwards stays as they left it."""
        urn, lines = a_centre(), {}
        record(urn, email=person("teacher-beckside").email)
        for slug in ("deputy-beckside", "office-beckside", "governor-beckside"):
            give(urn, "teacher-beckside", slug, Level.THREE)
            with as_batch():
                line = lines[slug] = RegisterLine.objects.get(person=person(slug), establishment__urn=urn)
            register.suspend_access(asker("teacher-beckside"), urn, line.pk, because="Away")
            with as_batch():
                LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head
            register.resume_access(asker("teacher-beckside"), urn, line.pk)
        with as_batch():
            lifted = LineEvent.objects.filter(line=lines["office-beckside"], what="resumed")
            lifted.update(by=person("head-beckside"))
        register.suspend_access(asker("teacher-beckside"), urn, lines["governor-beckside"].pk, because="Left")
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            live = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
            why = {one.person.email: one.suspended_because for one in live if one.suspended_at}
        assert why == {
            person("deputy-beckside").email: "Lifted by somebody who was first head by mistake.",
            person("governor-beckside").email: "Left",
        }
        call_command("check_permissions")

    def test_a_suspension_by_a_review_that_the_wrong_person_undid_is_back(self) -> None:
        """R35, R44: it is lifted in another way, and by nobody who may."""
        urn = a_centre()
        record(urn, email=person("teacher-beckside").email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.THREE)
        with as_batch():
            line = RegisterLine.objects.get(person=person("deputy-beckside"), establishment__urn=urn)
        register.suspend_access(asker("teacher-beckside"), urn, line.pk, because="not confirmed")
        with as_batch():
            LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head, and the review
            event = LineEvent.objects.get(line=line, what="suspended")
            event.before["seat"], event.undo_until = None, timezone.localdate()
            event.save()
        reviews.undo(asker("teacher-beckside"), urn, event.pk)
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            line.refresh_from_db()
        assert line.withdrawn_at is None
        assert line.suspended_because == "Lifted by somebody who was first head by mistake."

    def test_a_suspension_that_the_wrong_person_set_and_lifted_is_not_brought_back(self) -> None:
        """R35, R44: nobody who may do so had suspended the line, and there is no head to lift it."""
        urn = a_centre()
        record(urn, email=person("teacher-beckside").email)
        give(urn, "teacher-beckside", "deputy-beckside", Level.THREE)
        with as_batch():
            line = RegisterLine.objects.get(person=person("deputy-beckside"), establishment__urn=urn)
            LineEvent.objects.filter(line=line).update(by=person("head-beckside"))  # an earlier head
        register.suspend_access(asker("teacher-beckside"), urn, line.pk, because="Away")
        register.resume_access(asker("teacher-beckside"), urn, line.pk)
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            line.refresh_from_db()
        assert (line.withdrawn_at, line.suspended_at) == (None, None)

    def test_whoever_is_head_for_long_or_hands_over_is_not_taken_back(self) -> None:
        """R35: then it is a headship as any other."""
        urn, manager, known = a_centre(), asker(MANAGER, EDUNET), person("teacher-beckside")
        record(urn, email=known.email)
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=urn).update(given_at=timezone.now() - timedelta(days=15))
        for place in (urn, BECKSIDE, 100001):
            with pytest.raises(NoSuchRecord):
                first_heads.take_back_first_head(manager, place)
        with as_batch():
            RegisterLine.objects.filter(establishment__urn=urn).update(given_at=timezone.now())
        handovers.name_successor(
            asker("officer-data", EDUNET), urn, name="Next", email="next@millrace.example", on=timezone.localdate()
        )
        with pytest.raises(NoSuchRecord):
            first_heads.take_back_first_head(manager, urn)

    def test_it_is_known_by_what_happened_and_not_by_its_words(self) -> None:
        """R35, R36: whoever puts the history into other words takes nobody's way back."""
        urn = a_centre()
        record(urn)
        with as_owner():
            LineEvent.objects.filter(line__establishment__urn=urn).update(words="On 1 May somebody made her head")
        first_heads.take_back_first_head(asker(MANAGER, EDUNET), urn)
        with as_batch():
            assert LineEvent.objects.filter(line__establishment__urn=urn).latest("pk").what == "withdrawn"

    def test_what_does_not_fit_is_refused(self) -> None:
        urn, today = a_centre(), timezone.localdate()
        for on in (today - timedelta(days=1), today + timedelta(days=400)):
            with pytest.raises(CannotChange, match="year ahead"):
                record(urn, on=on)
        with pytest.raises(CannotChange, match="yourself"):
            record(urn, email=person(MANAGER).email)
        with pytest.raises(CannotChange, match="work address"):
            record(urn, email="r.ackroyd@gmail.com")
        for other in (BECKSIDE, 999999):
            with pytest.raises(CannotChange, match="or it takes no part"):
                record(other)
        with pytest.raises(NoSuchRecord):
            record(100001)

    def test_in_the_browser(self) -> None:
        urn, browser = a_centre(), client(MANAGER, EDUNET)
        path = f"/community/heads/{urn}/"
        assert b"Millrace" in browser.get("/community/heads/").content
        assert browser.post(path, {"name": ""}).status_code == 422
        asked = NEW | {"on": f"{timezone.localdate():%d/%m/%Y}"}
        assert browser.post(path, asked | {"on": "1/1/2001"}).status_code == 422
        page = browser.post(path, asked, follow=True).content.decode()
        assert "The email to them is on its way" in page
        assert "has not accepted yet" in page
        assert browser.get(f"/community/heads/{BECKSIDE}/").status_code == 404

    def test_who_opened_the_form_before_another_was_invited_is_told(self) -> None:
        """A9: the invitation of the other ends when the form is sent again, and not unseen."""
        urn, browser = a_centre(), client(MANAGER, EDUNET)
        path, asked = f"/community/heads/{urn}/", NEW | {"on": f"{timezone.localdate():%d/%m/%Y}"}
        asked["version"] = browser.get(path).context["form"]["version"].value()
        record(urn, name="Somebody Else", email="else@millrace.example")
        told = browser.post(path, asked)
        assert told.status_code == 422
        assert "Somebody Else" in told.content.decode()
        assert line_of(urn).person.email == "else@millrace.example"
        again = asked | {"version": told.context["form"]["version"].value()}
        for _ in range(2):
            assert browser.post(path, again).status_code == 302
        assert line_of(urn).person.email == NEW["email"]


@pytest.mark.django_db
class TestWho:
    @pytest.mark.parametrize("slug", OTHERS)
    def test_other_officers_do_not(self, slug: str) -> None:
        urn = a_centre()
        for ask in (first_heads.list_without_head, lambda who: first_heads.show_first_head(who, urn)):
            with pytest.raises(NotAtYourLevel):
                ask(asker(slug, EDUNET))
        assert client(slug, EDUNET).post(f"/community/heads/{urn}/", NEW).status_code == 403

    def test_the_database_asks_by_itself(self) -> None:
        """R32, R35: with the door forgotten."""
        assert _holes() == set()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("IF NOT EXISTS (SELECT FROM portal_establishments('manage_duties')) THEN RETURN 'not_yours'; END IF;", ""),
            ("place NOT IN (SELECT free.establishment_id FROM access_register_without_head(place) AS free)", "false"),
            ("somebody = portal_asker()", "false"),
        ],
        ids=["anybody", "over a head", "oneself"],
    )
    def test_a_weaker_database_is_noticed(self, old: str, new: str) -> None:
        ((source,),) = rows(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'access_register_place_first_head'"
        )
        assert old in source
        statements = [source.replace(old, new)]
        if not new:  # who may not ask is told of no place either: that one is given away here too
            ((places,),) = rows(
                "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'access_register_without_head'"
            )
            asks = "EXISTS (SELECT FROM portal_establishments('manage_duties'))"
            assert asks in places
            statements.append(places.replace(asks, "true"))
        run_as_owner(*statements)
        assert _holes()

    def test_the_database_lets_nobody_else_take_a_head_back(self) -> None:
        """R35, R45: with the door forgotten."""
        assert _taken_back() == set()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("EXISTS (SELECT FROM portal_establishments('manage_duties'))", "true"),
            ("line.given_at > now() - interval '14 days'", "true"),
            ("event.what = ", "'' <> "),
        ],
        ids=["anybody", "for long", "handed over"],
    )
    def test_a_database_that_lets_them_is_noticed(self, old: str, new: str) -> None:
        ((source,),) = rows("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'access_register_first_heads'")
        assert old in source
        run_as_owner(source.replace(old, new))
        assert _taken_back()


def _taken_back() -> set[str]:
    """Which heads the database lets people take back who must not, or not any more."""
    urn, other, found = a_centre(), a_centre("Weir Children’s Centre"), set()
    for place, email in ((urn, "teacher-beckside"), (other, "governor-beckside")):
        record(place, email=person(email).email)
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=other).update(given_at=timezone.now() - timedelta(days=15))
        RegisterLine.objects.filter(establishment__urn=LARKROYD, seat=0).update(given_at=timezone.now())
    tries = [(slug, EDUNET, urn) for slug in OTHERS] + [("head-beckside", SCHOOLS_ONLINE, urn)]
    for slug, through, at in [
        *tries,
        (MANAGER, SCHOOLS_ONLINE, urn),
        (MANAGER, EDUNET, other),
        (MANAGER, EDUNET, LARKROYD),
    ]:
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            with transaction.atomic():
                place = Establishment.objects.get(urn=at).pk
                if rows("SELECT access_register_take_back_first_head(%s, 'x')", place) == [(True,)]:
                    found.add(f"{slug} on {through}: {at}")
                transaction.set_rollback(True)
    return found


def _holes() -> set[str]:
    """What the database lets people do about a head that they must not."""
    free, holes = Establishment.objects.get(urn=a_centre()).pk, Holes()
    taken = Establishment.objects.get(urn=LARKROYD).pk
    with as_batch():  # a head whose line ends today: no seat is in the way of a hole tomorrow
        for line in RegisterLine.objects.filter(establishment=taken, seat=0, withdrawn_at=None):
            line.ends_on = timezone.localdate()
            line.save(update_fields=["ends_on"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))
    place = "SELECT access_register_place_first_head(%s, %s, CURRENT_DATE + {}, '{{view_pupils}}', '', '', '', now())"
    somebody = person("superuser").pk
    tries = [(slug, EDUNET, free, 0, somebody) for slug in OTHERS]
    tries += [("head-beckside", SCHOOLS_ONLINE, free, 0, somebody), (MANAGER, SCHOOLS_ONLINE, free, 0, somebody)]
    tries += [(MANAGER, EDUNET, taken, 1, somebody), (MANAGER, EDUNET, free, 0, person(MANAGER).pk)]
    for slug, through, at, days, who in tries:
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            ask = place.format(days), at, who
            holes.attempt(f"{slug} on {through}: {at}", lambda ask=ask: rows(*ask) == [("",)])
    return holes.found
