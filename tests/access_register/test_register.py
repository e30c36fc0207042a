"""The Access Register: what each level opens, who may change what, and when it takes effect (R32-R36, R44)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.register import register
from access_register.register.register import CannotChange, Entry
from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Through
from sharing.days import day_in_words
from sharing.models import EstablishmentPermission, LedgerEntry
from tests.people import accepts, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER, GOVERNOR = "head-beckside", "deputy-beckside", "teacher-beckside", "governor-beckside"
TEACHES = RegisterLine.Basis.TEACHES
OPENED = {
    1: {"view_establishment", "view_pupils", "view_staff", "manage_register", "keep_records"},
    2: {"view_establishment", "view_pupils"},
    3: {"view_establishment"},
}


def permissions(somebody: Person, urn: int = BECKSIDE) -> set[str]:
    with as_batch():
        rows = EstablishmentPermission.objects.filter(user=somebody, content_object__urn=urn)
        return set(rows.values_list("permission__codename", flat=True))


def line_of(slug: str, urn: int = BECKSIDE) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.get(person=person(slug), establishment__urn=urn, withdrawn_at=None)


def add(by: str = HEAD, email: str = "new.person@beckside.example", **entry: object) -> Person:
    """Somebody who has an account, and so needs no invitation."""
    entry = {"confirmed": True} | entry
    if not Person.objects.filter(email=email).exists():
        Person.objects.create_user(email, "New Person", "a password of their own")
    return accepts(
        register.give_access(asker(by), BECKSIDE, name="New Person", email=email, entry=Entry(**entry)).person
    )


def free_a_seat() -> None:
    """The demonstration's two named staff have both seats: take one back."""
    register.withdraw_access(asker(HEAD), BECKSIDE, line_of("business-manager-beckside").pk, because="")


class TestLevels:
    @pytest.mark.parametrize("level", [1, 2, 3])
    def test_a_line_opens_exactly_what_its_level_says(self, level: int) -> None:
        """R33: the exact rows, after giving, changing and withdrawing."""
        free_a_seat()
        somebody = add(level=Level(level), role="teacher", basis=TEACHES)
        assert permissions(somebody) == OPENED[level]
        with as_batch():
            line = RegisterLine.objects.get(person=somebody)
        for other in (3, 2, 1, 3):
            entry = Entry(level=Level(other), role="teacher", basis=TEACHES, confirmed=True)
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=entry)
            assert permissions(somebody) == OPENED[other]
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="left")
        assert permissions(somebody) == set()

    def test_a_new_line_is_level_3(self) -> None:
        """R34: the preset."""
        assert permissions(add()) == OPENED[3]

    def test_a_line_with_a_last_day_holds_until_that_day(self) -> None:
        today = timezone.localdate()
        somebody = add(level=Level.TWO, basis=TEACHES, role="teacher", ends_on=today)
        browser = client(HEAD)
        browser.logout()
        with as_batch():
            assert set(EstablishmentPermission.objects.filter(user=somebody).values_list("ends_on", flat=True)) == {
                today
            }
        with as_batch():
            line = RegisterLine.objects.get(person=somebody)
            line.starts_on, line.ends_on = today - timedelta(days=9), today - timedelta(days=1)
            line.save()
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        with pytest.raises(NotYourEstablishment):
            register.show_register(asker_of(somebody), BECKSIDE)


def asker_of(somebody: Person):
    return Asker(somebody.pk, somebody.name, Through.SCHOOLS_ONLINE, second_factor=True, confirmed_lately=True)


