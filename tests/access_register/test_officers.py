"""Officers, kept by the information manager; what a head reads of them (P3, R9, R39, R44)."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection, transaction

from access_register import grants, service
from access_register.models import Duty, OfficerAppointment, Person
from access_register.officers import officers
from access_register.register.rules import CannotChange
from access_register.reviews import terms
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import Establishment, EstablishmentPermission
from tests.access_register.duties import (
    BECKSIDE,
    FIONA,
    MANAGER,
    RAVENSGILL,
    TODAY,
    appointment,
    give,
    new_duty,
    second_manager,
)
from tests.failing import failing
from tests.people import (
    EDUNET,
    ON_THE_INTRANET,
    accepts,
    as_batch,
    as_owner,
    asker,
    chooses_purpose,
    client,
    person,
    visitor,
)
from tests.post import sent

pytestmark = pytest.mark.django_db
DUTY = {
    "opens": ["view_pupils"], "function": "attendance", "reason": "Visits families",
    "starts_on": f"{TODAY:%d/%m/%Y}", "ends_on": f"{TODAY:%d/%m/%Y}",
}  # fmt: skip


class TestOfficers:
    TYPED = {
        "name": "Nadia Iqbal", "email": "nadia.iqbal@council.example", "team": "Attendance",
        "post": "Attendance officer",
        "manager": "Fiona Brearley", "starts_on": TODAY.strftime("%d/%m/%Y"), "ends_on": "",
    }  # fmt: skip

    def test_the_form_is_for_whoever_keeps_officers(self) -> None:
        statuses = [client(slug, EDUNET).get("/officers/add/").status_code for slug in (MANAGER, "officer-data")]
        assert statuses == [200, 403]

    def test_somebody_new_gets_a_link_and_sees_establishments_alone(self) -> None:
        page = client(MANAGER, EDUNET).post("/officers/add/", self.TYPED, follow=True).text
        assert "We have emailed them a link to choose a password." in page
        nadia = Person.objects.get(email="nadia.iqbal@council.example")
        assert [message.to for message in sent()] == [[nadia.email]]
        accepts(nadia)
        browser = visitor(EDUNET, ON_THE_INTRANET)
        browser.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
        browser.cookies["edunet_session"] = browser.cookies.pop("sessionid").value
        assert chooses_purpose(browser).get(f"/establishments/{BECKSIDE}/").status_code == 200

    def test_nobody_new_is_on_record_who_is_not_written_to(self) -> None:
        """R38: on record without the link, they could not sign in, and recording them again was refused."""
        browser = client(MANAGER, EDUNET)
        with failing('INSERT INTO "access_register_waitingletter"'), pytest.raises(OperationalError):
            browser.post("/officers/add/", self.TYPED)
        assert browser.post("/officers/add/", self.TYPED).status_code == 302
        assert [message.to for message in sent()] == [[self.TYPED["email"]]]

    def test_a_duty_begins_no_earlier_than_its_officer(self) -> None:
        """R9: as the form proposes it, for somebody who starts next week and for somebody who is there already."""
        browser, monday = client(MANAGER, EDUNET), TODAY + timedelta(days=7)
        to_come = browser.post("/officers/add/", self.TYPED | {"starts_on": f"{monday:%d/%m/%Y}"})["Location"]
        here = OfficerAppointment.objects.get(person=person("officer-no-duty")).pk
        for officer, first in ((to_come, monday), (f"/officers/{here}/", TODAY)):
            page = browser.get(f"{officer}duty/").text
            assert f'name="starts_on" value="{first:%d/%m/%Y}"' in page

    @pytest.mark.parametrize(
        ("email", "refused"),
        [
            ("nadia@gmail.com", True), ("nadia@council.example.evil.example", True),
            ("nadia@sub.council.example", True), ("nadia+2@council.example", True), ("Nadia@Council.Example", False),
        ],
    )  # fmt: skip
    def test_an_address_is_the_councils(self, email: str, refused: bool) -> None:
        """R38, A1: by command too."""
        response = client(MANAGER, EDUNET).post("/officers/add/", self.TYPED | {"email": email})
        assert response.status_code == (422 if refused else 302)
        assert Person.objects.filter(email__iexact=email).exists() is not refused
        if refused:
            with pytest.raises(CommandError, match=r"council\.example"):
                call_command("record_officer", email, "--name", "N", "--team", "T")

    def test_without_domains_nobody_is_recorded(self, settings) -> None:
        settings.COUNCIL_EMAIL_DOMAINS = []
        assert client(MANAGER, EDUNET).post("/officers/add/", self.TYPED).status_code == 422

    def test_an_account_of_another_name_is_asked_about_first(self) -> None:
        """R38: with the address of somebody else, EduNet opened to them, not to who was named. Without their name."""
        known, browser = person(FIONA), client(MANAGER, EDUNET)
        officers.end_appointment(asker(MANAGER, EDUNET), appointment(FIONA).pk)
        typed = self.TYPED | {"email": known.email, "manager": "A Director"}
        asked = browser.post("/officers/add/", typed)
        assert (asked.status_code, known.name in asked.content.decode()) == (422, False)
        assert list(asked.context["form"].errors) == ["other_name"]
        assert not known.is_officer_on(TODAY)
        again = browser.post("/officers/add/", typed | {"other_name": "on"})
        assert (again.status_code, known.is_officer_on(TODAY)) == (302, True)
        assert not sent()  # they have a password

    def test_twice_does_no_harm(self) -> None:
        browser = client(MANAGER, EDUNET)
        browser.post("/officers/add/", self.TYPED)
        again = browser.post("/officers/add/", self.TYPED)
        assert again.status_code == 422
        assert "already an officer on record" in again.content.decode()
        assert "Attendance officer" in again.content.decode()

    def test_who_is_no_officer_any_more_is_out_with_all_duties(self) -> None:
        """R44."""
        give()
        browser = client(FIONA, EDUNET)
        assert browser.get("/").status_code == 200
        officers.end_appointment(asker(MANAGER, EDUNET), appointment(FIONA).pk)
        assert browser.get("/").status_code == 403
        with as_batch():
            assert not Duty.objects.filter(appointment=appointment(FIONA), ended_at=None).exists()
            assert grants.drift(TODAY) == (set(), set())

    def test_a_duty_that_was_ended_says_on_which_day_and_names_its_places_in_order(self) -> None:
        """R9, R44: its last day was to be another one."""
        officers.give_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty=new_duty(urns=(999003, 999002, 999011)))
        (duty,) = officers.show_officer(asker(MANAGER, EDUNET), appointment(FIONA).pk).officer.duties
        assert duty.scope == "Amberstone Children's Centre, Beckside Primary School, Ravensgill Primary School"
        officers.end_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty.id)
        page = client(MANAGER, EDUNET).get(f"/officers/{appointment(FIONA).pk}/").content.decode()
        assert f"ended on {TODAY.day} {TODAY:%B %Y}. " in page

    def test_a_day_from_which_no_term_can_be_counted_is_no_day(self) -> None:
        typed = {"opens": ["view_pupils"], "function": "attendance", "reason": "Visits families", "urns": "999002"}
        days = {"starts_on": "1/9/9999", "ends_on": "1/9/9999"}
        answer = client(MANAGER, EDUNET).post(f"/officers/{appointment(FIONA).pk}/duty/", typed | days)
        assert answer.status_code == 422
        assert "Enter a year from 1900 to 2199." in answer.content.decode()

    def test_all_that_is_missing_of_a_duty_is_said_at_once(self) -> None:
        """R9: the place too. It was asked for when all the rest had been put right."""
        answer = client(MANAGER, EDUNET).post(f"/officers/{appointment(FIONA).pk}/duty/", {"reason": ""})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Say what the work is." in page
        assert (
            "Say where: the whole community, a Locality, a kind of establishment, or numbers of establishments." in page
        )
        wrong = client(MANAGER, EDUNET).post(f"/officers/{appointment(FIONA).pk}/duty/", {"urns": "many"})
        assert "Say where:" not in wrong.content.decode()

    @pytest.mark.parametrize("written", ["{la}/{own}", "{la}{own}", "{la}-{own}", "{own}", "{urn}"])
    def test_the_place_of_a_duty_is_typed_as_it_is_searched_for(self, written: str) -> None:
        """R9: by its URN or DfE number, and several beside each other, one of them twice."""
        school = Establishment.objects.get(urn=999002)
        number = written.format(la=school.la_code, own=school.establishment_number, urn=school.urn)
        assert list(Establishment.objects.of_the_community().called(number)) == [school]
        typed = DUTY | {"urns": f"999003, {number} {number}; 999002"}
        assert client(MANAGER, EDUNET).post(f"/officers/{appointment(FIONA).pk}/duty/", typed).status_code == 302
        (duty,) = officers.show_officer(asker(MANAGER, EDUNET), appointment(FIONA).pk).officer.duties
        assert duty.scope == "Beckside Primary School, Ravensgill Primary School"

    @pytest.mark.parametrize("number", ["381/2001", "12", "many", "888888", "9999", "999015", "380/ 2001", "٩٩٩٠٠٢"])
    def test_a_number_of_no_establishment_of_the_community_is_named(self, number: str) -> None:
        typed = DUTY | {"urns": f"999003 {number}"}
        answer = client(MANAGER, EDUNET).post(f"/officers/{appointment(FIONA).pk}/duty/", typed)
        assert answer.status_code == 422
        said = f"No establishment of the community has the URN or DfE number {number.split()[0]}."
        assert said in answer.content.decode()
        assert not officers.show_officer(asker(MANAGER, EDUNET), appointment(FIONA).pk).officer.duties

    def test_under_a_dfe_number_that_went_along_the_school_of_today_is_meant(self) -> None:
        """R9: a school that becomes an academy keeps the number, and has another URN."""
        with as_owner():
            kept = str(Establishment.objects.get(urn=999002).establishment_number)
            Establishment.objects.filter(urn=999003).update(establishment_number=kept, status_code=2)
        assert officers.urns_of([kept]) == [999002]
        with as_owner():
            Establishment.objects.filter(urn=999003).update(status_code=1)
        with pytest.raises(
            CannotChange, match=f"More than one establishment has the DfE number {kept}. Enter the URN."
        ):
            officers.urns_of([kept])

    def test_a_step_that_is_not_there_any_more_says_so(self) -> None:
        """On a page that was loaded before somebody else ended the duty."""
        duty = give()
        there, browser = appointment(FIONA).pk, client(MANAGER, EDUNET)
        browser.post(f"/officers/{there}/duty/{duty.pk}/end/")
        answer = browser.post(f"/officers/{there}/duty/{duty.pk}/confirm/")
        assert answer.status_code == 404
        assert "Nothing was changed" in answer.content.decode()
        assert "Page not found" not in answer.content.decode()
        assert "Page not found" in browser.get("/officers/999999/").content.decode()

    def test_a_duty_of_which_the_last_day_is_past_stands_among_the_past(self) -> None:
        """R9."""
        shown = officers.show_officer(asker(MANAGER, EDUNET), appointment("officer-duty-ended").pk).officer
        assert (shown.duties, len(shown.past)) == ((), 1)

    def test_remote_use_is_authorised_and_ended(self) -> None:
        """R39."""
        there = appointment(FIONA).pk
        browser = client(FIONA, EDUNET, "10.30.0.1")
        officers.authorise_remote_use(
            asker(MANAGER, EDUNET), there, reason="Works from home", starts_on=TODAY, ends_on=TODAY
        )
        assert browser.get("/").status_code == 200
        (given,) = officers.show_officer(asker(MANAGER, EDUNET), there).officer.remote
        officers.end_remote_use(asker(MANAGER, EDUNET), there, given.id)
        assert browser.get("/").status_code == 403
        with pytest.raises(NoSuchRecord):
            officers.end_remote_use(asker(MANAGER, EDUNET), appointment("officer-data").pk, given.id)

    def test_the_reason_for_remote_use_is_shown_as_it_was_typed(self) -> None:
        """R39: a sentence keeps its one full stop."""
        there, days = appointment(FIONA).pk, {"starts_on": TODAY, "ends_on": TODAY}
        officers.authorise_remote_use(asker(MANAGER, EDUNET), there, reason="Works from home.", **days)
        assert ">Works from home.</span>" in client(MANAGER, EDUNET).get(f"/officers/{there}/").text

    def test_remote_use_that_is_sent_twice_ends_at_once(self) -> None:
        """R39, R44: the one that is ended is all there was. The same days can be given again afterwards."""
        there, manager = appointment(FIONA).pk, asker(MANAGER, EDUNET)
        days = {"starts_on": TODAY, "ends_on": TODAY}
        for _ in range(2):
            officers.authorise_remote_use(manager, there, reason="Works from home", **days)
        (given,) = officers.show_officer(manager, there).officer.remote
        officers.end_remote_use(manager, there, given.id)
        assert client(FIONA, EDUNET, "10.30.0.1").get("/").status_code == 403
        officers.authorise_remote_use(manager, there, reason="Works from home", **days)
        assert client(FIONA, EDUNET, "10.30.0.1").get("/").status_code == 200
        officers.authorise_remote_use(manager, there, reason="Visits schools", **days)
        assert len(officers.show_officer(manager, there).officer.remote) == 2

    def test_the_pages_in_a_browser(self) -> None:
        browser, there = client(MANAGER, EDUNET), appointment(FIONA).pk
        typed = {
            "opens": ["view_pupils"], "function": "attendance", "reason": "Visits families", "urns": f"{BECKSIDE}",
            "starts_on": TODAY.strftime("%d/%m/%Y"), "ends_on": TODAY.strftime("%d/%m/%Y"),
        }  # fmt: skip
        assert browser.post(f"/officers/{there}/duty/", typed | {"urns": "many"}).status_code == 422
        assert browser.post(f"/officers/{there}/duty/", typed).status_code == 302
        page = browser.get(f"/officers/{there}/").content.decode()
        assert "School attendance (Education Act 1996" in page
        with as_batch():
            duty = Duty.objects.get(appointment=there)
        assert browser.post(f"/officers/{there}/duty/{duty.pk}/confirm/").status_code == 302
        assert browser.post(f"/officers/{there}/duty/{duty.pk}/end/").status_code == 302
        days = {"reason": "Works from home", "starts_on": "1/9/2030", "ends_on": "1/9/2031"}
        assert browser.post(f"/officers/{there}/remote/", days).status_code == 302
        assert browser.post(f"/officers/{there}/end/", {"sure": ""}).status_code == 422
        assert browser.post(f"/officers/{there}/end/", {"sure": "on"}).status_code == 302


class TestASecondOfficerOfTheSameName:
    """R38: one person, one officer. The recorder's own name is among those compared."""

    def record(self, name: str) -> tuple[int, Person, bool]:
        return officers.record_officer(
            asker(MANAGER, EDUNET), name=name, email="second@council.example", team="T", post="", manager="",
            starts_on=TODAY, ends_on=None,
        )  # fmt: skip

    def opens(self, somebody: Person) -> bool:
        with as_batch():
            rows = EstablishmentPermission.objects.filter(user=somebody).exists()
        assert rows is somebody.is_officer_on(TODAY)
        return rows

    @pytest.mark.parametrize(
        ("name", "waits"),
        [
            ("{}", True), ("  {upper}", True), ("{reversed}", True), ("{reversed_comma}", True), ("{} Junior", False),
        ],
    )  # fmt: skip
    def test_waits_for_another_information_manager(self, name: str, waits: bool) -> None:
        mine = person(MANAGER).name
        first, last = mine.split()
        _, made, awaits = self.record(
            name.format(mine, upper=mine.upper(), reversed=f"{last} {first}", reversed_comma=f"{last}, {first}")
        )
        assert awaits is waits
        assert self.opens(made) is not waits

    def test_who_recorded_it_does_not_confirm_it_and_another_does(self) -> None:
        number, made, _ = self.record(person(FIONA).name)
        with pytest.raises(NotAtYourLevel):
            officers.confirm_officer(asker(MANAGER, EDUNET), number)
        with pytest.raises(CannotChange):
            officers.give_duty(asker(MANAGER, EDUNET), number, duty=new_duty())
        sent().clear()
        second = second_manager()
        assert b"1</strong> officer to confirm" in client(second, EDUNET).get("/").content
        page = client(second, EDUNET)
        assert b"They are two people" in page.get(f"/officers/{number}/").content
        for _ in range(2):  # a second click
            assert page.post(f"/officers/{number}/confirm/").status_code == 302
        assert self.opens(made)
        assert [message.to for message in sent()] == [[person(MANAGER).email], [made.email]]  # each of them once

    def test_the_only_information_manager_does_as_the_page_and_the_command_say(self) -> None:
        """R38: with one information manager, the service records an officer of the same name (docs/adr/0027)."""
        number, made, _ = self.record(person(FIONA).name)
        again = made.email, "--name", made.name, "--team", "T"
        for given in ((), ("--information-manager",)):
            with pytest.raises(CommandError, match="ends that record there, with “They are not an officer”"):
                call_command("record_officer", *again, *given, stdout=StringIO())
        browser = client(MANAGER, EDUNET)
        page = " ".join(re.sub("<[^>]+>", "", browser.get(f"/officers/{number}/").content.decode()).split())
        assert "choose “They are not an officer” below. Then ask the people who run this service" in page
        assert browser.post(f"/officers/{number}/end/", {"sure": "on"}).status_code == 302
        call_command("record_officer", *again, stdout=StringIO())
        assert self.opens(made)

    @pytest.mark.drifts
    def test_the_database_holds_it_by_itself(self) -> None:
        """R45: with the door forgotten, and the lock shown to be what holds."""
        number, made, _ = self.record(person(FIONA).name)

        def confirm() -> None:
            with visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
                OfficerAppointment.objects.filter(pk=number).update(awaits_second=False)
                here.changed()

        with pytest.raises(ProgrammingError, match="another information manager"), transaction.atomic():
            confirm()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP TRIGGER access_register_second_officer ON access_register_officerappointment")
        confirm()
        assert made.is_officer_on(TODAY)


