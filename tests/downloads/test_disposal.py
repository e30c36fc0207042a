"""R14: what was taken away is destroyed by its day, and who does not is asked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register import daily, service
from access_register.headships import handovers
from access_register.models import Person, RegisterLine
from access_register.notices.mail import link
from access_register.register import register
from sharing import door
from sharing.authorise import NoSuchRecord, Permission, visit
from sharing.authorise.grants import EstablishmentPermission
from sharing.days import day_in_words
from sharing.imports.ending import end_establishment
from sharing.models import Download, Establishment, LedgerEntry
from sharing.models.establishments import CLOSED
from tests.downloads.reading import BECKSIDE, GOVERNOR, HEAD, TEACHER, asked_for, collected
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import post

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def in_hand(slug: str = TEACHER, due_in: int = 7) -> int:
    """A collected download of the person, to be destroyed in so many days."""
    number = asked_for(slug)
    collected(slug, number)
    with as_batch():
        Download.objects.filter(pk=number).update(dispose_by=TODAY + timedelta(days=due_in))
    return number


def reminded(on=TODAY) -> list[str]:
    mail.outbox.clear()
    daily.run(on)
    post()
    return [letter.subject for letter in mail.outbox if "Destroy" in letter.subject]


class TestConfirming:
    def test_the_person_says_how(self) -> None:
        number, browser = in_hand(), client(TEACHER)
        assert browser.post(f"/my-downloads/{number}/", {"how": "eaten"}).status_code == 422
        assert browser.post(f"/my-downloads/{number}/", {"how": "both"})["location"] == "/my-downloads/"
        page = browser.get(f"/my-downloads/{number}/").content.decode()
        assert "what was printed is shredded" in page
        with as_batch():
            assert LedgerEntry.objects.filter(action="confirm_disposal", outcome="changed").count() == 1

    def test_once(self) -> None:
        """What was said stays as it was said."""
        number = in_hand()
        door.confirm_disposal(asker(TEACHER), number, how="deleted")
        with pytest.raises(door.AlreadyDestroyed):
            door.confirm_disposal(asker(TEACHER), number, how="shredded")

    def test_nobody_says_it_for_another(self) -> None:
        number = in_hand()
        with pytest.raises(NoSuchRecord):
            door.confirm_disposal(asker(HEAD), number, how="deleted")

    def test_what_never_left_is_not_to_be_destroyed(self) -> None:
        with pytest.raises(door.AlreadyDestroyed):
            door.confirm_disposal(asker(TEACHER), asked_for(TEACHER), how="deleted")

    def test_one_who_is_suspended_still_can_and_gets_at_nothing_else(self) -> None:
        """R14, R41, R44: what is in their hands, by one page; what waits to be collected is not there."""
        number, waits, of_another, browser = in_hand(), asked_for(TEACHER), in_hand(HEAD), client(TEACHER)
        until = TODAY + timedelta(days=9)
        with as_batch():
            Person.objects.filter(pk=person(TEACHER).pk).update(suspended_until=until)
        assert "/my-downloads/" in browser.get("/").content.decode()
        assert f"/my-downloads/{number}/" in (listed := browser.get("/my-downloads/").content.decode())
        assert f"/my-downloads/{waits}/" not in listed
        own = f"/establishments/{BECKSIDE}/downloads/pupils/{waits}"
        for path in (f"{own}/file/", f"{own}/passphrase/"):
            assert "is suspended" in browser.post(path).content.decode()
        assert [browser.get(f"/my-downloads/{other}/").status_code for other in (waits, of_another)] == [404, 404]
        assert browser.post(f"/my-downloads/{number}/", {"how": "deleted"})["location"] == "/my-downloads/"
        with as_batch():
            assert Download.objects.get(pk=number).disposed_how == "deleted"
            assert Download.objects.get(pk=of_another).disposed_at is None

    def test_the_way_to_them_is_on_the_home_page_of_level_3_too(self) -> None:
        """R12, R14: what somebody took at Level 2 is still in their hands once they are lowered."""
        assert 'href="/my-downloads/"' in client("governor-beckside").get("/").text

    def test_one_whose_access_has_ended_still_can(self) -> None:
        """R14: the duty outlives the line."""
        number = in_hand()
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        browser = client(HEAD)
        page = browser.get(f"/establishments/{BECKSIDE}/register/{line.pk}/withdraw/").content.decode()
        assert f"D-{number}, list of pupils" in page
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Gone")
        assert f"D-{number}" in client(TEACHER).get("/my-downloads/").content.decode()
        here = browser.get(f"/establishments/{BECKSIDE}/downloads/").content.decode()
        assert "People who no longer have access can still say so there." in here
        door.confirm_disposal(asker(TEACHER), number, how="deleted")

    def test_those_of_one_establishment_say_so_and_lead_to_all(self) -> None:
        """A18: the home page leads to the ones of one school. Nobody takes them for all that they have."""
        number, browser = in_hand("teacher-two-schools", due_in=-1), client("teacher-two-schools")
        said = 'This list is of one establishment. <a class="govuk-link" href="/my-downloads/">'
        page = browser.get(f"/my-downloads/of/{BECKSIDE}/").content.decode()
        assert said in page
        assert f"/my-downloads/{number}/" in page
        elsewhere = browser.get("/my-downloads/of/999003/").content.decode()
        assert said in elsewhere
        assert "You have not taken anything away from there." in elsewhere
        assert "of one establishment" not in browser.get("/my-downloads/").content.decode()

    def test_one_who_has_left_for_another_school_is_asked_on_the_home_page(self) -> None:
        """R14, A18: what was taken from a school that is not theirs any more, beside what waits at their own."""
        slug, words = "teacher-two-schools", "1 download from elsewhere to destroy now"
        number = in_hand(slug, due_in=-1)
        assert words not in client(slug).get("/").content.decode()
        with as_batch():
            line = RegisterLine.objects.get(person=person(slug), establishment__urn=BECKSIDE)
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Gone")
        browser = client(slug)
        assert f'<a class="govuk-link" href="/my-downloads/">{words}</a>' in browser.get("/").content.decode()
        door.confirm_disposal(asker(slug), number, how="deleted")
        assert words not in browser.get("/").content.decode()


class TestOverdue:
    @pytest.mark.parametrize(("due_in", "is_overdue"), [(-1, True), (0, False), (1, False)])
    def test_the_head_sees_what_is_overdue(self, due_in: int, is_overdue: bool) -> None:
        """R14: the day before, the day of, the day after."""
        number = in_hand(due_in=due_in)
        found = door.list_downloads_here(asker(HEAD), BECKSIDE)
        assert ([line.id for line in found.page], found.kept, found.overdue) == ([number], 1, int(is_overdue))
        home = client(HEAD).get("/").content.decode()
        assert ("1 download taken by others, overdue to be destroyed" in home) == is_overdue
        assert ("1 download of yours to destroy now" in client(TEACHER).get("/").content.decode()) == is_overdue
        page = client(TEACHER).get(f"/my-downloads/{number}/").content.decode()
        assert (". Destroy it now." in page, "as soon as you no longer need it" in page) == (
            is_overdue,
            not is_overdue,
        )

    def test_a_confirmed_one_is_overdue_no_more(self) -> None:
        door.confirm_disposal(asker(TEACHER), in_hand(due_in=-5), how="deleted")
        assert door.list_downloads_here(asker(HEAD), BECKSIDE).overdue == 0

    def test_a_handover_lists_what_the_head_has(self) -> None:
        number = in_hand(HEAD)
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/register/headship/").content.decode()
        assert (f"D-{number}" in page) == ("Handover under way" in page)
        assert [line.id for line in handovers.show_headship(asker(HEAD), BECKSIDE).downloads] == [number]

    def test_governors_see_none(self) -> None:
        in_hand()
        assert client(GOVERNOR).get(f"/establishments/{BECKSIDE}/downloads/").status_code == 403
        assert door.list_my_downloads(asker(GOVERNOR)).page.total == 0


class TestOfSomebodyWithoutAccess:
    """R14: they write to the head or their manager, as the reminder asks them to, and it is noted for them."""

    HERE = f"/establishments/{BECKSIDE}/downloads/"

    def gone(self, slug: str = TEACHER) -> int:
        """A download in the hands of somebody who has left since."""
        number = in_hand(slug, due_in=-1)
        with as_batch():
            service.end_line(RegisterLine.objects.get(person=person(slug)), last_day=TODAY - timedelta(days=1))
        return number

    def state(self, number: int) -> tuple[str, bool]:
        with as_batch():
            row = Download.objects.get(pk=number)
        return row.disposed_how, row.disposed_at is not None

    def test_the_head_notes_it_and_nobody_is_reminded_any_more(self) -> None:
        number, browser = self.gone(), client(HEAD)
        assert "Note as destroyed" in browser.get(self.HERE).content.decode()
        assert reminded() != []
        sent = browser.post(self.HERE, {"download": number}, follow=True).content.decode()
        assert f"D-{number} is recorded as destroyed." in sent
        assert "They no longer have access, and have written that it is destroyed" in sent
        assert "Note as destroyed" not in sent
        assert door.list_downloads_here(asker(HEAD), BECKSIDE).overdue == 0
        assert reminded(TODAY + timedelta(days=7)) == []
        with as_batch():
            told = LedgerEntry.objects.get(action="note_destroyed")
        assert (told.person_id, told.urn, told.about["downloads"]) == (person(HEAD).pk, BECKSIDE, [number])
        again = browser.post(self.HERE, {"download": number}, follow=True).content.decode()
        assert "There is nothing to note" in again
        with as_batch():
            rows = LedgerEntry.objects.filter(action="note_destroyed").order_by("pk")
            assert [row.outcome for row in rows] == ["changed", "shown"]

    @pytest.mark.parametrize("last_day", [None, TODAY])
    def test_whoever_has_access_says_so_themselves(self, last_day: date | None) -> None:
        """Also on their last day."""
        number, browser = in_hand(due_in=-1), client(HEAD)
        if last_day:
            with as_batch():
                service.end_line(RegisterLine.objects.get(person=person(TEACHER)), last_day=last_day)
        assert "Note as destroyed" not in browser.get(self.HERE).content.decode()
        assert "There is nothing to note" in browser.post(self.HERE, {"download": number}, follow=True).content.decode()
        assert self.state(number) == ("", False)

    def test_of_an_officer_it_is_the_information_manager(self) -> None:
        """At EduNet what officers have taken, and nothing that the people of a school have."""
        of_a_school, of_an_officer = self.gone(), in_hand(HEAD, due_in=-1)
        officer = person("officer-data")
        with as_batch():
            Download.objects.filter(pk=of_an_officer).update(by_person_id=officer.pk, through=EDUNET)
            EstablishmentPermission.objects.filter(user=officer).update(ends_on=TODAY - timedelta(days=1))
        assert client(HEAD).post(self.HERE, {"download": of_an_officer}).status_code == 404
        manager = client("officer-information", EDUNET)
        assert manager.post(self.HERE, {"download": of_a_school}).status_code == 404
        assert manager.post(self.HERE, {"download": of_an_officer}).status_code == 302
        assert [self.state(one)[0] for one in (of_a_school, of_an_officer)] == ["", "written"]

    def test_of_a_school_that_has_ended_it_is_the_information_manager(self) -> None:
        """R14, R44: nobody there can any more. While somebody has access there, it is the school's own."""
        number, manager = in_hand(due_in=-1), client("officer-information", EDUNET)
        overdue = "<strong>1</strong> download taken by others, overdue to be destroyed"
        closed = TODAY - timedelta(days=20)
        with as_batch():
            Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=closed)
        assert f"D-{number}" not in manager.get(self.HERE).content.decode()
        assert manager.post(self.HERE, {"download": number}).status_code == 404
        assert overdue not in manager.get("/").content.decode()
        end_establishment(BECKSIDE, by="Test", today=TODAY)
        assert overdue in manager.get("/").content.decode()
        assert "1 from" in manager.get("/my-downloads/").content.decode()
        for officer in ("officer-data", "officer-no-duty"):
            assert client(officer, EDUNET).get(self.HERE).status_code == 403
        assert "Note as destroyed" in manager.get(self.HERE).content.decode()
        assert reminded() != []
        letter = next(letter for letter in mail.outbox if "Destroy" in letter.subject)
        assert "If the school has closed for good, write to the information manager" in letter.body
        sent = manager.post(self.HERE, {"download": number}, follow=True).content.decode()
        assert f"D-{number} is recorded as destroyed." in sent
        assert overdue not in manager.get("/").content.decode()
        assert self.state(number) == ("written", True)

    def test_by_the_database_too(self) -> None:
        """The second lock: a head notes nothing of an officer, and nobody says it for somebody else."""
        of_an_officer, of_the_head = in_hand(HEAD, due_in=-1), in_hand(HEAD)
        with as_batch():
            Download.objects.filter(pk=of_an_officer).update(by_person_id=0, through=EDUNET)
        for slug, permission, asked in (
            (HEAD, Permission.MANAGE_REGISTER, f"access_register_note_destroyed({of_an_officer})"),
            (TEACHER, Permission.VIEW_PUPILS, f"access_register_say_destroyed({of_the_head}, 'deleted')"),
        ):
            with visit(asker(slug), permission, BECKSIDE, action="test") as here:
                here.showed()
                assert rows(f"SELECT {asked}") == [(False,)]
        assert [self.state(one) for one in (of_an_officer, of_the_head)] == [("", False)] * 2

    @pytest.mark.parametrize(("slug", "status"), [(TEACHER, 404), ("senco-beckside", 403), ("head-ravensgill", 404)])
    def test_nobody_else_notes_it(self, slug: str, status: int) -> None:
        number = self.gone()
        assert client(slug).post(self.HERE, {"download": number}).status_code == status
        assert self.state(number) == ("", False)

    @pytest.mark.parametrize("typed", ["", "x", "0", "9" * 30, "99999"])
    def test_nonsense_is_not_there(self, typed: str) -> None:
        assert client(HEAD).post(self.HERE, {"download": typed}).status_code == 404

    def test_one_does_not_say_of_oneself_that_one_has_no_access(self) -> None:
        number = in_hand()
        assert client(TEACHER).post(f"/my-downloads/{number}/", {"how": "written"}).status_code == 422


