"""Breaking the glass (R9, R18, R43, R44, R45, P7): one record, 24 hours, and those who must know are told."""

import time
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from access_register.models import RegisterLine
from sharing import conditions, door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.crypto import blind_index
from sharing.keys.sealed_sessions import row_of
from sharing.ledger import ledger
from sharing.models import Attendance, Enrolment, EstablishmentPermission, LedgerEntry, Opening, Pupil, PupilNeeds
from sharing.models.ledger import NOT_FOR_THE_HEAD
from sharing.records.overrides import BrokenGlass
from tests import factories
from tests.locks.switches import run_as_owner
from tests.locks.weakening import in_function
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person
from tests.post import posting
from tests.sharing.glass import (
    BECKSIDE,
    FIONA,
    HEAD,
    RAVENSGILL,
    TODAY,
    WHY,
    break_it,
    by_upn,
    child,
    page,
    seen_by_sql,
)

pytestmark = pytest.mark.django_db


class TestTheRecord:
    def test_opens_and_nothing_beside_it(self) -> None:
        """R9, R18, R45: one record, in both locks; no list, no count, no other child."""
        made, other = child(), child(forename="Other")
        assert page(made) == 403
        break_it(made)
        assert (page(made), page(other)) == (200, 403)
        assert client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/pupils/").status_code == 403
        assert seen_by_sql(FIONA) == {made.pk}
        assert seen_by_sql(FIONA, PupilNeeds) == {made.pk}
        assert seen_by_sql(FIONA, Attendance) == set()
        assert page(made, "officer-information") == 403

    def test_is_of_today_only(self) -> None:
        """R5: a child who has left since is no more there than for anybody."""
        made = child()
        break_it(made)
        with as_batch():
            Enrolment.objects.filter(pupil=made).update(
                starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1)
            )
        assert page(made) == 404

    @pytest.mark.parametrize(("seconds", "status"), [(3600 * 24 - 60, 200), (3600 * 24 + 1, 403), (-60, 403)])
    def test_is_open_for_24_hours_to_the_instant(self, seconds: int, status: int) -> None:
        made = child()
        opening = break_it(made)
        with as_batch():
            Opening.objects.filter(pk=opening.pk).update(
                starts_at=opening.starts_at - timedelta(seconds=seconds),
                ends_at=opening.ends_at - timedelta(seconds=seconds),
            )
        assert page(made) == status
        assert seen_by_sql(FIONA) == ({made.pk} if status == 200 else set())
        assert [one.is_open for one in door.list_my_openings(asker(FIONA, EDUNET)).openings] == [status == 200]

    def test_ends_at_once(self) -> None:
        """R44: by the officer who opened it; for another, there is no such opening."""
        made = child()
        opening = break_it(made)
        with pytest.raises(NoSuchRecord):
            door.end_opening(asker("officer-school-improvement", EDUNET), opening.pk)
        assert page(made) == 200
        door.end_opening(asker(FIONA, EDUNET), opening.pk)
        assert (page(made), seen_by_sql(FIONA)) == (403, set())

    def test_opened_twice_it_is_shut_by_one_end(self) -> None:
        """R44: whoever says that they are done with the record sees it no more."""
        made = child()
        twice = break_it(made)
        with as_batch():
            twice.pk = None  # as no page makes it
            twice.save()
        door.end_opening(asker(FIONA, EDUNET), twice.pk)
        assert (page(made), seen_by_sql(FIONA)) == (403, set())

    def test_is_opened_once_at_a_time(self) -> None:
        """R18, R43: what is open is not opened again, and the ledger tells of no second glass; once it has ended, and
        for another officer, it is."""
        made = child()
        first = break_it(made)
        with posting():
            again = self.once_more(made)
        assert (again.is_new, again.records, again.until) == (False, ((BECKSIDE, made.pk),), first.ends_at)
        assert mail.outbox == []
        assert self.once_more(made, "officer-school-improvement").is_new
        with as_batch():
            assert Opening.objects.count() == 2
            told = LedgerEntry.objects.filter(action="break_glass").order_by("pk")
            assert [row.outcome for row in told] == ["changed", "shown", "changed"]
            assert told[1].about == {"openings": [first.pk]}
        door.end_opening(asker(FIONA, EDUNET), first.pk)
        assert self.once_more(made).is_new

    def test_a_record_that_is_not_open_yet_is_opened_beside_one_that_is(self) -> None:
        """R18: the child has come to a second school since; of which the head alone reads what is new there."""
        first = child()
        before = break_it(first, head_barred=True)
        child(RAVENSGILL, child=first.child, upn=first.upn, upn_index=first.upn_index)
        again = self.once_more(first)
        assert (again.is_new, {urn for urn, _ in again.records}, again.until) == (
            True, {BECKSIDE, RAVENSGILL}, before.ends_at
        )  # fmt: skip
        with as_batch():
            assert Opening.objects.count() == 2
            row = LedgerEntry.objects.filter(action="break_glass").latest("pk")
            assert row.about["openings"] == [Opening.objects.latest("pk").pk]
            assert "not_for_the_head" not in row.about

    def test_nor_does_the_head_read_that_it_was_asked_for_again(self) -> None:
        """R18, R43: of one that is barred from the head."""
        made = child()
        break_it(made, head_barred=True)
        self.once_more(made)
        with as_batch():
            row = LedgerEntry.objects.filter(action="break_glass").latest("pk")
        assert row.about.items() >= NOT_FOR_THE_HEAD.items()

    def once_more(self, made: Pupil, slug: str = FIONA) -> BrokenGlass:
        return door.break_glass(asker(slug, EDUNET), child=by_upn(made), **WHY)

    def test_opens_nothing_at_schools_online_or_without_an_appointment(self) -> None:
        made = child()
        opening = break_it(made)
        browser = client(FIONA, SCHOOLS_ONLINE)
        assert browser.get(f"/establishments/{BECKSIDE}/pupils/{made.pk}/").status_code == 404
        with as_batch():
            Opening.objects.filter(pk=opening.pk).update(person_id=person(HEAD).pk)
        assert (
            client("officer-duty-ended", EDUNET).get(f"/establishments/{BECKSIDE}/pupils/{made.pk}/").status_code == 403
        )

    def test_the_ledger_says_so_plainly(self) -> None:
        """R43."""
        made = child()
        break_it(made)
        page(made)
        with as_batch():
            broken, shown = LedgerEntry.objects.filter(action__in=["break_glass", "show_pupil"]).order_by("-pk")[:2][
                ::-1
            ]
        assert (broken.outcome, broken.about["because"], broken.about["pupils"]) == ("changed", "harm", [str(made.pk)])
        assert "The glass was broken for safeguarding" in shown.purpose  # the head reads it too: not "you"
        assert shown.about["broken_glass"] is True
        assert "hospital" not in str(broken.about)

    def test_the_reason_is_encrypted(self) -> None:
        break_it(child())
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT reason FROM sharing_opening")
            assert b"hospital" not in bytes(cursor.fetchone()[0])