class TestWhoMayChange:
    @pytest.mark.parametrize("slug", [TEACHER, GOVERNOR, "third-party-beckside"])
    def test_below_level_1_the_register_is_closed(self, slug: str) -> None:
        """R33: reading and writing."""
        for attempt in (
            lambda: register.show_register(asker(slug), BECKSIDE),
            lambda: add(by=slug),
            lambda: register.withdraw_access(asker(slug), BECKSIDE, line_of(GOVERNOR).pk, because=""),
        ):
            with pytest.raises(NotAtYourLevel):
                attempt()

    def test_a_head_has_no_say_elsewhere(self) -> None:
        with pytest.raises(NotYourEstablishment):
            register.show_register(asker(HEAD), RAVENSGILL)
        with pytest.raises(NoSuchRecord):
            register.withdraw_access(asker(HEAD), BECKSIDE, line_of("head-ravensgill", RAVENSGILL).pk, because="")

    def test_named_staff_keep_the_register_but_not_level_1(self) -> None:
        """R35: they cannot make a Level 1, nor touch one, nor the head's."""
        assert permissions(add(by=NAMED, level=Level.TWO, role="teacher", basis=TEACHES)) == OPENED[2]
        with pytest.raises(CannotChange, match="Only the head"):
            add(by=NAMED, email="another@beckside.example", level=Level.ONE)
        for slug in (HEAD, "business-manager-beckside", NAMED):
            with pytest.raises(CannotChange):
                register.withdraw_access(asker(NAMED), BECKSIDE, line_of(slug).pk, because="")
            with pytest.raises(CannotChange):
                register.change_access(asker(NAMED), BECKSIDE, line_of(slug).pk, entry=Entry())

    def test_nobody_takes_the_heads_line_away(self) -> None:
        with pytest.raises(CannotChange, match="handed over"):
            register.withdraw_access(asker(HEAD), BECKSIDE, line_of(HEAD).pk, because="")

    def test_a_second_head_cannot_be_added(self) -> None:
        with pytest.raises(CannotChange, match="one head"):
            add(role="head")

    def test_level_1_is_for_staff(self) -> None:
        """R32: a governor cannot have it."""
        free_a_seat()
        with pytest.raises(CannotChange, match="Level 1 is for staff"):
            add(level=Level.ONE, role="governor")

    @pytest.mark.parametrize("role", ["office", "teacher", "third_party"])
    def test_a_third_party_never_gets_level_1_by_whatever_role(self, role: str) -> None:
        """R24: not as a third party, and not by becoming something else on the way."""
        free_a_seat()
        line = line_of("third-party-beckside")
        with pytest.raises(CannotChange):
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(Level.ONE, role, confirmed=True))
        assert permissions(person("third-party-beckside")) == OPENED[3]
        fields = client(HEAD).get(f"/establishments/{BECKSIDE}/register/{line.pk}/").context["form"].fields
        assert [value for value, _ in fields["role"].choices] == ["third_party"]
        assert Level.ONE not in [value for value, _ in fields["level"].choices]

    def test_the_page_offers_level_1_to_the_head_and_for_a_line_that_has_it(self) -> None:
        """R32, R35: named staff see what the line has, though they may not change it; they are offered no more."""
        offered = {}
        for by, slug in ((HEAD, TEACHER), (NAMED, TEACHER), (NAMED, "business-manager-beckside")):
            form = client(by).get(f"/establishments/{BECKSIDE}/register/{line_of(slug).pk}/").context["form"]
            offered[by, slug] = {level for level, _ in form.fields["level"].choices}
        assert list(offered.values()) == [{1, 2, 3}, {2, 3}, {1, 2, 3}]

    def test_withdrawing_and_adding_again_makes_no_member_of_staff(self) -> None:
        """R24: once a third party here, never a member of staff here (question H7 for the council)."""
        with pytest.raises(CannotChange, match="stays a third party"):  # nobody is sent to change the line
            add(by=NAMED, email=person("third-party-beckside").email, level=Level.TWO, role="support", basis=TEACHES)
        register.withdraw_access(asker(NAMED), BECKSIDE, line_of("third-party-beckside").pk, because="")
        with pytest.raises(CannotChange, match="stays a third party"):
            add(by=NAMED, email=person("third-party-beckside").email, level=Level.TWO, role="support", basis=TEACHES)

    def test_a_third_party_is_not_added_without_a_contract(self) -> None:
        """R25."""
        with pytest.raises(CannotChange, match="contract"):
            add(role="third_party")

    @pytest.mark.drifts  # lines written past the register
    def test_a_head_to_come_has_no_say_yet(self) -> None:
        """R35: the deputy becomes head in a month; until then only the head names Level 1."""
        today = timezone.localdate()
        with as_batch():
            line = line_of(NAMED)
            line.ends_on = today + timedelta(days=29)
            line.save()
            head = line_of(HEAD)
            head.ends_on = today + timedelta(days=29)
            head.save()
            RegisterLine.objects.create(
                establishment=line.establishment, person=line.person, level=1, seat=0, role="head",
                starts_on=today + timedelta(days=30), level_since=today, given_by_name="the Education Department",
            )  # fmt: skip
        with pytest.raises(CannotChange, match="Only the head"):
            add(by=NAMED, level=Level.ONE)


