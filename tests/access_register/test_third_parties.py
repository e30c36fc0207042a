"""Third parties: a contract first, a named person under it, and an end (R24, R25, R44)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Contract, LineEvent, Person, RegisterLine
from access_register.register import history, register
from access_register.register.register import CannotChange, Entry
from access_register.register.stories import show_register_on
from access_register.sign_in import invitations
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment
from sharing.days import day_in_words
from sharing.door import show_establishment
from sharing.models import LedgerEntry
from tests.access_register.under_contract import (
    BECKSIDE,
    HEAD,
    NAMED,
    PAGE,
    RAVENSGILL,
    add,
    asker_of,
    contract,
    held,
    today,
)
from tests.people import accepts, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


class TestTheContract:
    def test_access_lasts_as_long_as_contract_and_line_both_do(self) -> None:
        """R25: it ends on the earlier of the two days."""
        longer, shorter = contract(), contract(last=10)
        assert held(add(longer, ends_on=today() + timedelta(30))) == {
            ("view_establishment", today(), today() + timedelta(30))
        }
        assert held(add(shorter, email="other@heron.example")) == {
            ("view_establishment", today(), today() + timedelta(10))
        }

    @pytest.mark.parametrize(
        ("last", "facts", "has_access"),
        [(0, {}, True), (-1, {}, False), (9, {"suspended_at": timezone.now(), "suspended_by_name": "Head"}, False)],
    )
    def test_the_page_says_whether_a_line_gives_access(self, last: int, facts: dict, has_access: bool) -> None:
        number = contract()
        somebody = add(number)
        with as_batch():
            line = RegisterLine.objects.get(person_id=somebody.person_id)
            line.starts_on, line.ends_on = today() - timedelta(9), today() + timedelta(last)
            for name, value in facts.items():
                setattr(line, name, value)
            line.save()
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        (shown,) = third_parties.show_contract(asker(HEAD), BECKSIDE, number).contract.people
        assert shown.has_access == has_access

    def test_one_that_is_sent_twice_is_on_record_once(self) -> None:
        """R30: a double click; another reference is another contract, and so is one after the first has ended."""
        first = contract()
        assert contract() == first
        assert contract(last=91) != first
        third_parties.end_contract(asker(HEAD), BECKSIDE, first)
        assert contract() != first

    def test_a_line_that_is_lengthened_does_not_outlast_the_contract(self) -> None:
        """R25: nor by the register's own page."""
        somebody = add(contract(last=10))
        with as_batch():
            line = RegisterLine.objects.get(person_id=somebody.person_id)
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(role="third_party"))
        assert {ends_on for _, _, ends_on in held(somebody)} == {today() + timedelta(10)}
        call_command("check_permissions")

    def test_a_line_without_a_last_day_ends_with_the_contract_and_is_named_under_the_next(self) -> None:
        """R25, R36: it stood on the register as if it went on, and kept its person from the contract renewed late."""
        number = contract(last=10)
        somebody = add(number)
        with as_batch():
            line = RegisterLine.objects.get(person_id=somebody.person_id)
        entry = Entry(role="third_party", ends_on=today() + timedelta(11))
        with pytest.raises(CannotChange, match="within the contract"):
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=entry)
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(role="third_party"))
        with as_batch():
            lines = RegisterLine.objects.filter(pk=line.pk)
            assert (lines.get().ends_on, lines.get().version) == (today() + timedelta(10), line.version)
            past = {"starts_on": today() - timedelta(20), "ends_on": F("ends_on") - timedelta(11)}
            lines.update(**past)
            Contract.objects.filter(pk=number).update(**past)
            grants.replace(f"line:{line.pk}", grants.of_line(lines.get()))
        assert add(contract(first=0)).person_id == somebody.person_id

    def test_before_its_first_day_nothing_is_open(self) -> None:
        """R25: a contract on file, with dates, before access starts."""
        somebody = add(contract(first=5))
        assert held(somebody) == {("view_establishment", today() + timedelta(5), today() + timedelta(90))}
        with pytest.raises(NotYourEstablishment):
            show_establishment(somebody, BECKSIDE)

    def test_without_a_contract_a_line_opens_nothing(self) -> None:
        """R25: whoever writes the line."""
        with as_batch():
            line = RegisterLine.objects.get(person=person("third-party-beckside"))
            line.contract = None
            assert list(grants.of_line(line)) == []

    def test_an_ended_contract_closes_at_once(self) -> None:
        """R25, R44: on the next request of somebody signed in; and they are asked for a certificate."""
        browser = client("third-party-beckside")
        assert browser.get(f"/establishments/{BECKSIDE}/").status_code == 200
        with as_batch():
            number = Contract.objects.get(reference="BR-14").pk
        asked = client(HEAD).get(f"{PAGE}{number}/end/").content.decode()
        assert "You cannot undo this" in asked
        assert person("third-party-beckside").name in asked
        assert "has ended" in client(HEAD).post(f"{PAGE}{number}/end/", {"sure": "on"}, follow=True).content.decode()
        assert browser.get(f"/establishments/{BECKSIDE}/").status_code == 404
        with pytest.raises(CannotChange, match="is over"):
            add(number)
        call_command("check_permissions")

    @pytest.mark.parametrize("then", [5, 30, 200])
    def test_another_last_day_goes_for_all_who_had_the_one_before(self, then: int) -> None:
        """R25, R36: sooner or later. A last day of somebody's own stays, unless the contract ends before it."""
        number = contract()
        whole, own = add(number), add(number, email="own@heron.example", ends_on=today() + timedelta(20))
        without = add(number, email="without@heron.example")
        with as_batch():
            line = RegisterLine.objects.get(person_id=without.person_id)
        register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=Entry(role="third_party"))
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(then))
        for somebody, last in ((whole, then), (without, then), (own, min(20, then))):
            assert held(somebody) == {("view_establishment", today(), today() + timedelta(last))}
        call_command("check_permissions")
        with as_batch():
            line = RegisterLine.objects.get(person_id=whole.person_id)
            assert line.ends_on == today() + timedelta(then)
            told = LineEvent.objects.filter(line=line).latest("pk")
            about = LedgerEntry.objects.get(action="change_contract").about
        assert (told.what, told.after) == ("changed", history.facts(line))
        assert "last day from" in told.words
        assert about["before"] == [str(today()), str(today() + timedelta(90))]

    def test_a_last_day_of_ones_own_is_back_once_the_contract_lasts_long_enough_again(self) -> None:
        """R25, R36: a contract was shortened by a slip, and put back. Until now the person had access to its end. A day
        that the head has given meanwhile stays."""
        number = contract()
        own, given = (
            add(number, email=f"{name}@heron.example", ends_on=today() + timedelta(20)) for name in ("own", "given")
        )
        follows = add(number)
        for last in (10, 5, 15):
            third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(last))
            assert {ends_on for somebody in (own, follows) for _, _, ends_on in held(somebody)} == {
                today() + timedelta(last)
            }
        with as_batch():
            line = RegisterLine.objects.get(person_id=given.person_id)
        for level in (Level.THREE, Level.THREE):
            entry = Entry(level, role="third_party", ends_on=today() + timedelta(12))
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=entry)
        register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="")
        register.resume_access(asker(HEAD), BECKSIDE, line.pk)
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(90))
        for somebody, last in ((own, 20), (given, 12), (follows, 90)):
            assert held(somebody) == {("view_establishment", today(), today() + timedelta(last))}
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(91))
        assert {ends_on for _, _, ends_on in held(own)} == {today() + timedelta(20)}
        call_command("check_permissions")

    def test_a_last_day_of_ones_own_is_kept_where_the_contract_came_to_end_on_it(self) -> None:
        """R25, R36: on the way back the contract ended on that very day, and the person went on to its end."""
        number = contract()
        own = add(number, ends_on=today() + timedelta(20))
        for last, until in ((10, 10), (20, 20), (90, 20)):
            third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(last))
            assert held(own) == {("view_establishment", today(), today() + timedelta(until))}

    @pytest.mark.parametrize(("before", "then"), [(5, 0), (5, 9), (5, -3)])
    def test_another_first_day_before_anybody_was_let_in(self, before: int, then: int) -> None:
        """R25, R36: sooner or later; whoever is named under it has access from that day, and not before today."""
        number = contract(first=before)
        somebody = add(number)
        page = client(HEAD).get(f"{PAGE}{number}/").content.decode()
        assert "Change the first or last day" in page
        days = {"starts_on": f"{today() + timedelta(then):%d/%m/%Y}", "on": f"{today() + timedelta(90):%d/%m/%Y}"}
        assert client(HEAD).post(f"{PAGE}{number}/last-day/", days).status_code == 302
        first = today() + timedelta(max(0, then))
        assert held(somebody) == {("view_establishment", first, today() + timedelta(90))}
        call_command("check_permissions")
        with as_batch():
            line = RegisterLine.objects.get(person_id=somebody.person_id)
            assert line.starts_on == first
            assert "first day from" in LineEvent.objects.filter(line=line).latest("pk").words
            assert Contract.objects.get(pk=number).starts_on == today() + timedelta(then)

    def test_the_first_day_stays_once_it_has_let_somebody_in(self) -> None:
        """R25, R43: who had access when stays as it was. Without people it is changed."""
        number, day = contract(), today() + timedelta(3)
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(90), starts_on=day)
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(90), starts_on=today())
        add(number)
        with pytest.raises(CannotChange, match="that day cannot change") as refused:
            third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(90), starts_on=day)
        assert refused.value.field == "starts_on"
        assert 'name="starts_on"' not in client(HEAD).get(f"{PAGE}{number}/last-day/").content.decode()

    def test_nobody_s_last_day_comes_to_lie_before_the_first(self) -> None:
        """R25."""
        number = contract(first=5)
        add(number, ends_on=today() + timedelta(8))
        with pytest.raises(CannotChange, match="has a last day before this one"):
            third_parties.change_contract(
                asker(HEAD), BECKSIDE, number, on=today() + timedelta(90), starts_on=today() + timedelta(9)
            )

    def test_a_last_day_that_is_over_is_not_changed_and_none_is_set_in_the_past(self) -> None:
        """R25: whoever has lost sight does not get it back by this."""
        number = contract(last=1)
        with pytest.raises(CannotChange, match="today or later"):
            third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() - timedelta(1))
        later = contract(first=5)
        with pytest.raises(CannotChange, match="not before the first"):
            third_parties.change_contract(asker(HEAD), BECKSIDE, later, on=today() + timedelta(4))
        with as_batch():
            Contract.objects.filter(pk=number).update(starts_on=today() - timedelta(9), ends_on=today() - timedelta(1))
        with pytest.raises(CannotChange, match="is over"):
            third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(9))

    def test_a_contract_that_is_over_or_upside_down_is_refused(self) -> None:
        for first, last in ((-20, -1), (5, 4)):
            with pytest.raises(CannotChange) as refused:
                contract(first, last)
            assert refused.value.field == "ends_on"


