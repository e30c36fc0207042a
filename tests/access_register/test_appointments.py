"""An officer's team, post and manager change on record; officers who have left can be looked up (P3, R9, R36, R43)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, ProgrammingError, connection, transaction
from django.utils import timezone

from access_register import grants, service
from access_register.models import AppointmentChange, Duty, OfficerAppointment, RemoteAuthorisation
from access_register.officers import appointments, officers
from access_register.register.rules import CannotChange, ChangedMeanwhile
from sharing.authorise import NeedsConfirmation, NeedsSecondFactor, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import EstablishmentPermission, LedgerEntry
from sharing.records import PAGE_SIZE
from tests.access_register.duties import FIONA, MANAGER, TODAY, appointment, give, pupils, second_manager
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db
DATA, ADMISSIONS, IMPROVEMENT = "officer-data", "officer-admissions", "officer-school-improvement"
WHERE = {"team": "Attendance", "post": "Team leader"}


def change(slug: str = FIONA, by: str = MANAGER, **wanted: Any) -> bool:
    told = WHERE | {"manager": ""} | wanted
    return appointments.change_officer(asker(by, EDUNET), appointment(slug).pk, **told)


def history(slug: str = FIONA) -> list[str]:
    """What the page says of changes, the newest first."""
    page = officers.show_officer(asker(MANAGER, EDUNET), appointment(slug).pk)
    return [f"{change.by_name}: {change.words}" for change in page.changes]


class TestAChange:
    def test_is_on_record_in_the_history_and_in_the_ledger(self) -> None:
        """R36, R43: what, by whom, from what to what."""
        before, me = appointment(FIONA), person(MANAGER)
        assert change(manager=person(DATA).name)
        now = appointment(FIONA)
        assert (now.team, now.post, now.manager) == ("Attendance", "Team leader", person(DATA).name)
        assert history() == [
            f"{me.name}: Team from “{before.team}” to “Attendance”, post from “Planner” to “Team leader”, "
            f"manager from none to “{person(DATA).name}”"
        ]
        with as_batch():
            row = LedgerEntry.objects.filter(action="change_officer").latest("pk")
            assert (row.outcome, row.person_id, row.about["before"]["team"]) == ("changed", me.pk, before.team)
            assert row.about["after"] == {"team": now.team, "post": now.post, "manager": now.manager, "ends_on": None}
            assert AppointmentChange.objects.get().by_id == me.pk

    def test_leaves_duties_and_remote_use_and_rights_follow_the_team(self) -> None:
        """R9, R44: nothing ends, and the reason that pages show names the new team."""
        duty, there = give(), appointment(FIONA).pk
        officers.authorise_remote_use(
            asker(MANAGER, EDUNET), there, reason="Works from home", starts_on=TODAY, ends_on=TODAY
        )
        change()
        assert pupils() == 200
        with as_batch():
            assert not Duty.objects.get(pk=duty.pk).ended_at
            assert not RemoteAuthorisation.objects.get(appointment=there).ended_at
            assert grants.drift(TODAY) == (set(), set())
            held = EstablishmentPermission.objects.filter(source=f"appointment:{there}").values_list(
                "reason", flat=True
            )
            assert held
            assert all("(Attendance)" in reason for reason in held)

    def test_of_the_last_day_takes_the_duties_along(self) -> None:
        """R9, R44: a contract is prolonged; the officer had to be recorded anew, with every duty."""
        duty, browser, there = give(), client(MANAGER, EDUNET), appointment(FIONA).pk
        typed = WHERE | {"manager": ""}
        for last in (TODAY, TODAY + timedelta(days=300)):
            answer = browser.post(f"/officers/{there}/change/", typed | {"ends_on": last.strftime("%d/%m/%Y")})
            assert answer.status_code == 302
            with as_batch():
                rows = EstablishmentPermission.objects.filter(source=f"duty:{duty.pk}")
                assert {row.ends_on for row in rows} == {min(last, duty.ends_on, duty.confirmed_until)}
                assert grants.drift(TODAY) == (set(), set())
        assert pupils() == 200
        assert "Last day from" in history()[0]
        page = officers.show_officer(asker(MANAGER, EDUNET), there)
        assert (page.officer.has_left, page.ended) == (False, None)
        past = {"ends_on": (TODAY - timedelta(days=1)).strftime("%d/%m/%Y")}
        assert browser.post(f"/officers/{there}/change/", typed | past).status_code == 422

    def test_sent_twice_is_changed_once(self) -> None:
        browser, there = client(MANAGER, EDUNET), appointment(FIONA).pk
        typed = WHERE | {"manager": "", "version": "0"}
        first = browser.post(f"/officers/{there}/change/", typed, follow=True)
        assert "on record as you entered them" in first.content.decode()
        again = browser.post(f"/officers/{there}/change/", typed, follow=True)
        assert again.redirect_chain == [(f"/officers/{there}/", 302)]
        assert "Nothing was changed" in again.content.decode()
        with as_batch():
            assert AppointmentChange.objects.count() == 1
            assert LedgerEntry.objects.filter(action="change_officer", outcome="changed").count() == 1

    def test_the_form_is_filled_in_and_keeps_what_is_wrong(self) -> None:
        browser, there = client(MANAGER, EDUNET), appointment(FIONA).pk
        assert f'href="/officers/{there}/change/"' in browser.get(f"/officers/{there}/").content.decode()
        assert f'value="{appointment(FIONA).team}"' in browser.get(f"/officers/{there}/change/").content.decode()
        wrong = browser.post(f"/officers/{there}/change/", WHERE | {"manager": "A Director", "team": ""})
        assert wrong.status_code == 422
        assert "Enter their team." in wrong.content.decode()
        me = person(FIONA).name
        wrong = browser.post(f"/officers/{there}/change/", WHERE | {"manager": me})
        assert wrong.status_code == 422
        for kept in ("Attendance", "Team leader", me):
            assert f'value="{kept}"' in wrong.content.decode()
        assert "Nobody can be their own manager." in wrong.content.decode()
        assert not history()

    def test_on_a_form_opened_before_another_change_asks_again(self) -> None:
        """Nobody takes back unseen what somebody else has just recorded."""
        browser, there = client(MANAGER, EDUNET), appointment(FIONA).pk
        change(team="Inclusion", by=second_manager())
        answer = browser.post(f"/officers/{there}/change/", WHERE | {"manager": "", "version": "0"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert f"{person(DATA).name}: Team from" in text
        assert 'value="Attendance"' in text
        with pytest.raises(ChangedMeanwhile) as refused:
            change(version=0)
        assert change(version=refused.value.version)

    @pytest.mark.parametrize("awaits", [False, True])
    def test_of_who_waits_for_a_second_manager_opens_nothing(self, awaits: bool) -> None:
        """R38."""
        name = person(FIONA).name if awaits else "Nadia Iqbal"
        number, made, waits = officers.record_officer(
            asker(MANAGER, EDUNET), name=name, email="nadia@council.example", team="T", post="P", manager="",
            starts_on=TODAY, ends_on=None,
        )  # fmt: skip
        assert waits is awaits
        appointments.change_officer(asker(MANAGER, EDUNET), number, **WHERE, manager="")
        assert made.is_officer_on(TODAY) is not awaits


class TestTheManager:
    def test_is_named_as_on_record(self) -> None:
        name = person(DATA).name
        change(manager=f"  {name.upper()} ".strip())
        assert appointment(FIONA).manager == name
        assert not change(manager=name.lower())

    @pytest.mark.drifts
    def test_may_be_no_officer(self) -> None:
        """A director who never signs in, or somebody who has left: in no circle is a manager who is none today."""
        assert change(manager="A Director")
        change(DATA, manager=person(FIONA).name)
        with pytest.raises(CannotChange, match="reports to the officer") as refused:
            change(manager=person(DATA).name)
        assert refused.value.field == "manager"
        with as_batch():
            OfficerAppointment.objects.filter(person=person(DATA)).update(ends_on=TODAY - timedelta(days=1))
        assert change(manager=person(DATA).name)

    def test_is_not_the_officer(self) -> None:
        with pytest.raises(CannotChange, match="Nobody can be their own manager"):
            change(manager=person(FIONA).name)

    def test_reports_to_nobody_who_reports_to_them(self) -> None:
        change(FIONA, manager=person(DATA).name)
        change(DATA, manager=person(ADMISSIONS).name)
        with pytest.raises(CannotChange, match="reports to the officer"):
            change(ADMISSIONS, manager=person(FIONA).name)
        assert change(ADMISSIONS, manager=person(IMPROVEMENT).name)

    def test_another_of_the_same_name_is_somebody_else(self) -> None:
        """Two people of one name, confirmed to be two: one may manage the other."""
        number, _, _ = officers.record_officer(
            asker(MANAGER, EDUNET), name=person(FIONA).name, email="other.fiona@council.example", team="T", post="P",
            manager="", starts_on=TODAY, ends_on=None,
        )  # fmt: skip
        with pytest.raises(CannotChange, match="their own manager"):
            change(manager=person(FIONA).name)
        officers.confirm_officer(asker(second_manager(), EDUNET), number)
        assert change(manager=person(FIONA).name)


class TestWhoMay:
    def test_is_who_may_end_it(self) -> None:
        """R9, R13, R38: nobody their own, no other officer, not on Schools Online, not without the proofs."""
        there, manager = appointment(FIONA).pk, asker(MANAGER, EDUNET)

        def attempt(who: Any, number: int = there) -> None:
            appointments.change_officer(who, number, **WHERE, manager="")

        with pytest.raises(NotAtYourLevel, match="your own duties"):
            attempt(manager, appointment(MANAGER).pk)
        with pytest.raises(NotAtYourLevel):
            attempt(asker(DATA, EDUNET))
        with pytest.raises(NotAtYourLevel):
            attempt(asker(MANAGER, SCHOOLS_ONLINE))
        with pytest.raises(NeedsSecondFactor):
            attempt(replace(manager, second_factor=False))
        with pytest.raises(NeedsConfirmation):
            attempt(replace(manager, confirmed_lately=False))
        with as_batch():
            assert not AppointmentChange.objects.exists()

    def test_the_pages_are_for_nobody_else(self) -> None:
        there = appointment(FIONA).pk
        for path in (f"/officers/{there}/change/", "/officers/former/"):
            assert client(MANAGER, EDUNET).get(path).status_code == 200
            assert client(DATA, EDUNET).get(path).status_code == 403
            assert client("head-beckside").get(path).status_code == 404


@pytest.mark.drifts
class TestTheDatabaseByItself:
    """R45: with the door forgotten, and the lock shown to be what holds."""

    def past_the_door(self, by: str = MANAGER, slug: str = FIONA, **facts: Any) -> int:
        with visit(asker(by, EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            return OfficerAppointment.objects.filter(person=person(slug)).update(**facts)

    def without(self, trigger: str) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"DROP TRIGGER {trigger} ON access_register_officerappointment")

    def refused(self, words: str, **facts: Any) -> None:
        with pytest.raises(ProgrammingError, match=words), transaction.atomic():
            self.past_the_door(**facts)

    def test_only_a_manager_who_may_be_one(self) -> None:
        self.refused("nobody of this name manages this officer", manager=person(FIONA).name)
        change(DATA, manager=person(FIONA).name)
        self.refused("circle", manager=person(DATA).name)
        self.without("access_register_keep_appointment")
        for slug in (FIONA, DATA):
            assert self.past_the_door(manager=person(slug).name) == 1

    def test_an_appointment_that_has_ended_stays(self) -> None:
        officers.end_appointment(asker(MANAGER, EDUNET), appointment(FIONA).pk)
        self.refused("has ended", team="Another")
        self.refused("has ended", ends_on=None)
        self.without("access_register_keep_appointment")
        assert self.past_the_door(ends_on=None) == 1

    def test_when_it_began_and_who_recorded_it_stay(self) -> None:
        before = appointment(FIONA)
        self.past_the_door(team="Another", starts_on=TODAY, recorded_by_name="Somebody", person=person(DATA))
        now = appointment(FIONA)
        assert (now.team, now.starts_on, now.recorded_by_name) == (
            "Another", before.starts_on, before.recorded_by_name,
        )  # fmt: skip

    def test_nobody_elses_and_not_ones_own(self) -> None:
        assert self.past_the_door(by=DATA, team="Another") == 0
        assert self.past_the_door(slug=MANAGER, team="Another") == 0

    def test_every_change_is_told_by_the_database(self) -> None:
        """Past the door too, and with whose it was."""
        self.past_the_door(team="Another")
        assert history()[0].startswith(f"{person(MANAGER).name}: Team from")
        self.without("access_register_tell_appointment")
        self.past_the_door(team="Yet another")
        assert len(history()) == 1

    def test_the_history_is_written_by_nobody_and_read_by_the_information_manager(self) -> None:
        change()
        row = AppointmentChange.objects
        writes: list[Callable[[], Any]] = [
            lambda: row.update(by_name="Somebody"),
            lambda: row.all().delete(),
            lambda: row.create(appointment=appointment(FIONA), at=timezone.now(), by_name="x", before={}, after={}),
        ]
        for who, through, seen in ((MANAGER, EDUNET, True), (DATA, EDUNET, False), ("head-beckside", None, False)):
            for write in (None, *writes):
                with visit(asker(who, through or SCHOOLS_ONLINE), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                    here.showed()
                    assert row.exists() is seen
                    if write:
                        with pytest.raises(Error, match="permission denied"), transaction.atomic():
                            write()
        with as_batch(), pytest.raises(Error, match="permission denied"), transaction.atomic():
            row.update(by_name="Somebody")


class TestWhoHasLeft:
    def test_is_found_in_a_list_and_the_page_says_what_they_held(self) -> None:
        """R9, R36: who, where, from when to when, who ended it, which duties; and nothing can be done."""
        give(reason="Visits families")
        change()
        there, browser = appointment(FIONA).pk, client(MANAGER, EDUNET)
        assert "Fiona Brearley" not in browser.get("/officers/former/").content.decode()
        browser.post(f"/officers/{there}/end/", {"sure": "on"})
        listed = browser.get("/officers/former/").content.decode()
        assert f'href="/officers/{there}/">Fiona Brearley' in listed
        assert "Team leader, Attendance. " in listed
        assert 'href="/officers/former/"' in browser.get("/officers/").content.decode()
        page = browser.get(f"/officers/{there}/").content.decode()
        yesterday = TODAY - timedelta(days=1)
        for words in (
            "Fiona Brearley", "Attendance", "Team leader", f"{yesterday.day} {yesterday:%B %Y}", "Visits families",
            "Pupil information", f"ended on {TODAY.day} {TODAY:%B %Y}", f"{person(MANAGER).name}, on {TODAY.day} ",
            "Last day from none to", "post from “Planner” to",
        ):  # fmt: skip
            assert words in page, words
        main = page[page.index("<main") : page.index("</main")]
        assert "<form" not in main
        assert "<button" not in main
        assert f'href="/officers/{there}/' not in main

    def test_nothing_is_done_to_them_any_more(self) -> None:
        duty, there = give(), appointment(FIONA).pk
        officers.end_appointment(asker(MANAGER, EDUNET), there)
        browser = client(MANAGER, EDUNET)
        for step in ("change", "duty", "remote", "casework"):
            assert browser.get(f"/officers/{there}/{step}/").status_code == 404, step
            assert browser.post(f"/officers/{there}/{step}/", WHERE | {"sure": "on"}).status_code == 404, step
        for step in ("end", "confirm"):
            assert browser.post(f"/officers/{there}/duty/{duty.pk}/{step}/").status_code == 404, step
        with pytest.raises(NoSuchRecord):
            change()

    @pytest.mark.drifts
    @pytest.mark.parametrize("day", [-1, 0, 1])
    def test_is_who_had_their_last_day(self, day: int) -> None:
        """The day before, the day of, the day after; duties that went on ended with it, and nobody ended it."""
        last_day = TODAY - timedelta(days=day)
        give()
        with as_batch():
            row = appointment(FIONA)
            row.ends_on = last_day
            service.appoint_officer(row)
        listed = appointments.list_former_officers(asker(MANAGER, EDUNET)).page
        assert [line.id for line in listed if line.name == "Fiona Brearley"] == ([row.pk] if day == 1 else [])
        page = officers.show_officer(asker(MANAGER, EDUNET), row.pk)
        assert page.officer.has_left is (day == 1)
        if day == 1:
            (duty,) = page.officer.past
            assert (duty.ended_on, page.officer.duties) == (last_day, ())
            assert "the service, on " in client(MANAGER, EDUNET).get(f"/officers/{row.pk}/").content.decode()

    def test_is_who_was_recorded_by_mistake(self) -> None:
        """R38, R44: ended on the first day, with a name that another has: the page says that it opened nothing."""
        number, _, _ = officers.record_officer(
            asker(MANAGER, EDUNET), name=person(FIONA).name, email="f@council.example", team="T", post="P", manager="",
            starts_on=TODAY, ends_on=None,
        )  # fmt: skip
        officers.end_appointment(asker(MANAGER, EDUNET), number)
        browser = client(MANAGER, EDUNET)
        assert "ended before that day was over" in browser.get("/officers/former/").content.decode()
        page = browser.get(f"/officers/{number}/").content.decode()
        assert "None: it was ended before the first day was over" in page
        assert "This appointment never opened anything." in page
        assert "saw establishment information" not in page

    def test_a_duty_that_nobody_confirmed_says_when_it_closed(self) -> None:
        """R9: of years ago too, when it opened something and when not any more."""
        duty = give()
        closed = TODAY - timedelta(days=3)
        with as_batch():
            Duty.objects.filter(pk=duty.pk).update(starts_on=TODAY - timedelta(days=9), confirmed_until=closed)
        officers.end_appointment(asker(MANAGER, EDUNET), appointment(FIONA).pk)
        page = client(MANAGER, EDUNET).get(f"/officers/{appointment(FIONA).pk}/").content.decode()
        assert f"closed after {closed.day} {closed:%B %Y} because nobody confirmed it" in page

    @pytest.mark.drifts
    def test_the_list_is_paged(self) -> None:
        with as_batch():
            past = {"starts_on": TODAY - timedelta(days=900), "ends_on": TODAY - timedelta(days=800)}
            OfficerAppointment.objects.bulk_create(
                OfficerAppointment(person=person(FIONA), team=f"Team {number}", recorded_by_name="x", **past)
                for number in range(PAGE_SIZE + 1)
            )
        page = client(MANAGER, EDUNET).get("/officers/former/?page=2")
        assert len(page.context["found"].page.rows) == 1
        assert 'aria-label="Pages of former officers"' in page.content.decode()