class TestSeats:
    def test_two_named_staff_and_no_third(self) -> None:
        """R32."""
        with pytest.raises(CannotChange) as refused:
            add(level=Level.ONE)
        assert refused.value.field == "level"
        free_a_seat()
        assert permissions(add(level=Level.ONE)) == OPENED[1]
        with pytest.raises(CannotChange):
            add(level=Level.ONE, email="third@beckside.example")

    def test_a_refused_addition_leaves_nothing_behind(self) -> None:
        entry = Entry(Level.ONE, confirmed=True)
        with pytest.raises(CannotChange):
            register.give_access(asker(HEAD), BECKSIDE, name="No", email="nobody@beckside.example", entry=entry)
        assert not Person.objects.filter(email="nobody@beckside.example").exists()

    def test_the_named_change_places_without_a_free_seat(self) -> None:
        """A Level 1 line that stays at Level 1 keeps its seat."""
        entry = Entry(Level.ONE, "teacher")
        register.change_access(asker(HEAD), BECKSIDE, line_of(NAMED).pk, entry=entry)
        assert line_of(NAMED).role == "teacher"


class TestBasis:
    def test_level_2_needs_a_basis(self) -> None:
        """R34."""
        with pytest.raises(CannotChange) as refused:
            add(level=Level.TWO)
        assert refused.value.field == "basis"
        with pytest.raises(CannotChange) as refused:
            add(level=Level.TWO, basis="heads_reason", basis_words="  ")
        assert refused.value.field == "basis_words"
        assert (
            permissions(add(level=Level.TWO, basis="heads_reason", basis_words="Runs the nurture group")) == OPENED[2]
        )

    def test_a_day_that_is_past_cannot_be_the_last(self) -> None:
        with pytest.raises(CannotChange) as refused:
            add(ends_on=timezone.localdate() - timedelta(days=1))
        assert refused.value.field == "ends_on"


