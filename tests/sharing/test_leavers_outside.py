"""A child who leaves for a school outside the community: seen until the transfer file is made, and no longer (R8)."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from sharing import door
from sharing.authorise.holdings import Holdings
from sharing.days import day_in_words
from sharing.grace import give_grace, kept_until
from sharing.models import Enrolment, LedgerEntry, Transfer
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.moves import ADMISSIONS, BECKSIDE, RAVENSGILL, RECEIVER, SENDER, agreed, asserted, day, on_roll, sees

pytestmark = pytest.mark.django_db


def test_who_has_left_for_a_school_outside_is_seen_until_the_transfer_file_is_made() -> None:
    """R6, R8: if nobody had recorded the last day before it passed, no file could be made."""
    pupil, another, head = on_roll(), on_roll(surname="Another"), client(SENDER)
    record = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/"
    left, make = f"{record}left/", "Make the transfer file for a school outside the community"
    gone, until = day(-1), kept_until(day(-1))
    assert until
    past = {"last_day": f"{gone:%d/%m/%Y}", "reason": "PM", "destination": "A school in Leeds"}
    told = head.post(left, past).content.decode()
    assert "you will no longer see the record of Child Mover, and cannot change the day." in told
    assert "If a transfer file still has to be sent, say so below." in told
    told = head.post(left, past | {"outside": "on"}).content.decode()
    assert f"You will see the record of Child Mover until {day_in_words(until)}, to send the transfer file." in told
    done = head.post(left, past | {"outside": "on", "looked": f"{gone}"}, follow=True).content.decode()
    assert f"You can see the record until {day_in_words(until)}, to send the transfer file." in done
    owed = door.show_moves(asker(SENDER), BECKSIDE).in_grace
    assert [(move.child, move.on, move.words) for move in owed] == [(pupil.pk, until, "A school in Leeds")]
    waiting = "1 transfer file to send to a school outside the community"
    assert waiting in head.get("/").content.decode()
    shown = head.get(record).content.decode()
    assert make in shown
    assert "This child has left." in shown
    assert head.get(left).status_code == 404
    door.end_enrolment(asker(SENDER), BECKSIDE, another.pk, last_day=gone, reason="PM", outside=True)
    assert "2 transfer files to send to a school outside the community" in head.get("/").content.decode()
    assert head.post(f"{record}transfer-file/").status_code == 200
    assert sees(SENDER, BECKSIDE, pupil.pk), "until the end of the day"
    assert [move.child for move in door.show_moves(asker(SENDER), BECKSIDE).in_grace] == [another.pk]
    assert waiting in head.get("/").content.decode()
    with as_batch():
        Enrolment.objects.filter(pupil=pupil).update(file_made_on=gone)
    assert not sees(SENDER, BECKSIDE, pupil.pk)
    assert head.post(f"{record}transfer-file/").status_code == 404


def test_who_takes_the_file_back_after_being_asked_is_asked_again() -> None:
    """R8: the page has only said that the record is kept. Whoever adds the file is not asked again."""
    pupil, head = on_roll(), client(SENDER)
    left, gone = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/", day(-1)
    typed = {"last_day": f"{gone:%d/%m/%Y}", "reason": "PM"}
    asked = head.post(left, typed | {"outside": "on"}).content.decode()
    looked = re.search('name="looked" value="([^"]+)"', asked)
    assert looked
    asked = head.post(left, typed | {"looked": looked[1]}).content.decode()
    assert "you will no longer see the record of Child Mover" in asked
    assert sees(SENDER, BECKSIDE, pupil.pk)
    looked = re.search('name="looked" value="([^"]+)"', asked)
    assert looked
    assert head.post(left, typed | {"outside": "on", "looked": looked[1]}).status_code == 302
    assert sees(SENDER, BECKSIDE, pupil.pk)


def test_no_file_is_owed_for_a_child_who_is_back_or_whose_leaving_was_a_mistake() -> None:
    """R8: the child is on the register again, or the registration that ended is cancelled."""
    head = asker(SENDER)
    back, mistaken = on_roll(surname="Back"), on_roll(surname="Mistaken")
    for pupil in (back, mistaken):
        door.end_enrolment(head, BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    assert {move.child for move in door.show_moves(head, BECKSIDE).in_grace} == {back.pk, mistaken.pk}
    with as_batch():
        Enrolment.objects.filter(pupil=mistaken).update(cancelled_at=timezone.now())
    factories.enrolment(back, day(0))
    factories.transfer(mistaken, day(0), day(9))
    assert door.show_moves(head, BECKSIDE).in_grace == ()
    assert "to send to a school outside" not in client(SENDER).get("/").content.decode()
    assert not door.show_pupil(head, BECKSIDE, back.pk).pupil.has_left
    assert door.show_pupil(head, BECKSIDE, mistaken.pk).pupil.is_only_coming


def test_what_somebody_else_said_of_the_file_meanwhile_is_not_undone() -> None:
    """R8: by a page from before."""
    pupil, head = on_roll(), client(SENDER)
    left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
    typed = {"last_day": f"{day(3):%d/%m/%Y}", "reason": "PM"}
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="PM")
    version = re.search('name="version" value="([^"]+)"', head.get(left).content.decode())
    assert version
    door.end_enrolment(asker("deputy-beckside"), BECKSIDE, pupil.pk, last_day=day(3), reason="PM", outside=True)
    other = typed | {"destination": "A school in Leeds", "version": version[1]}
    assert "Somebody changed this while you had the page open." in head.post(left, other).content.decode()
    with as_batch():
        assert pupil.enrolments.get().file_until == kept_until(day(3))


def test_nobody_but_the_school_and_its_officers_sees_who_has_left_for_outside() -> None:
    """R6, R8: and those who see no other pupils of the school do not see this one."""
    pupil = on_roll()
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    assert sees(SENDER, BECKSIDE, pupil.pk)
    assert sees(ADMISSIONS, BECKSIDE, pupil.pk, EDUNET)
    record = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/"
    for slug, status in ((RECEIVER, 404), ("governor-beckside", 403)):
        assert client(slug).get(record).status_code == status
    make = "Make the transfer file"
    assert make not in client("teacher-beckside").get(record).content.decode()
    assert client("teacher-beckside").post(f"{record}transfer-file/").status_code == 403


def test_a_last_day_too_long_ago_leaves_no_time_for_a_file() -> None:
    """R8: 0 to 15 school days, and no more. The page says how a file can still be made."""
    pupil, head = on_roll(), client(SENDER)
    record, gone = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/", day(-90)
    past = {"last_day": f"{gone:%d/%m/%Y}", "reason": "PM", "outside": "on"}
    told = head.post(f"{record}left/", past).content.decode()
    assert "enter today, make it, and correct the day here before midnight." in told
    head.post(f"{record}left/", past | {"last_day": f"{day(0):%d/%m/%Y}"})
    assert head.post(f"{record}transfer-file/").status_code == 200
    form = head.get(f"{record}left/").content.decode()
    assert 'name="outside"' not in form, "the file is made"
    version = re.search('name="version" value="([^"]+)"', form)
    assert version
    past = {"last_day": f"{gone:%d/%m/%Y}", "reason": "PM", "looked": f"{gone}", "version": version[1]}
    done = head.post(f"{record}left/", past, follow=True).content.decode()
    assert "You can no longer see the record." in done
    with as_batch():
        assert pupil.enrolments.get().ends_on == gone
    assert not sees(SENDER, BECKSIDE, pupil.pk)


def test_a_file_made_before_the_last_day_leaves_nothing_to_send_after_it() -> None:
    """R8: the record is seen up to the last day, and no longer."""
    pupil = on_roll()
    last = {"reason": "PM", "outside": True}
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), **last)
    assert client(SENDER).post(f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/transfer-file/").status_code == 200
    with as_batch():
        Enrolment.objects.filter(pupil=pupil).update(ends_on=day(-1), file_made_on=day(-1), file_until=day(5))
    assert not sees(SENDER, BECKSIDE, pupil.pk)


def test_the_question_is_not_asked_where_the_next_school_has_accepted_the_child() -> None:
    """R8: its file goes by the transfer. Nor is it asked where there is no time after the last day."""
    pupil, head = on_roll(), client(SENDER)
    left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
    assert 'name="outside"' in head.get(left).content.decode()
    with override_settings(CTF_GRACE_SCHOOL_DAYS=0):
        assert 'name="outside"' not in head.get(left).content.decode()
    agreed(pupil)
    assert 'name="outside"' not in head.get(left).content.decode()


def test_a_school_outside_can_be_named_later_and_taken_back() -> None:
    """R8: as long as the last day can be changed. The page shows what was said."""
    pupil, head = on_roll(), client(SENDER)
    left = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/left/"
    for outside, until in ((False, None), (True, kept_until(day(3))), (False, None)):
        version = re.search('name="version" value="([^"]+)"', head.get(left).content.decode())
        assert version
        typed = {"last_day": f"{day(3):%d/%m/%Y}", "reason": "PM", "version": version[1]}
        head.post(left, typed | ({"outside": "on"} if outside else {}))
        with as_batch():
            assert pupil.enrolments.get().file_until == until
        box = re.search('<input[^>]*name="outside"[^>]*>', head.get(left).content.decode())
        assert box
        assert ("checked" in box[0]) is outside
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), reason="PM", outside=True)
    door.take_back_leaving(asker(SENDER), BECKSIDE, pupil.pk)
    with as_batch():
        assert pupil.enrolments.get().file_until is None


def test_who_stays_after_all_by_a_return_leaves_with_a_file_the_next_time() -> None:
    """R8: or the page would say of the next departure that its file is made, and show the record no longer."""
    pupil, head = on_roll(), client(SENDER)
    record = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/"
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), reason="PM", outside=True)
    assert head.post(f"{record}transfer-file/").status_code == 200
    assert 'name="outside"' not in head.get(f"{record}left/").content.decode()
    with as_batch():
        Enrolment.objects.filter(pupil=pupil).update(ends_on=None)
    assert 'name="outside"' in head.get(f"{record}left/").content.decode()
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    assert sees(SENDER, BECKSIDE, pupil.pk)


def test_a_last_day_that_a_return_moves_to_an_earlier_day_takes_the_days_for_the_file_along() -> None:
    """R8: or the school would see the record until the days that followed the last day it once expected."""
    long_ago, lately, later = on_roll(surname="Ago"), on_roll(surname="Lately"), on_roll(surname="Later")
    for pupil in (long_ago, lately, later):
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(100), reason="PM", outside=True)
    with as_batch():
        for pupil, last_day in ((long_ago, day(-60)), (lately, day(-1)), (later, day(130))):
            Enrolment.objects.filter(pupil=pupil).update(ends_on=last_day)
        give_grace()
        until = [pupil.enrolments.get().file_until for pupil in (long_ago, lately, later)]
    assert until == [kept_until(day(-60)), kept_until(day(-1)), kept_until(day(100))]
    assert not sees(SENDER, BECKSIDE, long_ago.pk)
    assert sees(SENDER, BECKSIDE, lately.pk)
    with as_batch(), override_settings(CTF_GRACE_SCHOOL_DAYS=0):
        give_grace()
    assert not sees(SENDER, BECKSIDE, lately.pk)


def test_who_arrives_at_a_school_of_the_community_owes_no_file_to_one_outside() -> None:
    """R8: the last day is then the day before, and the file goes by the transfer, which says how long that takes."""
    pupil = on_roll()
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(100), reason="PM", outside=True)
    transfer = agreed(pupil)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
    with as_batch():
        stay = pupil.enrolments.get()
    assert (stay.ends_on, stay.file_until) == (day(-1), None)
    door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now() - timedelta(days=1))
    assert not sees(SENDER, BECKSIDE, pupil.pk)


def test_the_file_of_the_transfer_is_the_only_one() -> None:
    """R8: where the next school answered after the sender had said that the child goes outside."""
    pupil = on_roll()
    transfer = asserted(pupil)
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
    door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)
    assert door.show_moves(asker(SENDER), BECKSIDE).in_grace == ()
    assert sees(SENDER, BECKSIDE, pupil.pk), "until the end of the day"
    assert "to send to a school outside" not in client(SENDER).get("/").content.decode()
    with as_batch():
        Enrolment.objects.filter(pupil=pupil, file_made_on=day(0)).update(file_made_on=day(-1))
    assert not sees(SENDER, BECKSIDE, pupil.pk)


def test_the_file_is_made_whichever_registration_began_last() -> None:
    """R8: a return has told of a short stay that began later, and ended before."""
    pupil = on_roll()
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    factories.enrolment(pupil, day(-30), day(-20), kind="G")
    assert client(SENDER).post(f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/transfer-file/").status_code == 200
    with as_batch():
        Enrolment.objects.filter(pupil=pupil, file_made_on=day(0)).update(file_made_on=day(-1))
    assert not sees(SENDER, BECKSIDE, pupil.pk)


@pytest.mark.parametrize(
    ("slug", "site"),
    [("teacher-beckside", SCHOOLS_ONLINE), ("head-ravensgill", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)],
)
def test_the_function_itself_refuses_who_keeps_no_records(slug: str, site: Any) -> None:
    """The second lock: asked in SQL, without the door (R6)."""
    pupil = on_roll()
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), reason="PM", outside=True)
    Holdings.announced(asker(slug, site))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_leaver_file_made(%s)", [pupil.pk])
    with as_batch():
        assert pupil.enrolments.get().file_made_on is None


def test_a_file_made_anew_within_the_minute_ends_the_days_too() -> None:
    """R8: the child was said to stay and then to leave after all. The second file counted as a double click."""
    pupil, head = on_roll(), client(SENDER)
    leave = partial(door.end_enrolment, asker(SENDER), BECKSIDE, pupil.pk, last_day=day(0), reason="PM", outside=True)
    file = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/transfer-file/"
    leave()
    assert head.post(file).status_code == 200
    door.take_back_leaving(asker(SENDER), BECKSIDE, pupil.pk)
    leave()
    assert head.post(file).status_code == 200
    with as_batch():
        assert pupil.enrolments.get().file_made_on == day(0)


def test_the_file_of_a_transfer_made_within_a_minute_of_one_for_outside_is_made() -> None:
    """R8: it counted as a double click, and the transfer file stayed among those to be sent."""
    pupil = on_roll()
    transfer = agreed(pupil)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
    door.make_leaver_file(asker(SENDER), BECKSIDE, pupil.pk)
    door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)
    assert door.show_moves(asker(SENDER), BECKSIDE).in_grace == ()


def test_a_transfer_file_made_again_is_the_one_for_outside_too() -> None:
    """R8: where the school has recorded in the same minute that the child leaves for a school outside."""
    pupil = on_roll()
    transfer = agreed(pupil)
    door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)
    door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(-1), reason="PM", outside=True)
    door.make_transfer_file(asker(SENDER), BECKSIDE, transfer.pk)
    assert door.show_moves(asker(SENDER), BECKSIDE).in_grace == ()


def test_the_ledger_says_until_when_the_record_will_be_seen() -> None:
    """R43."""
    within, outside = on_roll(), on_roll(surname="Outward")
    for pupil, is_outside in ((within, False), (outside, True)):
        door.end_enrolment(asker(SENDER), BECKSIDE, pupil.pk, last_day=day(3), reason="PM", outside=is_outside)
    with as_batch():
        rows = LedgerEntry.objects.filter(action="end_enrolment").order_by("pk")
        assert [row.about.get("seen_until") for row in rows] == [None, str(kept_until(day(3)))]