class TestOfOfficers:
    OFFICER, MANAGER = "officer-school-improvement", "officer-information"

    def taken(self) -> int:
        """An officer's download, collected, with a day that is over."""
        officer = asker(self.OFFICER, EDUNET)
        number = door.ask_for_download(officer, BECKSIDE, "pupils", {}, purpose="review", form="xlsx")
        assert "<strong>1</strong> download ready to collect" in client(self.OFFICER, EDUNET).get("/").content.decode()
        door.collect_download(officer, BECKSIDE, "pupils", number)
        with as_batch():
            Download.objects.filter(pk=number).update(dispose_by=TODAY - timedelta(days=1))
        return number

    def test_what_is_overdue_is_on_the_home_page_of_the_officer_and_of_who_keeps_duties(self) -> None:
        """R14: until the officer says how it was destroyed. Nobody else on EduNet is told of it, and no head."""
        in_hand(HEAD, due_in=-1)  # of a school: not an officer's
        number = self.taken()
        mine, others = "download of yours to destroy now", "download taken by others, overdue to be destroyed"
        officer, manager = client(self.OFFICER, EDUNET), client(self.MANAGER, EDUNET)
        assert f"<strong>1</strong> {mine}" in officer.get("/").content.decode()
        assert f"<strong>1</strong> {others}" in manager.get("/").content.decode()
        led = manager.get("/my-downloads/").content.decode()
        assert f'1 from <a class="govuk-link" href="/establishments/{BECKSIDE}/downloads/">' in led
        assert f"D-{number}" in manager.get(f"/establishments/{BECKSIDE}/downloads/").content.decode()
        assert "Overdue downloads of other people" not in officer.get("/my-downloads/").content.decode()
        alone = replace(asker(self.MANAGER, EDUNET), second_factor=False)
        assert door.list_my_downloads(alone).of_others == ()
        for slug in ("officer-data", "officer-admissions"):
            assert "to be destroyed" not in client(slug, EDUNET).get("/").content.decode()
        assert "taken by others, overdue" not in client(HEAD).get("/").content.decode()
        door.confirm_disposal(asker(self.OFFICER, EDUNET), number, how="deleted")
        assert f"<strong>1</strong> {others}" not in manager.get("/").content.decode()
        assert "Overdue downloads of other people" not in manager.get("/my-downloads/").content.decode()