class TestWhichChild:
    @pytest.mark.parametrize(
        ("named", "number"),
        [
            ({"forename": "maren", "surname": "O GLASSFORD", "born_on": date(2016, 2, 3)}, 1),
            ({"forename": "Mar", "surname": "O Glassford", "born_on": date(2016, 2, 3)}, 0),
            ({"forename": "Maren", "surname": "O Glassford", "born_on": date(2016, 2, 4)}, 0),
            ({"forename": "Maren", "surname": "", "born_on": date(2016, 2, 3)}, 0),
            ({"upn_key": blind_index("nobody")}, 0),
        ],
    )
    def test_is_named_exactly(self, named: dict[str, object], number: int) -> None:
        child()
        assert door.count_exactly(asker(FIONA, EDUNET), child=door.Exactly(**named)) == number

    def test_no_date_of_birth_is_tried_out(self) -> None:
        """R6: after ten in a day who are not there nobody is looked for by name; by UPN, and by others, as ever."""
        made = child()
        by_day = [door.Exactly(None, "Maren", "O Glassford", date(2016, 1, day)) for day in range(1, 11)]
        right = door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        assert [door.count_exactly(asker(FIONA, EDUNET), child=wrong) for wrong in by_day] == [0] * 10
        with pytest.raises(door.TriedTooOften):
            door.count_exactly(asker(FIONA, EDUNET), child=right)
        with as_batch():
            told = LedgerEntry.objects.filter(action="count_exactly").latest("pk").about
        assert told == {"children": 0, "by": "name", "too_often": True}
        typed = {"forename": "Maren", "surname": "O Glassford", "born_on": "3/2/2016"}
        page = client(FIONA, EDUNET).post("/break-glass/", typed)
        assert page.status_code == 422
        assert "Use the UPN" in page.content.decode()
        assert door.count_exactly(asker(FIONA, EDUNET), child=by_upn(made)) == 1
        assert door.count_exactly(asker("officer-admissions", EDUNET), child=right) == 1

    def test_a_try_that_was_refused_is_no_miss(self) -> None:
        """R6: whoever tries on while nobody is looked for waits no longer for it; an answer counts as ever."""
        right = child() and door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        refused, missed = ({"children": 0, "by": "name", "too_often": is_so} for is_so in (True, False))
        officer, shown = asker(FIONA, EDUNET), LedgerEntry.Outcome.SHOWN
        with as_batch():
            for about in [refused] * 10 + [missed] * 9:
                ledger.write(officer, action="count_exactly", outcome=shown, about=about)
        assert door.count_exactly(officer, child=right) == 1
        with as_batch():
            ledger.write(officer, action="count_exactly", outcome=shown, about=missed)
        with pytest.raises(door.TriedTooOften):
            door.count_exactly(officer, child=right)

    def test_of_two_none_opens(self) -> None:
        child()
        child()
        named = door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        assert door.count_exactly(asker(FIONA, EDUNET), child=named) == 2
        with pytest.raises(door.CannotOpen):
            door.break_glass(asker(FIONA, EDUNET), child=named, **WHY)
        with as_batch():
            row = LedgerEntry.objects.get(action="break_glass")
        assert (row.outcome, row.about) == ("refused", {"why": "CannotOpen"})
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        page = client(FIONA, EDUNET).post("/break-glass/", typed)
        assert page.status_code == 422
        assert "There is more than one such child. Use the UPN." in page.text

    def test_one_child_at_two_schools_opens_at_both(self) -> None:
        first = child()
        second = child(RAVENSGILL, child=first.child, upn=first.upn, upn_index=first.upn_index)
        opened = door.break_glass(asker(FIONA, EDUNET), child=by_upn(first), **WHY)
        assert {record for _, record in opened.records} == {first.pk, second.pk}

    @pytest.mark.parametrize(("has", "waits"), [(BECKSIDE, RAVENSGILL), (RAVENSGILL, BECKSIDE)])
    def test_of_one_child_the_record_of_who_has_the_child_comes_first(self, has: int, waits: int) -> None:
        """R5: the school that waits for the child knows no contacts yet, and is marked as such."""
        here = child(has)
        there = factories.pupil(waits, child=here.child, upn=here.upn, upn_index=here.upn_index)
        factories.transfer(there, TODAY, TODAY + timedelta(days=9), from_establishment=here.establishment)
        door.break_glass(asker(FIONA, EDUNET), child=by_upn(here), **WHY)
        opened = door.list_my_openings(asker(FIONA, EDUNET)).openings
        assert [(one.pupil_id, one.standing) for one in opened] == [(here.pk, ""), (there.pk, "Coming")]
        shown = client(FIONA, EDUNET).get("/break-glass/yours/").text
        assert shown.index(str(here.pk)) < shown.index(str(there.pk)) < shown.index(">Coming</strong>")

    def test_needs_a_fresh_confirmation(self) -> None:
        """R13."""
        unconfirmed = replace(asker(FIONA, EDUNET), confirmed_lately=False)
        with pytest.raises(NeedsConfirmation):
            door.break_glass(unconfirmed, child=by_upn(child()), **WHY)

    @pytest.mark.parametrize("through", [SCHOOLS_ONLINE, EDUNET])
    def test_is_for_officers(self, through: str) -> None:
        with pytest.raises(NotAtYourLevel):
            door.break_glass(asker(HEAD, through), child=by_upn(child()), **WHY)