class TestThePerson:
    def test_on_its_last_day_it_is_in_force(self) -> None:
        """R25."""
        assert held(add(contract(last=0))) == {("view_establishment", today(), today())}

    def test_a_check_that_is_still_to_come_is_none(self) -> None:
        """R25: neither with the contract nor afterwards."""
        tomorrow = today() + timedelta(days=1)
        terms = Terms("Heron Psychology", "HP-1", "Clause 7", today(), tomorrow, dbs_confirmed_on=tomorrow)
        with pytest.raises(CannotChange, match="must have been confirmed by today"):
            third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms)
        with pytest.raises(CannotChange, match="must have been confirmed by today"):
            third_parties.record_dbs(asker(HEAD), BECKSIDE, contract(), on=tomorrow)

    def test_who_heads_two_schools_finds_it_at_its_own_alone(self) -> None:
        """R6."""
        head = asker("head-ravensgill")
        terms = Terms("Heron Psychology", "HP-1", "Clause 7", today(), today())
        number = third_parties.record_contract(head, RAVENSGILL, terms=terms)
        assert third_parties.show_contract(head, RAVENSGILL, number).contract.id == number
        with pytest.raises(NoSuchRecord):
            third_parties.show_contract(head, 999001, number)

    def test_any_last_day_from_today_to_that_of_the_contract(self) -> None:
        """R25: on the register's own page."""
        somebody = add(contract())
        for days in (0, 90):
            with as_batch():
                line = RegisterLine.objects.get(person=somebody.person_id)
            entry = Entry(role="third_party", ends_on=today() + timedelta(days))
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=entry)
            assert {ends_on for _, _, ends_on in held(somebody)} == {entry.ends_on}

    def test_a_line_without_a_last_day_ends_with_the_contract(self) -> None:
        """R25: also once the contract ends on another day."""
        number = contract()
        somebody = add(number)
        with as_batch():
            RegisterLine.objects.filter(person=somebody.person_id).update(ends_on=None)
        third_parties.change_contract(asker(HEAD), BECKSIDE, number, on=today() + timedelta(40))
        assert {ends_on for _, _, ends_on in held(somebody)} == {today() + timedelta(40)}

    def test_level_3_by_default_level_2_with_a_check_level_1_never(self) -> None:
        """R24, R25."""
        number = contract()
        with pytest.raises(CannotChange, match="DBS"):
            add(number, level=Level.TWO, basis_words="Assesses children")
        with pytest.raises(CannotChange, match="Level 1"):
            add(number, level=Level.ONE)
        third_parties.record_dbs(asker(HEAD), BECKSIDE, number, on=today())
        with pytest.raises(CannotChange, match="Say why"):
            add(number, level=Level.TWO)
        somebody = add(number, level=Level.TWO, basis_words="Assesses children")
        assert {codename for codename, _, _ in held(somebody)} == {"view_establishment", "view_pupils"}
        add(number, name="Ida Heron", email="ida@heron.example", ends_on=today())
        with as_batch():
            assert RegisterLine.objects.get(person=somebody.person_id).basis_in_words == "Assesses children"

    def test_raising_on_the_register_needs_the_check_too(self) -> None:
        """R25: the register's own page, and PostgreSQL for any other way."""
        somebody = add(contract())
        with as_batch():
            line = RegisterLine.objects.get(person_id=somebody.person_id)
        raised = Entry(Level.TWO, "third_party", "heads_reason", "Assesses children", confirmed=True)
        with pytest.raises(CannotChange, match="DBS"):
            register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=raised)
        with pytest.raises(DatabaseError), as_batch(), transaction.atomic():
            RegisterLine.objects.filter(pk=line.pk).update(level=2)

    def test_no_webmail(self) -> None:
        """R25."""
        with pytest.raises(CannotChange) as refused:
            add(contract(), email="hal.heron@GMAIL.com")
        assert refused.value.field == "email"

    def test_they_give_nobody_access_and_see_no_register(self) -> None:
        """R24: no onward granting."""
        number = contract(dbs=True)
        somebody = add(number, level=Level.TWO, basis_words="Assesses children")
        for attempt in (
            lambda: third_parties.show_third_parties(somebody, BECKSIDE),
            lambda: register.give_access(somebody, BECKSIDE, name="x", email="x@heron.example", entry=Entry()),
            lambda: third_parties.add_third_party(
                somebody, BECKSIDE, number, name="x", email="x@heron.example", level=Level.THREE
            ),
        ):
            with pytest.raises(NotAtYourLevel):
                attempt()

    def test_named_staff_may_and_another_school_may_not(self) -> None:
        """R33: Level 1 keeps the register; a contract is found at its own establishment only."""
        number = contract(by=NAMED)
        add(number, by=NAMED)
        with pytest.raises(NoSuchRecord):
            third_parties.show_contract(asker("head-ravensgill"), RAVENSGILL, number)
        with pytest.raises(NotYourEstablishment):
            third_parties.show_contract(asker("head-ravensgill"), BECKSIDE, number)

    def test_nobody_is_added_twice(self) -> None:
        number = contract()
        add(number)
        with pytest.raises(CannotChange) as refused:
            add(number)
        assert refused.value.field == "email"

    def test_a_refused_person_leaves_no_account_behind(self) -> None:
        typed = {"name": "N", "email": "nobody@heron.example", "ends_on": today() + timedelta(400)}
        with pytest.raises(CannotChange):
            third_parties.add_third_party(asker(HEAD), BECKSIDE, contract(), level=Level.THREE, **typed)
        assert not Person.objects.filter(email="nobody@heron.example").exists()