class TestPeople:
    def test_a_known_address_is_the_same_account(self) -> None:
        """A18: one person, one account, whatever the capitals."""
        known = person("head-ravensgill")
        given = register.give_access(
            asker(HEAD), BECKSIDE, name="Typed Otherwise", email=known.email.upper(), entry=Entry()
        )
        assert (given.person, given.awaits) == (known, False)
        assert permissions(known, BECKSIDE) == OPENED[3]
        assert permissions(known, RAVENSGILL) == OPENED[1]

    def test_an_address_is_found_without_reading_every_account(self) -> None:
        """Each sign-in by single sign-on asks this, and each line of a list of staff."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "one_account_for_each_address" in Person.objects.of_address(person(HEAD).email).explain()

    def test_nobody_is_added_twice(self) -> None:
        add()
        with pytest.raises(CannotChange) as refused:
            add()
        assert refused.value.field == "email"

    def test_someone_withdrawn_can_be_added_again(self) -> None:
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of(GOVERNOR).pk, because="term ended")
        somebody = add(email=person(GOVERNOR).email, role="governor")
        assert permissions(somebody) == OPENED[3]


class TestAtOnce:
    def test_the_next_request_of_somebody_signed_in(self) -> None:
        """R44: raise, lower, withdraw; the person stays signed in all the while."""
        browser, line = client(GOVERNOR), line_of(GOVERNOR)
        pupils, home = f"/establishments/{BECKSIDE}/pupils/", f"/establishments/{BECKSIDE}/"
        assert browser.get(pupils).status_code == 403
        raised = Entry(Level.TWO, "governor", "heads_reason", "Safeguarding governor", confirmed=True)
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=raised)
        assert browser.get(pupils).status_code == 200
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(role="governor"))
        assert browser.get(pupils).status_code == 403
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
        assert browser.get(pupils).status_code == 404
        assert browser.get(home).status_code == 404


class TestInTheBrowser:
    def url(self, end: str = "") -> str:
        return f"/establishments/{BECKSIDE}/register/{end}"

    def test_adding_somebody_new_sends_them_a_link(self) -> None:
        """A9: the link of an invitation; tests/access_register/test_invitations.py follows it."""
        browser = client(HEAD)
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher", "level": "3", "basis": ""}
        response = browser.post(self.url("add/"), typed, follow=True)
        assert "Nadia New is on the register at Level 3, and cannot see anything until" in response.content.decode()
        assert [message.to for message in mail.outbox] == [["nadia@beckside.example"]]
        assert "http://schools-online.localhost:8000/invitation/" in mail.outbox[0].body

    def test_an_address_that_no_email_can_have_is_told_of(self) -> None:
        """A9: nobody can be written to there. The line is given, so the page says that the email was not sent."""
        typed = {"name": "Nadia New", "email": f"nadia@{'é' * 60}.example", "role": "teacher", "level": "3"}
        answer = client(HEAD).post(self.url("add/"), typed | {"basis": ""}, follow=True)
        assert answer.status_code == 200
        assert "could not be sent" in answer.content.decode()

    def test_a_double_submit_does_no_harm(self) -> None:
        browser = client(HEAD)
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher", "level": "3", "basis": ""}
        browser.post(self.url("add/"), typed)
        again = browser.post(self.url("add/"), typed)
        assert again.status_code == 422
        assert "is already on the register" in again.content.decode()
        with as_batch():
            assert RegisterLine.objects.filter(person__email="nadia@beckside.example").count() == 1

    def test_a_mistake_keeps_what_was_typed(self) -> None:
        typed = {"name": "Nadia New", "email": "nadia@", "role": "governor", "level": "2", "basis": ""}
        response = client(HEAD).post(self.url("add/"), typed)
        page = response.content.decode()
        assert response.status_code == 422
        assert 'value="Nadia New"' in page
        assert 'value="nadia@"' in page
        assert "There is a problem" in page

    def test_all_that_is_missing_is_said_at_once(self) -> None:
        """R34."""
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher", "level": "2", "basis": ""}
        page = client(HEAD).post(self.url("add/"), typed | {"ends_on": "1/9/2024"}).content.decode()
        assert "Say why this person needs pupil information." in page
        assert "The last day must be today or later." in page
        assert "Confirm that this person needs Level 2." in page

    def test_who_is_added_at_level_2_can_be_narrowed_from_what_is_said_of_it(self) -> None:
        """R35."""
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher", "basis": "teaches"}
        browser = client(HEAD)
        page = browser.post(self.url("add/"), typed | {"level": "2", "confirm": "on"}, follow=True).content.decode()
        with as_batch():
            line = RegisterLine.objects.get(person__email="nadia@beckside.example")
        banner = page[page.index("govuk-notification-banner__content") :][:600]
        assert f'href="{self.url(f"{line.pk}/narrow/")}">Narrow it to some year groups, or leave out contact' in banner
        typed |= {"name": "Lower <b>", "email": "lower@beckside.example", "level": "3"}
        page = browser.post(self.url("add/"), typed, follow=True).content.decode()
        assert "Narrow it to some year groups" not in page
        assert "<b>" not in page

    def test_why_level_2_is_needed_is_not_answered_beforehand(self) -> None:
        """R34: "Not needed at this level" stood chosen, under a question that only Level 2 is asked."""
        page = client(HEAD).get(self.url("add/")).content.decode()
        reasons = re.findall('<input[^>]*name="basis"[^>]*>', page)
        assert len(reasons) == len(RegisterLine.Basis.choices)
        assert not any("checked" in reason for reason in reasons)
        assert "With Level 2 you can choose year groups." in page

    def test_what_is_said_of_one_step_stands_in_one_banner(self) -> None:
        """R30: on a phone, two filled the screen before the register began."""
        typed = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher", "level": "3"}
        typed |= {"ends_on": f"{timezone.localdate() + timedelta(days=14):%d/%m/%Y}"}
        page = client(HEAD).post(self.url("add/"), typed, follow=True).content.decode()
        assert page.count('class="govuk-notification-banner__header"') == 1
        last = day_in_words(timezone.localdate() + timedelta(days=14))
        assert f"Nadia New is on the register at Level 3 until {last}, and cannot see anything until" in page
        assert "We have sent Nadia New an email." in page

    def test_raising_asks_for_the_confirmation(self) -> None:
        """R34."""
        browser, line = client(HEAD), line_of(GOVERNOR)
        typed = {"role": "governor", "level": "2", "basis": "heads_reason", "basis_words": "Safeguarding governor"}
        refused = browser.post(self.url(f"{line.pk}/"), typed)
        assert "Confirm that this person needs Level 2." in refused.content.decode()
        assert permissions(person(GOVERNOR)) == OPENED[3]
        assert browser.post(self.url(f"{line.pk}/"), typed | {"confirm": "on"}).status_code == 302
        assert permissions(person(GOVERNOR)) == OPENED[2]
        assert line.level_since < line_of(GOVERNOR).level_since == timezone.localdate()

    def test_named_staff_are_not_offered_level_1(self) -> None:
        assert 'name="level" value="1"' not in client(NAMED).get(self.url("add/")).content.decode()
        assert 'name="level" value="1"' in client(HEAD).get(self.url("add/")).content.decode()

    def test_withdrawing_twice(self) -> None:
        browser, line = client(HEAD), line_of(GOVERNOR)
        for _ in range(2):
            page = browser.post(self.url(f"{line.pk}/withdraw/"), {"because": "left"}, follow=True)
            assert "no longer has access here" in page.content.decode()
        assert permissions(person(GOVERNOR)) == set()

    def test_looking_changes_nothing(self) -> None:
        """A link that somebody is led to does nothing by itself."""
        browser, line = client(HEAD), line_of(GOVERNOR)
        assert browser.get(self.url(f"{line.pk}/withdraw/")).status_code == 200
        assert permissions(person(GOVERNOR)) == OPENED[3]

    def test_the_page_says_who_has_what_since_when_from_whom(self) -> None:
        """R36."""
        page = client(HEAD).get(self.url()).content.decode()
        for slug in (HEAD, NAMED, TEACHER, GOVERNOR):
            assert person(slug).name in page
        assert "given by" in page
        assert "Both places are taken" in page


def test_a_place_that_ends_is_free_from_the_next_day_on() -> None:
    """R32, R36: whoever comes in September is named in July, and nobody gives up a place before."""
    last, line = timezone.localdate() + timedelta(days=20), line_of("business-manager-beckside")
    entry = Entry(level=Level.ONE, role="office", ends_on=last, confirmed=True)
    register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=entry)
    with pytest.raises(CannotChange) as refused:
        add(level=Level.ONE, starts_on=last)
    assert refused.value.message == register.SEATS_TAKEN
    somebody = add(level=Level.ONE, starts_on=last + timedelta(days=1))
    with as_batch():
        assert RegisterLine.objects.get(person=somebody).seat == line.seat


class TestTheRecordOfIt:
    def test_what_only_the_head_may_do_is_a_refusal(self) -> None:
        """R43: a named member of staff who tries it is in the ledger."""
        with pytest.raises(CannotChange):
            add(by=NAMED, level=Level.ONE)
        with as_batch():
            row = LedgerEntry.objects.order_by("-id").first()
        assert (row.action, row.outcome, row.person_name) == ("give_access", "refused", person(NAMED).name)

    def test_every_change_is_in_the_ledger(self) -> None:
        """R43."""
        somebody = add()
        with as_batch():
            line = RegisterLine.objects.get(person=somebody)
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(role="governor"))
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")
        with pytest.raises(NotAtYourLevel):
            add(by=TEACHER)
        with as_batch():
            rows = LedgerEntry.objects.filter(urn=BECKSIDE).order_by("-id")[:4]
            told = [(row.action, row.outcome, row.person_name) for row in rows]
        head, teacher = person(HEAD).name, person(TEACHER).name
        assert told == [
            ("give_access", "refused", teacher),
            ("withdraw_access", "changed", head),
            ("change_access", "changed", head),
            ("give_access", "changed", head),
        ]

    def test_no_drift_after_all_this(self) -> None:
        """The permission rows are exactly what the lines, appointments and duties say."""
        free_a_seat()
        add(level=Level.ONE, role="teacher")
        register.withdraw_access(asker(HEAD), BECKSIDE, line_of(GOVERNOR).pk, because="")
        call_command("check_permissions")
