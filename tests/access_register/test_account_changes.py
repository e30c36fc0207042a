"""A person's name and address change, an address goes to another person, an account is shut that somebody else has got
hold of: what stays whose (A18, R36, R44)."""

import re
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from access_register import grants
from access_register.models import OfficerAppointment, Person, RegisterLine
from access_register.my_access.my_access import show_my_access
from access_register.register import register
from access_register.register.register import Entry
from access_register.register.stories import show_story
from access_register.sign_in import invitations
from sharing.authorise import Through
from sharing.models import LedgerEntry
from tests.access_register.duties import FIONA, MANAGER, appointment
from tests.access_register.handovers import DEPUTY, verified
from tests.access_register.invitations import BECKSIDE, HEAD, NEW, PASSWORD, TEACHER, invite, line_of, token_in
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, chooses_purpose, client, person, visitor
from tests.post import posting, sent
from tests.sign_in.ways import PASSWORD as THEIRS
from tests.sign_in.ways import code_now, factors, give_password, with_app

pytestmark = pytest.mark.django_db
MARRIED, MOVED = "Nadia Hussain-Jones", "n.hussain@academy.example"


def change(*said: str) -> str:
    out = StringIO()
    with posting():
        call_command("change_person", *said, stdout=out)
    return out.getvalue()


def last_action() -> str:
    with as_batch():
        return LedgerEntry.objects.latest("id").action


def free(address: str) -> None:
    call_command("free_address", address, stdout=StringIO())


def signed_in(somebody: Person) -> Client:
    """By password and code, as people are: their sessions are known."""
    browser = give_password(somebody)
    browser.post("/sign-in/code/", {"code": code_now()})
    assert browser.get("/").status_code == 200
    return browser


def link_for(address: str) -> str:
    """The page behind the link that "I cannot sign in" sends to the address; nothing where none is sent."""
    before = len(sent())
    visitor().post("/password/reset/", {"email": address})
    links = [re.search(r"/password/reset/key/\S+/|/password/reset/\S+/", letter.body) for letter in sent()[before:]]
    return next((found.group() for found in links if found), "")


class TestAnotherName:
    def test_is_read_from_now_on_and_the_history_says_what_it_was(self) -> None:
        """R36, A18: the register, the person's own page, the story of the line; the ledger knows, without a name."""
        before = person(TEACHER)
        change(before.email.upper(), "--name", MARRIED)
        assert last_action() == "rename_person"
        assert MARRIED in {line.name for line in register.show_register(asker(HEAD), BECKSIDE).lines}
        told = show_story(asker(HEAD), BECKSIDE, line_of(before.email).pk).happenings[0].words
        assert told.endswith(f"the service recorded another name for this person: it was {before.name}")
        assert client(TEACHER).get("/my-access/").status_code == 200
        assert [letter.to for letter in mail.outbox] == [[before.email]]
        assert MARRIED in mail.outbox[0].body

    def test_leaves_the_permission_table_exact(self) -> None:
        """R45: whoever gave a line to themselves is named in its reason once the names differ."""
        with as_batch():
            RegisterLine.objects.filter(person=person(TEACHER)).update(given_by_name=person(TEACHER).name)
            for line in RegisterLine.objects.filter(person=person(TEACHER)):
                grants.replace(f"line:{line.pk}", grants.of_line(line))
        change(person(TEACHER).email, "--name", MARRIED)
        call_command("check_permissions")

    def test_of_a_manager_goes_along_to_those_who_report_to_them(self) -> None:
        """R9, R36: who may be whose manager is known by the name."""
        with as_batch():
            OfficerAppointment.objects.filter(pk=appointment(MANAGER).pk).update(manager=person(FIONA).name)
        change(person(FIONA).email, "--name", "Fiona Married")
        assert appointment(MANAGER).manager == "Fiona Married"


