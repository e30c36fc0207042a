"""Invitations: from the head's click to the first sign-in, and everything that can go wrong on the way."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from access_register.headships import first_heads
from access_register.levels import Level
from access_register.models import Contract, Invitation, LineEvent, Organisation, Person, RegisterLine
from access_register.register import history, register
from access_register.register.register import CannotChange, Entry
from access_register.sign_in import invitations
from access_register.sign_in.welcome import hash_of
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Through
from sharing.models import EstablishmentPermission, LedgerEntry
from tests.access_register.invitations import (
    BECKSIDE,
    HEAD,
    NAMED,
    NEW,
    PASSWORD,
    RAVENSGILL,
    TEACHER,
    as_themselves,
    change,
    changed_since,
    everything,
    free_a_seat,
    invite,
    line_of,
    tables_with,
    token_in,
)
from tests.people import EDUNET, accepts, as_batch, asker, client, person, visitor
from tests.post import posting


@pytest.mark.django_db
class TestFromClickToSignIn:
    def test_the_whole_way(self) -> None:
        """A9, A18: invited, nothing seen; accepted with a password, signed in, and the page is there."""
        free_a_seat()
        token = invite(level=Level.ONE, role="teacher")
        assert line_of().seat is not None
        with pytest.raises(NotYourEstablishment):
            register.show_register(as_themselves(), BECKSIDE)
        browser = visitor()
        page = browser.get(f"/invitation/{token}/").content.decode()
        assert "Beckside Primary School" in page
        assert person(HEAD).name in page
        response = browser.post(f"/invitation/{token}/", {"password": PASSWORD})
        assert (response.status_code, response.url) == (302, "/account/second-factor/")
        assert browser.get("/").url.startswith("/protocol/accept/")
        accepts(Person.objects.get(email=NEW))
        assert browser.get("/").status_code == 200
        assert browser.get(f"/establishments/{BECKSIDE}/register/").url.startswith("/account/second-factor/")
        assert Person.objects.get(email=NEW).check_password(PASSWORD)
        call_command("check_permissions")

    def test_the_password_works_at_the_sign_in_page(self) -> None:
        token = invite()
        visitor().post(f"/invitation/{token}/", {"password": PASSWORD})
        signed_in = visitor().post("/sign-in/", {"login": NEW, "password": PASSWORD})
        assert (signed_in.status_code, signed_in.url) == (302, "/")

    def test_whoever_was_signed_in_at_this_machine_is_not_any_more(self) -> None:
        """R44: a colleague leaves the browser open."""
        browser = client(TEACHER)
        browser.post(f"/invitation/{invite()}/", {"password": PASSWORD})
        assert browser.get("/account/").wsgi_request.user.email == NEW

    @pytest.mark.parametrize("password", ["", "short", "eleven long", "password1234", NEW])
    def test_a_weak_password_is_asked_for_again(self, password: str) -> None:
        token = invite()
        response = visitor().post(f"/invitation/{token}/", {"password": password})
        assert response.status_code == 422
        assert "There is a problem" in response.content.decode()
        assert line_of().awaiting_since is not None

    def test_looking_accepts_nothing(self) -> None:
        """Mail scanners open links."""
        token = invite()
        before = everything()
        for _ in range(2):
            assert visitor().get(f"/invitation/{token}/").status_code == 200
        assert changed_since(before) == {}

    def test_the_page_is_kept_by_no_browser_and_shows_no_more_than_the_name_of_the_place(self) -> None:
        """R2, R13: nothing else of the establishment is on it."""
        response = visitor().get(f"/invitation/{invite()}/")
        assert "no-store" in response["Cache-Control"]
        page = response.content.decode()
        assert str(BECKSIDE) not in page
        assert "/establishments/" not in page

    def test_acceptance_is_in_the_ledger_as_the_persons_own(self) -> None:
        """R43."""
        token = invite()
        visitor().post(f"/invitation/{token}/", {"password": PASSWORD})
        with as_batch():
            row = LedgerEntry.objects.filter(action="accept_invitation").latest("id")
        assert (row.person_id, row.outcome, row.urn) == (as_themselves().person_id, "changed", BECKSIDE)

    def test_the_lines_story_tells_it(self) -> None:
        """R36: invited, then accepted, and the register of a past day knows when."""
        invitations.accept(invite(), password=PASSWORD)
        with as_batch():
            told = list(LineEvent.objects.filter(line=line_of()).order_by("pk"))
            line = line_of()
        assert [event.what for event in told] == ["invited", "accepted"]
        today = date_format(timezone.localdate(), "j F Y")
        assert told[-1].words == f"On {today} Nadia New accepted the invitation"
        assert told[-1].after == history.facts(line)

    def test_the_token_is_kept_nowhere(self) -> None:
        """R13: no row of any table holds it, so that no copy of the database lets somebody else accept."""
        token = invite()
        assert tables_with(NEW) >= {"access_register_person"}
        assert tables_with(token) == set()
        with as_batch():
            assert Invitation.objects.get(line__person__email=NEW).token_hash == sha256(token.encode()).hexdigest()


@pytest.mark.django_db
class TestClosedLinks:
    def closed(self, token: str, status: int, words: str) -> None:
        """The page says what to do, and neither looking nor accepting changes anything."""
        before = everything()
        page = visitor().get(f"/invitation/{token}/")
        assert page.status_code == status
        assert words in page.content.decode()
        assert visitor().post(f"/invitation/{token}/", {"password": PASSWORD}).status_code == status
        assert invitations.accept(token, password=PASSWORD) is None
        assert changed_since(before) == {}

    def test_used(self) -> None:
        """A link works once: the second time it leads to the sign-in page, and changes no password."""
        token = invite()
        visitor().post(f"/invitation/{token}/", {"password": PASSWORD})
        self.closed(token, 410, "A link works once")

    def test_expired(self) -> None:
        token = invite()
        change(expires_at=timezone.now() - timedelta(seconds=1))
        self.closed(token, 410, "to send it again")

    def test_an_officer_who_recorded_the_first_head_is_not_looked_for_at_the_school(self) -> None:
        """A7: only the officer sends that link again, by recording the head once more."""
        manager, today = asker("officer-information", EDUNET), timezone.localdate()
        urn = door.add_centre(
            manager, name="Millrace Children’s Centre", street="1 Mill Race", town="Skelbrook", postcode="BD0 2DE",
            telephone="", manager="Centre manager", locality=None, starts_on=today,
        )  # fmt: skip
        with posting():
            first_heads.record_first_head(manager, urn, name="Rosalind Ackroyd", email=NEW, on=today)
        change(expires_at=timezone.now() - timedelta(seconds=1))
        said = f"The invitation to Millrace Children’s Centre has expired. Ask {manager.name} to send it again."
        self.closed(token_in(mail.outbox[-1].body), 410, said)

    def test_it_works_until_its_last_second(self) -> None:
        token = invite()
        assert line_of().invitation.expires_at - timezone.now() > timedelta(days=13, hours=23)
        change(expires_at=timezone.now() + timedelta(minutes=1))
        assert invitations.accept(token, password=PASSWORD)

    def test_taken_back(self) -> None:
        """R44: from the withdrawal on the link opens nothing."""
        token = invite()
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of().pk, because="a mistake")
        assert line_of().invitation.revoked_at
        self.closed(token, 410, "has been withdrawn")

    def test_replaced(self) -> None:
        token = invite()
        invitations.send_again(asker(HEAD), BECKSIDE, line_of().pk)
        self.closed(token, 404, "the newest one")
        assert invitations.accept(token_in(mail.outbox[-1].body), password=PASSWORD)

    @pytest.mark.drifts  # lines written past the register
    def test_a_line_whose_last_day_is_past(self) -> None:
        token = invite()
        with as_batch():
            day = timezone.localdate() - timedelta(days=1)
            RegisterLine.objects.filter(pk=line_of().pk).update(starts_on=day, ends_on=day)
        self.closed(token, 410, "has been withdrawn")

    def test_a_closed_account(self) -> None:
        token = invite()
        with as_batch():
            Person.objects.filter(email=NEW).update(is_active=False)
        self.closed(token, 410, "has been withdrawn")

    @pytest.mark.parametrize("token", ["nonsense", "x" * 500, "%00", "'; --"])
    def test_never_sent(self, token: str) -> None:
        self.closed(token.replace("%00", "~"), 404, "does not work")

    def test_not_at_edunet(self) -> None:
        """R38."""
        token = invite()
        assert visitor(Through.EDUNET).get(f"/invitation/{token}/").status_code in (302, 404)
        assert line_of().awaiting_since


@pytest.mark.django_db
class TestTheNarrowFunction:
    """What portal_accept_invitation changes, and that it changes nothing else."""

    def accept(self, token: str, password: object) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_accept_invitation(%s, %s)", [hash_of(token), password])
            return cursor.fetchone()[0]

    def test_it_changes_one_person_one_line_one_invitation_and_that_lines_rows(self) -> None:
        """R33, R44, R45: exactly what was given, where it was given, among other invitations that wait."""
        invite("other@beckside.example", level=Level.TWO, basis="teaches")
        token = invite(level=Level.TWO, basis="teaches")
        before = everything()
        assert self.accept(token, "hash")
        assert changed_since(before) == {
            "Person": 1, "RegisterLine": 1, "EstablishmentPermission": 2, "Invitation": 1, "LineEvent": 1,
        }  # fmt: skip
        with as_batch():
            held = EstablishmentPermission.objects.filter(user__email=NEW, starts_on=timezone.localdate())
            assert set(held.values_list("permission__codename", "content_object__urn")) == {
                ("view_establishment", BECKSIDE), ("view_pupils", BECKSIDE),
            }  # fmt: skip
        call_command("check_permissions")

    @pytest.mark.parametrize("password", [None, "", "!unusable"])
    def test_without_a_password_that_works_nothing_begins(self, password: object) -> None:
        token = invite()
        before = everything()
        assert not self.accept(token, password)
        assert changed_since(before) == {}

    def test_it_never_changes_a_password_that_is_there(self) -> None:
        """Somebody who chose one by "I cannot sign in" keeps it; the link alone is not enough any more."""
        token = invite()
        somebody = Person.objects.get(email=NEW)
        somebody.set_password(PASSWORD)
        somebody.save(update_fields=["password"])
        assert not self.accept(token, "another hash")
        page = visitor().get(f"/invitation/{token}/").content.decode()
        assert "You already have an account" in page
        assert f"next=/invitation/{token}/" in page
        assert invitations.accept(token, asker=asker(TEACHER)) is None
        assert invitations.accept(token, asker=as_themselves())
        assert Person.objects.get(email=NEW).check_password(PASSWORD)

    def test_the_application_cannot_do_it_by_hand(self) -> None:
        """Without the function the web application begins no line: row-level security, as nobody."""
        invite()
        assert RegisterLine.objects.update(awaiting_since=None) == 0
        assert EstablishmentPermission.objects.update(starts_on=timezone.localdate()) == 0
        assert Invitation.objects.count() == 0

    def test_only_the_web_application_may_call_it(self) -> None:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_batch():
            self.accept("x", "y")

    @pytest.mark.drifts  # lines written past the register
    def test_a_contract_that_begins_later_keeps_its_day(self) -> None:
        """R25: what was to begin with a contract does so, whenever the person accepts."""
        token = invite()
        later = timezone.localdate() + timedelta(days=9)
        with as_batch():
            line = line_of()
            contract = Contract.objects.create(
                organisation=Organisation.objects.create(name="Brightpath"), establishment=line.establishment,
                reference="1", clause="2", starts_on=later, ends_on=later, recorded_by_name="the head",
            )  # fmt: skip
            RegisterLine.objects.filter(pk=line.pk).update(contract=contract)
        assert self.accept(token, "hash")
        with as_batch():
            assert set(
                EstablishmentPermission.objects.filter(user__email=NEW).values_list("starts_on", flat=True)
            ) == {later}  # fmt: skip


@pytest.mark.django_db
class TestKeepingThem:
    def test_pending_invitations_take_seats(self) -> None:
        """A9, R32: a third is refused while two wait."""
        free_a_seat()
        invite(level=Level.ONE)
        with pytest.raises(CannotChange, match="Both Level 1 places"):
            invite("third@beckside.example", level=Level.ONE)
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of().pk, because="")
        invite("third@beckside.example", level=Level.ONE)

    def test_named_staff_cannot_invite_or_send_again_at_level_1(self) -> None:
        """R35."""
        free_a_seat()
        invite(level=Level.ONE)
        with pytest.raises(CannotChange, match="Only the head"):
            invitations.send_again(asker(NAMED), BECKSIDE, line_of().pk)

    def test_nobody_else_sends_again(self) -> None:
        invite()
        with pytest.raises(NotAtYourLevel):
            invitations.send_again(asker(TEACHER), BECKSIDE, line_of().pk)
        with pytest.raises(NotYourEstablishment):
            invitations.send_again(asker("head-ravensgill"), BECKSIDE, line_of().pk)
        with pytest.raises(NoSuchRecord):
            invitations.send_again(asker("head-ravensgill"), RAVENSGILL, line_of().pk)

    def test_an_accepted_invitation_is_not_sent_again(self) -> None:
        invitations.accept(invite(), password=PASSWORD)
        with pytest.raises(CannotChange, match="accepted the invitation already"):
            invitations.send_again(asker(HEAD), BECKSIDE, line_of().pk)

    def test_a_line_changed_while_it_waits_opens_what_it_says_then(self) -> None:
        """R33: lowered before the acceptance."""
        token = invite(level=Level.TWO, basis="teaches")
        register.change_access(asker(HEAD), BECKSIDE, line_of().pk, entry=Entry())
        invitations.accept(token, password=PASSWORD)
        with as_batch():
            rows = EstablishmentPermission.objects.filter(user__email=NEW)
            assert list(rows.values_list("permission__codename", flat=True)) == ["view_establishment"]
        call_command("check_permissions")

    def test_a_second_school_before_the_first_is_accepted(self) -> None:
        """A18: one account; the first link sets the password, the second asks to sign in with it."""
        first, second = invite(), invite(by="head-ravensgill", urn=RAVENSGILL)
        browser = visitor()
        browser.post(f"/invitation/{first}/", {"password": PASSWORD})
        assert line_of(urn=RAVENSGILL).awaiting_since
        assert browser.post(f"/invitation/{second}/").status_code == 302
        assert line_of(urn=RAVENSGILL).awaiting_since is None
        accepts(Person.objects.get(email=NEW))
        assert browser.get(f"/establishments/{RAVENSGILL}/").status_code == 200

    def test_somebody_signed_in_as_another_is_told(self) -> None:
        token = invite()
        change_password = Person.objects.get(email=NEW)
        change_password.set_password(PASSWORD)
        change_password.save(update_fields=["password"])
        page = client(TEACHER).get(f"/invitation/{token}/").content.decode()
        assert "You are signed in as Nadia Hussain" in page

    def test_a_known_person_has_it_at_once_and_is_told(self) -> None:
        """A18."""
        given = register.give_access(
            asker(HEAD), BECKSIDE, name="x", email=person("teacher-oxenby").email, entry=Entry(role="teacher")
        )
        assert (given.awaits, given.told) == (False, True)
        assert "has added you to the Access Register of Beckside" in mail.outbox[-1].body
        assert client("teacher-oxenby").get(f"/establishments/{BECKSIDE}/").status_code == 200

    def test_the_register_shows_who_waits_and_sends_again(self) -> None:
        """R36."""
        invite()
        browser = client(HEAD)
        page = browser.get(f"/establishments/{BECKSIDE}/register/").content.decode()
        assert "Cannot see anything yet." in page
        said = browser.post(f"/establishments/{BECKSIDE}/register/{line_of().pk}/send/", follow=True).content.decode()
        assert "We have sent Nadia New an email. If its address is wrong, withdraw the access." in said
        assert line_of().invitation.times_sent == 2
        change(expires_at=timezone.now())
        assert "has expired. It worked until" in browser.get(f"/establishments/{BECKSIDE}/register/").content.decode()
        assert browser.get(f"/establishments/{BECKSIDE}/register/{line_of().pk}/send/").status_code == 405

    def test_when_the_post_is_down_the_head_is_told_and_the_line_stands(self, monkeypatch) -> None:
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _fail)
        typed = {"name": "Nadia New", "email": NEW, "role": "teacher", "level": "3", "basis": ""}
        page = client(HEAD).post(f"/establishments/{BECKSIDE}/register/add/", typed, follow=True).content.decode()
        assert "could not be sent" in page
        assert line_of().awaiting_since


def _fail(*args: object) -> None:
    raise ConnectionRefusedError