class TestMutants:
    """The second lock made weaker is noticed: what it holds back gets through, so the tests above would fail."""

    @pytest.mark.parametrize(
        ("part", "instead"),
        [
            ("ends_at > now()", "true"),
            ("person_id = (SELECT portal_asker())", "true"),
            ("(SELECT portal_context(2)) = 'edunet'", "true"),
        ],
    )
    def test_an_opening_for_too_long_or_for_anybody_or_anywhere(self, part: str, instead: str) -> None:
        made = child()
        opening = break_it(made)
        slug = "officer-school-improvement" if "person" in part else FIONA
        through = SCHOOLS_ONLINE if "context" in part else EDUNET
        if "ends_at" in part:
            with as_batch():
                past = opening.starts_at - timedelta(hours=25)
                Opening.objects.filter(pk=opening.pk).update(starts_at=past, ends_at=past + timedelta(hours=24))

        def opened() -> set[object]:
            with transaction.atomic(), visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT portal_opened()")
                    found = {number for (number,) in cursor.fetchall()}
                here.showed()
            return found

        if "context" in part:
            with as_batch():
                EstablishmentPermission.objects.filter(user=person(FIONA)).update(through=SCHOOLS_ONLINE)
        assert opened() == set()
        run_as_owner(*in_function("sharing_opened_to_asker", part, instead))
        assert opened() == {made.pk}

    def test_a_policy_that_forgets_which_record(self) -> None:
        made, other = child(), child(forename="Other")
        break_it(made)
        assert seen_by_sql(FIONA) == {made.pk}
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            seen = f"{conditions.SEES_PUPILS} AND {conditions.VISIBLE_TODAY}"
            cursor.execute(f"ALTER POLICY app_reads ON sharing_pupil USING ({seen})")
        assert other.pk in seen_by_sql(FIONA)