class TestAnotherAddress:
    def test_ends_the_way_in_by_the_old_one_and_keeps_the_account(self) -> None:
        """A18, R44: allauth remembers an address that once asked for a link, and would let in whoever has it next."""
        teacher = with_app(TEACHER)
        old, browser = teacher.email, signed_in(teacher)
        stale = link_for(old)
        assert stale
        assert EmailAddress.objects.filter(email=old).exists()
        lines = len(show_my_access(themselves := asker(TEACHER)).lines)
        change(old, "--email", MOVED.upper())
        assert browser.get("/").status_code == 302
        assert link_for(old) == ""
        assert "This link no longer works" in visitor().get(stale, follow=True).content.decode()
        assert link_for(MOVED)
        assert (factors(teacher), len(show_my_access(themselves).lines)) == ({"totp"}, lines)
        assert visitor().post("/sign-in/", {"login": MOVED, "password": THEIRS}).url == "/sign-in/code/"

    def test_is_told_at_both_without_the_new_one_at_the_old(self) -> None:
        teacher = with_app(TEACHER)
        change(teacher.email, "--email", MOVED)
        assert [letter.to for letter in mail.outbox] == [[MOVED], [teacher.email]]
        assert MOVED not in mail.outbox[1].body

    def test_kills_the_link_that_went_to_the_wrong_mailbox(self) -> None:
        """R44, A9: corrected before they accepted, and the head sends it again; nobody tells the wrong mailbox."""
        token = invite()
        change(NEW, "--email", MOVED)
        assert invitations.accept(token, password=PASSWORD) is None
        assert [letter.to for letter in mail.outbox[1:]] == [[MOVED]]
        assert "Your password" not in mail.outbox[-1].body
        assert "ask whoever invited you" in mail.outbox[-1].body
        assert invitations.send_again(asker(HEAD), BECKSIDE, line_of(MOVED).pk) == ("Nadia New", True)
        assert invitations.accept(token_in(mail.outbox[-1].body), password=PASSWORD).email == MOVED

    @pytest.mark.parametrize(
        ("slug", "address", "words"),
        [
            (TEACHER, "head-of-beckside", "Another account has this address"),
            (FIONA, MOVED, "An officer must have their own address"),
            ("third-party-beckside", "hal@gmail.com", "a webmail"),
            (TEACHER, "none", "is not an email address"),
        ],
    )
    def test_is_refused_in_words(self, slug: str, address: str, words: str) -> None:
        """R25, R38, A18."""
        address = person(HEAD).email.upper() if address == "head-of-beckside" else address
        with pytest.raises(CommandError, match=words):
            change(person(slug).email, "--email", address)


class TestAnAddressThatAnotherPersonHas:
    def test_brings_nothing_of_whoever_had_it(self) -> None:
        """A18, R13, R44: no access, second factor or history, no way in by a provider; the register keeps its past."""
        old = with_app(TEACHER)
        link_for(old.email)
        with as_batch():
            SocialAccount.objects.create(user=old, provider="entra", uid="17")
        browser, line = signed_in(old), line_of(old.email)
        with pytest.raises(CommandError, match="Beckside"):
            free(old.email)
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Left")
        free(old.email)
        assert last_action() == "free_address"
        assert browser.get("/").status_code == 302
        assert link_for(old.email) == ""
        given = register.give_access(
            asker(HEAD), BECKSIDE, name=old.name, email=old.email, entry=Entry(other_name=False)
        )
        assert given.awaits
        new = invitations.accept(token_in(mail.outbox[-1].body), password=PASSWORD)
        assert new.pk != old.pk
        assert (factors(old), factors(new), SocialAccount.objects.exists()) == (set(), set(), False)
        assert new.protocol_accepted_until is None
        past = register.show_register(asker(HEAD), BECKSIDE).past
        assert old.name in {one.name for one in past}
        call_command("check_permissions")

    @pytest.mark.parametrize("slug", [FIONA, "superuser", HEAD])
    def test_is_not_freed_while_anything_is_open(self, slug: str) -> None:
        with pytest.raises(CommandError, match="End that first"):
            free(person(slug).email)

    def test_nor_while_a_line_is_suspended(self) -> None:
        """R44: it opens nothing today, and would again for whoever has the address next."""
        register.suspend_access(asker(HEAD), BECKSIDE, line_of(person(TEACHER).email).pk, because="Away")
        with pytest.raises(CommandError, match="Beckside"):
            free(person(TEACHER).email)

    def test_nor_while_a_headship_is_offered(self) -> None:
        verified(DEPUTY)
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of(person(DEPUTY).email).pk, because="Left")
        with pytest.raises(CommandError, match="Beckside"):
            free(person(DEPUTY).email)


def shut(address: str, *said: str) -> str:
    out = StringIO()
    with posting():
        call_command("shut_account", address, *said, stdout=out)
    return out.getvalue()