class TestReminders:
    def test_before_the_day_once_and_then_every_week_and_later_every_month(self) -> None:
        """As late returns are asked for: after four weeks they know."""
        in_hand(due_in=7)
        days = [day for day in range(95) if reminded(TODAY + timedelta(days=day))]
        assert days == [4, 8, 15, 22, 29, 57, 85]

    def test_what_is_newly_overdue_is_in_an_email_at_once(self) -> None:
        in_hand(due_in=-90)
        assert reminded(TODAY) != []
        in_hand(due_in=5)
        days = [day for day in range(20) if reminded(TODAY + timedelta(days=day))]
        assert days == [2, 6, 13]

    def test_reminded_on_the_day_itself_they_are_reminded_again_on_the_next(self) -> None:
        """R14: as where no nightly run came before that day."""
        in_hand(due_in=0)
        assert [day for day in range(9) if reminded(TODAY + timedelta(days=day))] == [0, 1, 8]

    def test_one_letter_for_all_and_no_child_in_it(self) -> None:
        for days in (1, 0, -1):
            in_hand(due_in=days)
        assert len(reminded()) == 1
        (letter,) = [one for one in mail.outbox if "Destroy" in one.subject]
        assert letter.to == [person(TEACHER).email]
        assert "You have 3 files or pages to destroy" in letter.body
        assert "1 is overdue." in letter.body
        assert day_in_words(TODAY - timedelta(days=1)) in letter.body, "the first of these days"
        assert "/my-downloads/" in letter.body
        assert reminded() == []

    def test_a_letter_for_each_site_with_what_was_taken_away_there(self) -> None:
        """R14, R38: that is where each of them is said to be destroyed."""
        for through in (SCHOOLS_ONLINE, EDUNET, EDUNET):
            number = in_hand(due_in=1)
            with as_batch():
                Download.objects.filter(pk=number).update(through=through)
        assert len(reminded()) == 2
        for letter in (one for one in mail.outbox if "Destroy" in one.subject):
            at_edunet = link("my_downloads", at=EDUNET) in letter.body
            assert at_edunet or link("my_downloads", at=SCHOOLS_ONLINE) in letter.body
            assert ("You have 2 files or pages to destroy" in letter.body) == at_edunet

    def test_none_to_an_account_that_is_closed(self) -> None:
        in_hand(due_in=-1)
        with as_batch():
            Person.objects.filter(pk=person(TEACHER).pk).update(is_active=False)
        assert reminded() == []

    def test_none_for_what_is_destroyed_or_was_never_collected(self) -> None:
        door.confirm_disposal(asker(TEACHER), in_hand(due_in=-1), how="deleted")
        asked_for(TEACHER)
        assert reminded() == []
