"""Joiners, leavers and children missing education: who may say so, and who sees what of them (R5, R8, R9)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.authorise import Asker
from sharing.crypto import blind_index
from sharing.days import day_in_words
from sharing.demo.days import year_start
from sharing.grace import kept_until
from sharing.models import LedgerEntry, Pupil, Transfer
from sharing.pages.transfer_forms import LeftForm
from sharing.upn import make_upn
from tests import factories
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    OXENBY,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    asserted,
    day,
    from_outside,
    on_roll,
    refusal,
    sees,
    shift,
)

pytestmark = pytest.mark.django_db


class TestLeaving:
    @pytest.mark.parametrize(
        ("slug", "through", "outcome"),
        [
            (SENDER, SCHOOLS_ONLINE, "done"),
            ("teacher-beckside", SCHOOLS_ONLINE, "403"),
            (RECEIVER, SCHOOLS_ONLINE, "404"),
            (ADMISSIONS, EDUNET, "done"),
            ("officer-school-improvement", EDUNET, "403"),
        ],
    )
    def test_who_may_say_that_a_child_has_left(self, slug: str, through, outcome: str) -> None:
        pupil, somebody = on_roll(), asker(slug, through)
        leave = lambda: door.end_enrolment(somebody, BECKSIDE, pupil.pk, last_day=day(-1), reason="EL")  # noqa: E731
        assert refusal(leave) == outcome
        assert sees(SENDER, BECKSIDE, pupil.pk) is (outcome != "done")

    @pytest.mark.parametrize(("offset", "outcome"), [(-366, "days"), (-365, "done"), (366, "done"), (367, "days")])
    def test_the_last_day(self, offset: int, outcome: str) -> None:
        pupil, head = on_roll(), asker(SENDER)
        leave = lambda: door.end_enrolment(head, BECKSIDE, pupil.pk, last_day=day(offset), reason="EL")  # noqa: E731
        assert refusal(leave) == outcome

    def test_a_last_day_to_come_can_be_changed(self) -> None:
        pupil, head = on_roll(), asker(SENDER)
        for offset in (10, 20):
            door.end_enrolment(head, BECKSIDE, pupil.pk, last_day=day(offset), reason="NT", destination="Oxenby")
        assert door.show_leaving(head, BECKSIDE, pupil.pk).stay.ends_on == day(20)

    def test_a_last_day_to_come_is_taken_back(self) -> None:
        """R5, R43: by the same person or another who keeps the records; not once it is over, and once in the ledger."""
        pupil, head, address = on_roll(), client(SENDER), "/establishments/{}/pupils/{}/left/"
        left = address.format(BECKSIDE, pupil.pk)
        assert "Remove the last day" not in head.get(left).content.decode()
        head.post(left, {"last_day": f"{day(0):%d/%m/%Y}", "reason": "EL"})
        assert "Remove the last day" in head.get(left).content.decode()
        for _ in range(2):  # a second click
            said = head.post(left, {"stays": "yes"}, follow=True).content.decode()
            assert "Child Mover stays. No last day is recorded." in said
        stay = door.show_leaving(asker(SENDER), BECKSIDE, pupil.pk).stay
        assert (stay.ends_on, stay.leaving_reason, stay.destination) == (None, "", "")
        with as_batch():
            rows = LedgerEntry.objects.filter(action="take_back_leaving").order_by("pk")
            assert [row.outcome for row in rows] == ["changed", "shown"]
            assert rows[0].about["before"] == str(day(0))
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="EL")
        assert head.post(left, {"stays": "yes"}).status_code == 404
        for slug, status in (("teacher-beckside", 403), (RECEIVER, 404)):
            assert client(slug).post(address.format(BECKSIDE, on_roll().pk), {"stays": "yes"}).status_code == status

    @pytest.mark.parametrize("ago", [1, 30])
    def test_a_last_day_that_is_past_is_asked_about_first(self, ago: int) -> None:
        """R8: a year mistyped took the record away at once, and no page brought it back. Nobody owes a file."""
        pupil, head, gone = on_roll(), client(SENDER), day(-ago)
        left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
        typed, looked = {"last_day": f"{gone:%d/%m/%Y}", "reason": "EL"}, f'name="looked" value="{gone}"'
        for before in ({}, {"looked": f"{day(-31)}"}):
            asked = head.post(left, typed | before)
            assert asked.status_code == 422
            assert "you will no longer see the record of Child Mover" in asked.content.decode()
            assert looked in asked.content.decode()
            assert sees(SENDER, BECKSIDE, pupil.pk)
        done = head.post(left, typed | {"looked": f"{gone}"}, follow=True).content.decode()
        assert "ask Admissions to tell you about the child again" in done
        assert not sees(SENDER, BECKSIDE, pupil.pk)

    def test_a_day_to_come_is_not_said_to_hide_the_child(self) -> None:
        pupil, head = on_roll(), client(SENDER)
        typed = {"last_day": f"{day(9):%d/%m/%Y}", "reason": "PM"}
        done = head.post(f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/", typed, follow=True).text
        assert "The last day of Child Mover is recorded." in done
        assert "You can no longer see" not in done
        assert "You can see the record until" not in done
        assert sees(SENDER, BECKSIDE, pupil.pk)

    def test_a_past_day_does_not_yet_hide_a_child_whose_transfer_file_has_to_be_sent(self) -> None:
        """R8: it was said that the record is gone, while it is seen and the file is asked for."""
        pupil, head = on_roll(), client(SENDER)
        agreed(pupil)
        left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
        hidden, gone = "you will no longer see the record of Child Mover", day(-1)
        until = kept_until(gone)
        assert until
        told = head.post(left, {"last_day": f"{day(-90):%d/%m/%Y}", "reason": "PM"}).content.decode()
        assert hidden in told
        typed = {"last_day": f"{gone:%d/%m/%Y}", "reason": "PM"}
        told = head.post(left, typed).content.decode()
        assert hidden not in told
        assert f"You will see the record of Child Mover until {day_in_words(until)}, to send the transfer" in told
        done = head.post(left, typed | {"looked": f"{gone}"}, follow=True).content.decode()
        assert "You can no longer see the record" not in done
        assert f"You can see the record until {day_in_words(until)}, to send the transfer file." in done
        assert sees(SENDER, BECKSIDE, pupil.pk)

    @pytest.mark.parametrize(("later", "is_seen"), [(0, True), (1, False)])
    def test_the_day_until_which_it_is_seen_is_the_last_one(self, later: int, is_seen: bool) -> None:
        """R8: said up to that day, and not beyond it."""
        until = kept_until(date(2026, 3, 2))
        assert until
        with time_machine.travel(datetime.combine(until + timedelta(days=later), time(12), tzinfo=UTC)):
            typed = {"last_day": "2/3/2026", "reason": "PM"}
            form = LeftForm(typed, name="Child Mover", since=date(2025, 9, 1), owes_file=True, may_owe_outside=False)
            form.is_valid()
            assert form.seen_until == (until if is_seen else None)

    def test_a_past_day_hides_a_child_whose_transfer_file_was_made_before(self) -> None:
        """R8: it was said that the record is seen for days to come, to send the file, and it was gone."""
        pupil, head = on_roll(), client(SENDER)
        transfer = agreed(pupil)
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now() - timedelta(days=2))
        left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
        words = "The transfer file was made, so you can no longer see the record after the last day."
        assert words in head.get(left).content.decode()
        typed = {"last_day": f"{day(-1):%d/%m/%Y}", "reason": "PM"}
        assert "you will no longer see the record of Child Mover" in head.post(left, typed).content.decode()
        done = head.post(left, typed | {"looked": f"{day(-1)}"}, follow=True).content.decode()
        assert "You can no longer see the record." in done
        assert not sees(SENDER, BECKSIDE, pupil.pk)

    def test_who_has_left_by_mistake_comes_back_when_admissions_tells_of_the_child(self) -> None:
        """R7: to the record that was there, as the page says."""
        pupil = on_roll()
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="EL")
        told = {"forename": "Child", "surname": "Mover", "born_on": date(2017, 3, 2), "sex": "F", "year_group": "4"}
        to = {"to": BECKSIDE, "expected_on": day(0), "upn": pupil.upn, "from_name": ""}
        door.tell_from_outside(asker(ADMISSIONS, EDUNET), **to, **told)
        with as_batch():
            transfer = Transfer.objects.latest("pk")
        assert door.accept_transfer(asker(SENDER), BECKSIDE, transfer.pk) == pupil.pk
        door.say_arrived(asker(SENDER), BECKSIDE, transfer.pk, on=day(0), kind="C")
        assert sees(SENDER, BECKSIDE, pupil.pk)

    def test_who_has_arrived_by_mistake_goes_back_by_a_transfer(self) -> None:
        """R7: as the page says before."""
        pupil = on_roll()
        transfer = agreed(pupil)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        with as_batch():
            copy = Transfer.objects.get(pk=transfer.pk).pupil
        assert copy
        door.begin_transfer(asker(RECEIVER), RAVENSGILL, copy.pk, to=BECKSIDE, expected_on=day(0))
        with as_batch():
            back = Transfer.objects.latest("pk")
        assert door.accept_transfer(asker(SENDER), BECKSIDE, back.pk) == pupil.pk
        door.say_arrived(asker(SENDER), BECKSIDE, back.pk, on=day(0), kind="C")
        assert sees(SENDER, BECKSIDE, pupil.pk)

    def test_a_stay_that_was_cancelled_is_not_the_one_of_today(self) -> None:
        pupil, head = on_roll(), asker(SENDER)
        today = door.show_leaving(head, BECKSIDE, pupil.pk).stay
        factories.enrolment(pupil, day(0), cancelled_at=timezone.now())
        assert door.show_leaving(head, BECKSIDE, pupil.pk).stay == today

    def test_only_a_school_that_has_agreed_is_told_of(self) -> None:
        head, waiting, moving = asker(SENDER), on_roll(), on_roll()
        asserted(waiting)
        agreed(moving)
        told = [door.show_leaving(head, BECKSIDE, pupil.pk).is_agreed_elsewhere for pupil in (waiting, moving)]
        assert told == [False, True]


class TestMoves:
    def test_leavers_are_a_number_and_those_in_grace_a_name(self) -> None:
        """R8: their names are not the old establishment's to see."""
        head = asker(SENDER)
        before = door.show_moves(head, BECKSIDE, since=day(-30)).left or 0
        gone, moved = on_roll(surname="Gone"), on_roll(surname="Moved")
        transfer = agreed(moved)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        door.end_enrolment(head, BECKSIDE, gone.pk, last_day=day(-1), reason="OR")
        page = door.show_moves(head, BECKSIDE, since=day(-30))
        assert page.left == before + 2
        assert "Child Moved" in {move.name for move in page.in_grace}
        everything = (*page.joined, *page.coming, *page.to_leave, *page.in_grace)
        assert "Child Gone" not in {move.name for move in everything}

    def test_joiners_coming_and_to_leave(self) -> None:
        joined = factories.pupil(BECKSIDE, surname="Joined")
        factories.enrolment(joined, day(-2))
        leaver = on_roll(surname="Leaver")
        door.end_enrolment(asker(SENDER), BECKSIDE, leaver.pk, last_day=day(3), reason="NT", destination="Oxenby")
        page = door.show_moves(asker("teacher-beckside"), BECKSIDE, since=day(-5))
        assert "Child Joined" in {move.name for move in page.joined}
        assert "Moved to another school at the usual time. Oxenby" in {move.words for move in page.to_leave}
        agreed()
        assert "Child Mover" in {move.name for move in door.show_moves(asker(RECEIVER), RAVENSGILL).coming}

    def test_who_left_twice_is_counted_once_and_a_cancelled_stay_not_at_all(self) -> None:
        """R8, R31: on the page, and on the dashboard, which counts since the school year began; of this school only."""
        head, officer = asker(SENDER), asker(ADMISSIONS, EDUNET)

        def told(who: Asker) -> tuple[int, int, list[str]]:
            page = door.show_moves(who, BECKSIDE, since=day(-30))
            (roll,) = (tile for tile in door.show_dashboard(who, BECKSIDE).tiles if tile.key == "roll")
            return page.joined.total, page.left or 0, [reading.text for reading in roll.readings]

        joined, left, (roll, joined_this_year, left_this_year) = told(head)
        begun = door.show_moves(head, BECKSIDE).since
        assert begun == year_start(day(0))
        twice, never, in_grace = factories.pupil(BECKSIDE), on_roll(), on_roll()
        door.say_arrived(asker(RECEIVER), RAVENSGILL, agreed(in_grace).pk, on=day(0), kind="C")
        for first, last in ((day(-20), day(-9)), (day(-8), day(-1))):
            factories.enrolment(twice, first, last)
            factories.enrolment(factories.pupil(RAVENSGILL), first, last)
        for first, last in ((day(-3), None), (day(-90), day(-1))):
            factories.enrolment(never, first, last, cancelled_at=timezone.now())
        of_the_year = [str(int(roll) + 1), joined_this_year, str(int(left_this_year) + 2 * (begun <= day(-1)))]
        assert told(head) == told(officer) == (joined, left + 2, of_the_year)