class TestTheHistory:
    def test_people_are_in_the_order_of_their_names(self) -> None:
        """R24, R36: as on every other list; Łukasz was after Zoë, and a name in small letters after both."""
        number, names = contract(), ["adam Heron", "Łukasz Heron", "Zoë Heron"]
        for place, name in enumerate(reversed(names)):
            add(number, name=name, email=f"{place}@heron.example")
        people = third_parties.show_contract(asker(HEAD), BECKSIDE, number).contract.people
        assert [one.name for one in people] == names
        then = show_register_on(asker(HEAD), BECKSIDE, day=today()).lines
        assert [line.name for line in then if "Heron" in line.name] == names

    def test_added_and_ended_the_story_says_so(self) -> None:
        """R36: and the register of a day before is as it was."""
        number = contract()
        add(number)
        assert "Hal Heron" in {line.name for line in show_register_on(asker(HEAD), BECKSIDE, day=today()).lines}
        third_parties.end_contract(asker(HEAD), BECKSIDE, number)
        assert "Hal Heron" not in {line.name for line in show_register_on(asker(HEAD), BECKSIDE, day=today()).lines}
        with as_batch():
            line = RegisterLine.objects.get(contract_id=number)
            events = LineEvent.objects.filter(line=line).order_by("at", "pk")
            assert [event.what for event in events] == ["given", "withdrawn"]
            assert events[1].after == history.facts(line)
            assert "The contract has ended" in events[1].words