class TestInTheBrowser:
    def test_from_the_name_to_the_record(self) -> None:
        """What is typed is in no address; the answer says only that there is one."""
        made = child()
        browser = client(FIONA, EDUNET)
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        found = browser.post("/break-glass/", typed)
        assert found["location"] == "/break-glass/reason/"
        assert "Maren" not in browser.get("/break-glass/reason/").content.decode()
        assert browser.post("/break-glass/reason/", {"because": "harm", "reason": ""}).status_code == 422
        opened = browser.post("/break-glass/reason/", {"because": "harm", "reason": "x", "sure": "on"}, follow=True)
        assert "The glass was broken for safeguarding" in opened.content.decode()
        assert "The record is open for 24 hours. The information manager is told." in opened.content.decode()
        assert opened.redirect_chain[-1][0] == f"/establishments/{BECKSIDE}/pupils/{made.pk}/"
        browser.post("/break-glass/", typed)
        again = browser.post("/break-glass/reason/", {"because": "harm", "reason": "x", "sure": "on"}, follow=True)
        assert "You have already opened this record. It is open until" in again.content.decode()
        assert again.redirect_chain[-1][0] == f"/establishments/{BECKSIDE}/pupils/{made.pk}/"
        closed = browser.post(f"/break-glass/yours/{self.number()}/end/", follow=True)
        assert "closed to you again" in closed.content.decode()

    def test_a_name_that_was_pasted_finds_the_child(self) -> None:
        """R18: copied from a web page or a letter, it has a space that does not break, or two spaces."""
        child()
        browser = client(FIONA, EDUNET)
        for surname in ("Ó\u00a0Glassford", "Ó  Glassford"):
            typed = {"upn": "", "forename": "Maren", "surname": surname, "born_on": "3/2/2016"}
            assert "/break-glass/reason/" in browser.post("/break-glass/", typed).get("location", ""), surname

    def test_a_manager_who_is_the_only_one_is_not_told_that_somebody_is_told(self) -> None:
        """R18: nobody looks at their own opening, so the page does not promise that an information manager does."""
        child()
        browser = client("officer-information", EDUNET)
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        browser.post("/break-glass/", typed)
        opened = browser.post("/break-glass/reason/", {"because": "harm", "reason": "x", "sure": "on"}, follow=True)
        shown = opened.content.decode()
        assert "Nobody else is an information manager today, so nobody at the Council is told." in shown
        assert "The information manager is told." not in shown

    def test_nobody_is_said_to_be_told_where_nobody_is_head(self) -> None:
        """R18: the summary of an opening tells of answers, and of no email that may never have been written."""
        with as_batch():
            RegisterLine.objects.filter(person=person(HEAD)).update(suspended_at=timezone.now())
        with posting():
            break_it(child())
        assert {to for one in mail.outbox for to in one.to} == {person("officer-information").email}
        shown = client(FIONA, EDUNET).get("/break-glass/yours/").content.decode()
        assert ("Told" in shown, shown.count("No answer yet")) == (False, 2)

    def test_who_needs_it_longer_says_why_anew(self) -> None:
        """R18, R43: with what was said before; nothing is open until then, others are told again, and it counts."""
        made, browser = child(), client(FIONA, EDUNET)
        first = break_it(made)
        page_of_why = browser.post(f"/break-glass/yours/{first.pk}/end/", {"again": "yes"}, follow=True)
        shown = page_of_why.content.decode()
        assert (WHY["reason"] in shown, "checked" in shown) == (True, True)
        assert "Glassford" not in shown
        assert page(made) == 403
        mail.outbox.clear()
        with posting():
            browser.post("/break-glass/reason/", {"because": "harm", "reason": "Still there.", "sure": "on"})
        assert page(made) == 200
        session = import_module(settings.SESSION_ENGINE).SessionStore(browser.cookies["edunet_session"].value)
        assert session.keys()
        assert not {"glass", "glass_again"} & session.keys()
        assert mail.outbox
        with as_batch():
            again = Opening.objects.latest("pk")
        assert (str(again.reason), again.before) == ("Still there.", 1)
        browser.post("/break-glass/", {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"})
        assert WHY["reason"] not in browser.get("/break-glass/reason/").content.decode()

    def test_the_reason_of_one_child_is_not_said_of_another(self) -> None:
        """R18: an officer who wanted the first one's record for longer looks for another child instead."""
        browser, first = client(FIONA, EDUNET), break_it(child())
        browser.post(f"/break-glass/yours/{first.pk}/end/", {"again": "yes"})
        child(forename="Second")
        typed = {"upn": "", "forename": "Second", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        shown = browser.post("/break-glass/", typed, follow=True)
        assert shown.redirect_chain[-1][0] == "/break-glass/reason/"
        assert WHY["reason"] not in shown.text

    def test_what_waits_for_the_reason_lies_sealed(self) -> None:
        """R13, R18: neither name nor date of birth is in the session's row, also to somebody who knows how Django
        stores it; nor a reason that waits for the officer to confirm that it is they."""
        child()
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        browser = client(FIONA, EDUNET)
        key = browser.cookies["edunet_session"].value
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time() - 3600}]
        session.save()
        assert browser.post("/break-glass/", typed)["location"] == "/break-glass/reason/"
        why = {"because": "harm", "reason": "The hospital has called.", "sure": "on"}
        assert browser.post("/break-glass/reason/", why).status_code == 302
        with as_batch():
            assert not Opening.objects.exists()
        row = Session.objects.get(pk=row_of(key))
        told = f"{row.get_decoded()} {row.session_data}"
        for words in ("Maren", "Glassford", "2016", "hospital"):
            assert words not in told

    def number(self) -> int:
        with as_batch():
            return Opening.objects.latest("pk").pk

    def test_nobody_else_is_told_of_one(self) -> None:
        browser = client(FIONA, EDUNET)
        missed = browser.post("/break-glass/", {"forename": "No", "surname": "Body", "born_on": "3/2/2016"})
        assert "There is no such child" in missed.content.decode()
        wrong = browser.post("/break-glass/", {"forename": "No", "surname": "Body", "born_on": "31/2/2016"})
        assert (wrong.status_code, "Enter the date of birth" in wrong.text) == (422, True)
        assert browser.get("/break-glass/reason/")["location"] == "/break-glass/"