def test_a_head_reads_which_officers_see_what_and_why() -> None:
    """R9, R36."""
    give()
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/register/officers/").content.decode()
    assert "Fiona Brearley: pupil information" in page
    assert "for School attendance (Education Act 1996, sections 437 and 444): Visits families" in page
    elsewhere = client("head-ravensgill").get(f"/establishments/{RAVENSGILL}/register/officers/").content.decode()
    assert "Fiona Brearley" not in elsewhere
    assert "Deborah Clough" in elsewhere


def test_a_head_reads_who_sees_confidential_items_too() -> None:
    """R9, R28: whatever a duty opens has words for the head."""
    give(data=[kind.value for kind in Duty.Data if kind != Duty.Data.DUTIES])
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/register/officers/").content.decode()
    assert "Fiona Brearley: confidential items" in page
    assert page.count("Why can I see this?") == 1


class TestTheCommand:
    def test_makes_and_ends_an_information_manager(self) -> None:
        said = StringIO()
        arguments = ("yusuf.khan@council.example", "--name", "Yusuf Khan", "--team", "Governance")
        call_command("record_officer", *arguments, "--information-manager", stdout=said)
        yusuf = Person.objects.get(email="yusuf.khan@council.example")
        with as_batch():
            held = EstablishmentPermission.objects.filter(user=yusuf, permission__codename="manage_duties")
            assert held.exists()
            with pytest.raises(CommandError, match="already"):
                call_command("record_officer", *arguments, "--information-manager", stdout=said)
            people, appointments = Person.objects.count(), OfficerAppointment.objects.count()
            for slip in ("yusuf.kahn@council.example", person(FIONA).email):
                with pytest.raises(CommandError, match="Check the address"):
                    call_command("record_officer", slip, *arguments[1:], "--end", stdout=said)
            assert (Person.objects.count(), OfficerAppointment.objects.count()) == (people, appointments)
            assert held.exists()
            call_command("record_officer", *arguments, "--end", stdout=said)
            assert not held.exists()
        assert "until" in said.getvalue()

    def test_an_information_manager_keeps_duties_as_long_as_was_said(self) -> None:
        """R9: nobody could confirm that right by a page, so no term ends it before its last day."""
        said = StringIO()
        arguments = ("yusuf.khan@council.example", "--name", "Yusuf Khan", "--team", "Governance")
        call_command("record_officer", *arguments, "--information-manager", stdout=said)
        a_year_on = TODAY + timedelta(days=365)
        assert f"until {a_year_on}" in said.getvalue()
        with as_batch():
            held = EstablishmentPermission.objects.filter(
                user__email=arguments[0], permission__codename="manage_duties"
            ).values_list("ends_on", flat=True)
            assert set(held) == {a_year_on}
            for days, is_renewed in ((29, False), (28, True)):
                mine = Duty.objects.filter(appointment__person__email=arguments[0], ended_at=None)
                mine.update(ends_on=TODAY + timedelta(days=days))
                if is_renewed:
                    call_command("record_officer", *arguments, "--information-manager", stdout=said)
                    assert mine.get().ends_on == a_year_on
                else:
                    with pytest.raises(CommandError, match="already"):
                        call_command("record_officer", *arguments, "--information-manager", stdout=said)
            demonstrated = Duty.objects.filter(data=Duty.Data.DUTIES, ended_at=None)
            assert set(demonstrated.values_list("confirmed_until", flat=True)) == {None}

    def test_says_no_more_of_an_information_manager_than_their_appointment_holds(self) -> None:
        """R9: until its last day; and who waits for a second manager would keep nothing."""
        said = StringIO()
        arguments = ("yusuf.khan@council.example", "--name", "Yusuf Khan", "--team", "Governance")
        call_command("record_officer", *arguments, stdout=said)
        with as_batch():
            mine = OfficerAppointment.objects.filter(person__email=arguments[0])
            mine.update(ends_on=TODAY + timedelta(days=40), awaits_second=True)
            with pytest.raises(CommandError, match="Another information manager has to confirm"):
                call_command("record_officer", *arguments, "--information-manager", stdout=said)
            mine.update(awaits_second=False)
            call_command("record_officer", *arguments, "--information-manager", stdout=said)
            grants.rebuild(TODAY)
        assert said.getvalue().endswith(f"until {TODAY + timedelta(days=40)}.\n")

    def test_makes_an_information_manager_of_who_comes_back(self) -> None:
        """R9: the right under their appointment that is over opens nothing, and stands in nobody's way."""
        said = StringIO()
        arguments = ("yusuf.khan@council.example", "--name", "Yusuf Khan", "--team", "Governance")
        call_command("record_officer", *arguments, "--information-manager", stdout=said)
        with as_batch():
            OfficerAppointment.objects.filter(person__email=arguments[0]).update(ends_on=TODAY - timedelta(days=1))
            call_command("record_officer", *arguments, "--information-manager", stdout=said)
            grants.rebuild(TODAY)
            held = EstablishmentPermission.objects.filter(user__email=arguments[0])
            assert held.filter(permission__codename="manage_duties", ends_on__gte=TODAY).exists()


def test_the_service_asks_for_confirmation_too() -> None:
    """A duty recorded by command is reviewed like any other."""
    with as_batch():
        duty = service.record_duty(
            Duty(
                appointment=appointment(FIONA), data="view_pupils", reason="x", starts_on=TODAY,
                ends_on=TODAY + timedelta(days=300), recorded_by_name="x", whole_community=True,
            )
        )  # fmt: skip
    assert duty.confirmed_until == terms.due_next_term(TODAY)