def test_an_account_of_another_name_is_asked_about_first() -> None:
    """R25, R44: a slip in the address, as on the register itself. Without its name."""
    browser, page, known = client(HEAD), f"{PAGE}{contract()}/add/", person("teacher-oxenby")
    typed = {"name": "Hal Heron", "email": known.email, "level": "3"}
    asked = browser.post(page, typed)
    assert (asked.status_code, known.name in asked.content.decode()) == (422, False)
    assert 'type="checkbox" name="other_name"' in asked.content.decode()
    assert browser.post(page, typed | {"other_name": "on"}).status_code == 302


@pytest.mark.parametrize("slug", ["third-party-beckside", "office-beckside"])
def test_who_is_on_the_register_otherwise_is_named_by_doing_what_the_refusal_says(slug: str) -> None:
    """R24, R25: as where the next contract is recorded before the last has ended. No line is changed into another."""
    browser, page, known = client(HEAD), f"{PAGE}{contract()}/add/", person(slug)
    typed = {"name": known.name, "email": known.email, "level": "3"}
    refused = browser.post(page, typed).content.decode()
    assert "and not under this contract. Withdraw that line first, or wait until it has ended." in refused
    with as_batch():
        line = RegisterLine.objects.get(person=known, establishment__urn=BECKSIDE)
    assert browser.post(f"/establishments/{BECKSIDE}/register/{line.pk}/withdraw/", {"because": ""}).status_code == 302
    assert browser.post(page, typed).status_code == 302
    assert "already on the register. Change their line" in browser.post(page, typed).content.decode()