class TestMissing:
    @staticmethod
    def _names(slug: str = ADMISSIONS) -> set[str]:
        found, number = set(), 1
        while True:
            page = door.list_missing(asker(slug, EDUNET), number=number).page
            found |= {child.name for child in page}
            if number >= page.pages:
                return found
            number += 1

    def _leaver(self, **facts) -> Pupil:
        pupil = on_roll(**facts)
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="UK")
        return pupil

    def test_a_child_whom_nobody_has(self) -> None:
        self._leaver(surname="Nowhere")
        assert "Child Nowhere" in self._names()

    def test_a_child_who_has_died_is_not_looked_for(self) -> None:
        """R9: whichever of two registers says so. One of an earlier day that was wrong hides nobody who left later."""
        here, both, back = on_roll(surname="Dead"), on_roll(surname="Twofold"), on_roll(surname="Back")
        for pupil in (here, both):
            door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-2), reason="DD")
        door.end_enrolment(asker(SENDER), BECKSIDE, back.pk, last_day=day(-9), reason="DD")
        for pupil, since in ((both, day(-30)), (back, day(-5))):
            there = factories.pupil(RAVENSGILL, child=pupil.child, surname=pupil.surname)
            factories.enrolment(there, since, day(-1))
        assert {"Child Dead", "Child Twofold", "Child Back"} & self._names() == {"Child Back"}

    def test_where_it_takes_longer_than_a_page_may(self) -> None:
        """R9: every stay of the community is read, which takes seconds in a large authority while all are at work."""
        self._leaver(surname="Nowhere")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("""
                CREATE OR REPLACE FUNCTION sharing_is_on_the_way(transfer sharing_transfer) RETURNS boolean
                LANGUAGE plpgsql AS $$ BEGIN
                    IF current_setting('test.waited', true) IS NULL THEN PERFORM pg_sleep(2.2); END IF;
                    PERFORM set_config('test.waited', 'yes', true);
                    RETURN false;
                END $$""")
        assert "Child Nowhere" in self._names()

    def test_a_page_that_is_not_there_is_the_first_one(self) -> None:
        """R9, R43: and the ledger has whose records it showed, and of how many."""
        child = self._leaver(surname="Nowhere")
        page = door.list_missing(asker(ADMISSIONS, EDUNET), number=99).page
        assert (page.number, page.total) == (1, len(page.rows))
        assert "Child Nowhere" in {missing.name for missing in page}
        with as_batch():
            entry = LedgerEntry.objects.filter(action="list_missing").latest("pk")
        assert (len(entry.about["pupils"]), entry.about["of"]) == (page.total, page.total)
        assert str(child.pk) in entry.about["pupils"]

    def test_page_0_in_an_address_is_the_first_one(self) -> None:
        """R9, R30: the database, which cuts this list into pages itself, has no page before it."""
        self._leaver(surname="Nowhere")
        page = client(ADMISSIONS, EDUNET).get("/children-missing/?page=0")
        assert (page.status_code, "Child Nowhere" in page.content.decode()) == (200, True)

    def test_a_year_group_that_nobody_told_is_not_spoken_of(self) -> None:
        """R9: a return may leave it out."""
        for surname, year_group in (("Yearless", ""), ("Yeared", "4")):
            self._leaver(surname=surname, year_group=year_group)
        page = client(ADMISSIONS, EDUNET).get("/children-missing/").content.decode()
        assert dict(re.findall(r'Child (Year\w+)<br><span[^>]*>(.*?)</span>', page)) == {
            "Yearless": "Female", "Yeared": "Female, Year 4 then",
        }  # fmt: skip

    def test_those_of_one_day_are_in_the_order_of_their_names(self) -> None:
        names = [f"Child {surname}" for surname in ("al-Zzyz", "Ázzyzx", "Bzzyz")]
        for name in names[::-1]:
            self._leaver(surname=name.split()[1])
        listed = [child.name for child in door.list_missing(asker(ADMISSIONS, EDUNET)).page]
        assert [name for name in listed if name in names] == names

    def test_who_may_not_tell_a_school_of_a_child_is_not_led_there(self) -> None:
        """R9: seeing pupils is one duty, arranging transfers another."""
        for slug, status in ((ADMISSIONS, 200), ("officer-school-improvement", 403)):
            browser = client(slug, EDUNET)
            assert browser.get("/transfers/from-outside/").status_code == status
            page = browser.get("/children-missing/").content.decode()
            assert ('action="/transfers/from-outside/"' in page) is (status == 200)

    def test_the_row_opens_the_form_with_the_child_named(self) -> None:
        """R9, R30: nothing typed again, no name and no UPN in an address, and the UPN on neither page."""
        upn = make_upn(380, 2902, 2018, 79)
        self._leaver(surname="Rowland", upn=upn)
        browser = client(ADMISSIONS, EDUNET)
        page = browser.get("/children-missing/").content.decode()
        assert upn not in page
        row = next(form for form in re.findall(r'<form method="post".*?</form>', page) if 'value="Rowland"' in form)
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', row))
        told = browser.post(re.search(r'action="([^"]*)"', row)[1], sent)
        assert told.status_code == 200
        form = told.context["form"]
        assert not form.is_bound
        assert upn not in told.content.decode()
        kept = {name: form[name].value() for name in ("forename", "surname", "born_on", "sex", "year_group")}
        assert kept == {name: sent[name] for name in kept}
        typed = kept | {"from_name": sent["from_name"], "to": OXENBY, "expected_on": f"{day(7):%d/%m/%Y}"}
        assert browser.post("/transfers/from-outside/", typed).status_code == 302
        refused = client("officer-school-improvement", EDUNET)
        assert 'name="of" value="child"' not in refused.get("/children-missing/").content.decode()
        assert refused.post("/transfers/from-outside/", sent).status_code == 403

    def test_not_while_another_has_or_awaits_the_child(self) -> None:
        """On roll elsewhere, to be on roll, or on the way; and again when the transfer is declined."""
        there = self._leaver(surname="Elsewhere")
        factories.enrolment(factories.pupil(OXENBY, child=there.child, upn_index=there.upn_index), day(-1))
        later = self._leaver(surname="Later")
        factories.enrolment(factories.pupil(OXENBY, child=later.child, upn_index=later.upn_index), day(9))
        much_later = self._leaver(surname="Muchlater")
        factories.enrolment(factories.pupil(OXENBY, child=much_later.child, upn_index=much_later.upn_index), day(11))
        moving = on_roll(surname="Moving")
        transfer = asserted(moving)
        door.end_enrolment(asker(SENDER), BECKSIDE, moving.pk, last_day=day(-1), reason="NT")
        assert {"Child Elsewhere", "Child Later", "Child Muchlater", "Child Moving"} & self._names() == {
            "Child Muchlater"
        }
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="Full")
        assert "Child Moving" in self._names()

    def test_not_while_a_child_with_the_same_upn_is_told_of(self) -> None:
        upn = make_upn(380, 2902, 2018, 78)
        pupil = self._leaver(surname="Placed", upn=upn)
        with as_batch():
            pupil.child.upn_index = blind_index(upn)
            pupil.child.save()
        assert "Child Placed" in self._names()
        from_outside(upn=upn)
        assert "Child Placed" not in self._names()

    def test_not_while_a_child_whom_a_school_is_told_of_by_name_waits_or_is_there(self) -> None:
        """R9: the list leads there, and it knows no UPN: the child stood on it, told of, accepted and arrived."""
        told = {"forename": "Child", "surname": "Úntold", "born_on": date(2016, 5, 4)}
        self._leaver(**told)
        transfer = from_outside(**told | {"surname": "Untold"})
        assert "Child Úntold" not in self._names()
        door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        assert "Child Úntold" not in self._names()
        record = again(transfer).pupil_id
        door.end_enrolment(asker(RECEIVER), RAVENSGILL, record, last_day=day(0), reason="UK")
        shift(transfer, 1)
        assert "Child Úntold" in self._names()

    def test_again_when_the_school_says_no(self) -> None:
        told = {"forename": "Child", "surname": "Refused", "born_on": date(2016, 5, 4)}
        self._leaver(**told)
        transfer = from_outside(**told)
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="Full")
        assert "Child Refused" in self._names()

    @pytest.mark.parametrize("another", [{"forename": "Twin"}, {"born_on": date(2016, 5, 5)}])
    def test_a_twin_or_a_namesake_who_is_told_of_hides_nobody(self, another: dict[str, Any]) -> None:
        told = {"forename": "Child", "surname": "Lookalike", "born_on": date(2016, 5, 4)}
        self._leaver(**told)
        from_outside(**told | another)
        assert "Child Lookalike" in self._names()

    def test_two_identities_of_one_child(self) -> None:
        there = self._leaver(surname="Merged")
        other = factories.pupil(OXENBY)
        factories.enrolment(other, day(-1))
        assert "Child Merged" in self._names()
        with as_batch():
            there.child.same_as = other.child
            there.child.save()
        assert "Child Merged" not in self._names()

    def test_only_within_the_duty(self) -> None:
        """R9: the last establishment decides, and only on EduNet."""
        self._leaver(surname="Airehome")
        far = factories.pupil(RAVENSGILL, surname="Faraway")
        factories.enrolment(far, day(-50), day(-1))
        assert {"Child Airehome", "Child Faraway"} <= self._names()
        within = self._names("officer-school-improvement")
        assert "Child Airehome" in within
        assert "Child Faraway" not in within
        for slug in ("officer-no-duty", "officer-duty-ended"):
            assert refusal(lambda slug=slug: door.list_missing(asker(slug, EDUNET))) == "403"
        assert not door.list_missing(asker(SENDER)).page.rows

    @pytest.mark.parametrize(
        ("born", "on", "is_of_age"),
        [
            (date(2020, 4, 1), date(2025, 8, 31), False),
            (date(2020, 4, 1), date(2025, 9, 1), True),
            (date(2020, 8, 31), date(2025, 9, 1), True),
            (date(2020, 9, 1), date(2025, 12, 31), False),
            (date(2020, 9, 1), date(2026, 1, 1), True),
            (date(2020, 2, 29), date(2025, 4, 1), True),
            (date(2010, 8, 31), date(2026, 6, 26), True),
            (date(2010, 8, 31), date(2026, 6, 27), False),
            (date(2010, 9, 1), date(2026, 6, 27), True),
            (date(2010, 9, 1), date(2027, 6, 25), True),
            (date(2010, 9, 1), date(2027, 6, 26), False),
        ],
    )
    def test_compulsory_school_age(self, born: date, on: date, is_of_age: bool) -> None:
        with as_owner():
            assert rows("SELECT sharing_of_school_age(%s::date, %s::date)", born, on) == [(is_of_age,)]


class TestAChildWhoHasDied:
    @pytest.mark.parametrize("begin", [asserted, agreed])
    def test_is_expected_nowhere_any_more(self, begin: Any) -> None:
        """R7: both schools were reminded to look for the child. The receiver does not see the record any more (R5)."""
        pupil, other = on_roll(), on_roll()
        transfer, stays = begin(pupil), begin(other)
        door.end_enrolment(asker(SENDER), BECKSIDE, other.pk, last_day=day(0), reason="PM")
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), reason="DD")
        assert again(transfer).cancelled_at is not None
        assert again(stays).cancelled_at is None
        if received := again(transfer).pupil_id:
            assert not sees(RECEIVER, RAVENSGILL, received)
        with as_batch():
            row = LedgerEntry.objects.filter(action="end_enrolment").latest("pk")
        assert (row.about["pupils"], row.about["transfers"]) == ([str(pupil.pk)], [transfer.pk])

    def test_the_form_says_so(self) -> None:
        page = client(SENDER).get(f"/establishments/{BECKSIDE}/pupils/{agreed().leaving_id}/left/").content.decode()
        assert "If the child has died, a transfer that is under way is called off." in page