class TestAnAccountThatSomebodyElseHas:
    def test_lets_nobody_in_from_the_next_request_on(self) -> None:
        """R44: by an open session at either site, the password, a link of before or of now, a provider."""
        officer = with_app(FIONA)
        with as_batch():
            SocialAccount.objects.create(user=officer, provider="entra", uid="17")
        here, there = signed_in(officer), give_password(officer, EDUNET)
        there.post("/sign-in/code/", {"code": code_now(ahead=1)})
        assert chooses_purpose(there).get("/").status_code == 200
        stale = link_for(officer.email)
        assert stale
        assert "Fiona Brearley is signed out at both sites" in shut(officer.email.upper())
        assert last_action() == "shut_account"
        assert [letter.to for letter in mail.outbox if "somebody else may have" in letter.body] == [[officer.email]]
        assert (here.get("/").status_code, there.get("/").status_code) == (302, 302)
        assert "This link no longer works" in visitor().get(stale, follow=True).content.decode()
        assert link_for(officer.email) == ""
        assert visitor().post("/sign-in/", {"login": officer.email, "password": THEIRS}).status_code == 200
        assert (factors(officer), SocialAccount.objects.exists()) == (set(), False)

    def test_is_opened_again_for_whoever_it_belongs_to_with_its_access(self) -> None:
        """A18, R44: by a link to their mailbox, and with nothing of what opened it before."""
        teacher, lines = with_app(TEACHER), len(show_my_access(asker(TEACHER)).lines)
        shut(teacher.email)
        assert "can sign in again" in shut(teacher.email, "--open")
        assert last_action() == "open_account"
        assert [letter.to for letter in mail.outbox[-1:]] == [[teacher.email]]
        assert visitor().post("/sign-in/", {"login": teacher.email, "password": THEIRS}).status_code == 200
        assert link_for(teacher.email)
        assert (factors(teacher), len(show_my_access(asker(TEACHER)).lines)) == (set(), lines)
        call_command("check_permissions")

    def test_what_was_under_way_as_it_was_shut_lets_nobody_in_once_it_is_opened(self) -> None:
        """R44: a new password and another app, typed a moment before and stored a moment after."""
        teacher = person(TEACHER)
        shut(teacher.email)
        with_app(TEACHER)
        shut(teacher.email, "--open")
        assert visitor().post("/sign-in/", {"login": teacher.email, "password": THEIRS}).status_code == 200
        assert factors(teacher) == set()

    @pytest.mark.parametrize(("slug", "site"), [(TEACHER, SCHOOLS_ONLINE), (FIONA, EDUNET)])
    def test_who_asks_for_a_new_password_is_told_by_e_mail_alone_that_it_is_closed(
        self, slug: str, site: Through
    ) -> None:
        """R44: it said that there is no account with this address, and to try another. The page says nothing."""
        somebody, pages = person(slug), set()
        shut(somebody.email)
        before = len(sent())
        for address in (somebody.email.upper(), "nobody@example.org"):
            answer = visitor(site).post("/password/reset/", {"email": address}, follow=True)
            pages.add(re.sub(r"(csrf\w*|nonce)[^>]*", "", answer.content.decode()))
        told, unknown = sent()[before:]
        assert (told.to, told.subject) == ([somebody.email], "Your account is closed for now")
        assert "no password can be chosen" in told.body
        assert "ask the people who run this service to open it again" in told.body
        assert "/password/" not in told.body
        assert "There is no account with this address." in unknown.body
        assert len(pages) == 1

    def test_is_refused_in_words(self) -> None:
        teacher = person(TEACHER)
        with pytest.raises(CommandError, match="is not shut"):
            shut(teacher.email, "--open")
        shut(teacher.email)
        with pytest.raises(CommandError, match="is already shut"):
            shut(teacher.email)


@pytest.mark.parametrize(
    "command",
    ["change_person --name Other", "free_address", "reset_second_factor", "shut_account", "shut_account --open"],
)
def test_an_address_that_nobody_has_is_said(command: str) -> None:
    """A18, R43: nothing is recorded, and nobody is written to."""
    with as_batch():
        before = LedgerEntry.objects.latest("id").pk
    name, *options = command.split()
    with posting(), pytest.raises(CommandError, match="There is no account with this email address"):
        call_command(name, "nobody@example.org", *options)
    with as_batch():
        assert LedgerEntry.objects.latest("id").pk == before
    assert mail.outbox == []