def test_who_is_named_under_a_contract_is_named_under_the_next_before_it_begins() -> None:
    """R25: nobody loses a day, and nobody is asked to withdraw somebody for it."""
    one, follows, overlaps = contract(last=10), contract(first=11), contract(first=10)
    hal = add(one)
    with pytest.raises(CannotChange, match="and not under this contract"):
        add(overlaps)
    assert add(follows).person_id == hal.person_id
    with as_batch():
        lines = RegisterLine.objects.filter(person=hal.person_id, withdrawn_at=None).order_by("starts_on")
        assert [(line.contract_id, line.starts_on) for line in lines] == [
            (one, today()), (follows, today() + timedelta(11)),
        ]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "says"), [(0, -1, "today"), (20, 9, "its first day"), (0, 400, "within")])
def test_a_last_day_that_does_not_fit_is_refused_for_what_is_wrong_with_it(first: int, last: int, says: str) -> None:
    """R25: one before the first day lies well before the end of the contract."""
    with pytest.raises(CannotChange) as refused:
        add(contract(first=first), ends_on=today() + timedelta(last))
    begins = day_in_words(today() + timedelta(first)) if says == "its first day" else says
    within = refused.value.message.startswith("The last day must be within the contract, which ends on ")
    assert within if says == "within" else refused.value.message == f"The last day must be {begins} or later."


def test_a_form_that_lacks_something_is_told_all_of_it_at_once() -> None:
    """R25, R34, R30: the name, the safeguarding check, the reason, the address, the last day and the confirmation."""
    typed = {"name": "", "email": "hal@gmail.com", "level": "2", "basis_words": "", "ends_on": "1/9/2020"}
    told = client(HEAD).post(f"{PAGE}{contract()}/add/", typed)
    assert told.status_code == 422
    assert set(told.context["form"].errors) == {"name", "email", "level", "basis_words", "ends_on", "confirm"}
    assert 'value="hal@gmail.com"' in told.content.decode()


class TestInvited:
    def invited(self, first: int = 0) -> tuple[int, RegisterLine, str]:
        number = contract(first=first)
        typed = {"name": "Ned New", "email": "ned@heron.example", "level": Level.THREE}
        given = third_parties.add_third_party(asker(HEAD), BECKSIDE, number, **typed)
        assert given.awaits
        assert given.told
        with as_batch():
            line = RegisterLine.objects.get(person=given.person)
        return number, line, mail.outbox[-1].body.split("/invitation/")[1].split("/")[0]

    @pytest.mark.parametrize("first", [0, 5])
    def test_nothing_is_open_before_they_accept_then_the_days_of_the_contract(self, first: int) -> None:
        """A9, R25."""
        _, line, token = self.invited(first)
        somebody = asker_of(accepts(line.person))
        assert {starts for _, starts, _ in held(somebody)} == {grants.NOT_YET}
        invitations.accept(token, password="a password of their own", asker=None)
        assert held(somebody) == {("view_establishment", today() + timedelta(first), today() + timedelta(90))}
        call_command("check_permissions")

    def test_the_page_of_the_contract_says_that_they_have_not_accepted(self) -> None:
        number = contract()
        third_parties.add_third_party(
            asker(HEAD), BECKSIDE, number, name="Hal Heron", email="hal@heron.example", level=Level.THREE
        )
        (somebody,) = third_parties.show_contract(asker(HEAD), BECKSIDE, number).contract.people
        assert (somebody.has_access, somebody.awaits) == (False, True)
        assert "Invited to Level 3, and has not accepted yet" in client(HEAD).get(f"{PAGE}{number}/").content.decode()

    def test_the_link_ends_with_the_contract(self) -> None:
        """R25, R44."""
        number, _, token = self.invited()
        third_parties.end_contract(asker(HEAD), BECKSIDE, number)
        assert invitations.accept(token, password="a password of their own", asker=None) is None
        call_command("check_permissions")


class TestInTheBrowser:
    def test_from_the_contract_to_the_person(self) -> None:
        """R24, R25: and somebody new is invited."""
        assert "You can change the days later." in client(HEAD).get(f"{PAGE}add/").content.decode()
        browser = client(HEAD)
        days = {"starts_on": today().strftime("%d/%m/%Y"), "ends_on": (today() + timedelta(9)).strftime("%d/%m/%Y")}
        page = browser.post(
            f"{PAGE}add/", {"organisation": "Heron", "reference": "HP-1", "clause": "7"} | days, follow=True
        )
        assert "The contract is on record" in page.content.decode()
        with as_batch():
            number = Contract.objects.get(reference="HP-1").pk
        typed = {"name": "Hal Heron", "email": "hal@heron.example", "level": "2", "basis_words": "Assesses"}
        refused = browser.post(f"{PAGE}{number}/add/", typed)
        assert "Confirm that this person needs Level 2." in refused.content.decode()
        refused = browser.post(f"{PAGE}{number}/add/", typed | {"confirm": "on"})
        assert "safeguarding (DBS) check" in refused.content.decode()
        browser.post(f"{PAGE}{number}/dbs/", {"on": today().strftime("%d/%m/%Y")})
        page = browser.post(f"{PAGE}{number}/add/", typed | {"confirm": "on"}, follow=True).content.decode()
        assert "Hal Heron is on the register at Level 2, and cannot see anything until they accept" in page
        assert "Narrow it to some year groups, or leave out contact details" in page
        assert [letter.to for letter in mail.outbox] == [["hal@heron.example"]]
        known = person("teacher-oxenby")
        typed |= {"name": known.name, "email": known.email, "level": "3"}
        page = browser.post(f"{PAGE}{number}/add/", typed, follow=True).content.decode()
        assert f"{known.name} is on the register at Level 3." in page
