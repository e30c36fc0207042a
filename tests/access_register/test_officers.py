"""Officers and their duties, kept by the information manager; what a head reads of them (P3, R9, R39, R44)."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from access_register import grants, officers, service, terms
from access_register.models import Duty, OfficerAppointment, Person
from access_register.officers import NewDuty
from access_register.rules import CannotChange
from sharing import conditions
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import Establishment, EstablishmentPermission, LedgerEntry, Locality
from tests.people import EDUNET, ON_THE_INTRANET, SCHOOLS_ONLINE, accepts, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
MANAGER, FIONA = "officer-information", "officer-no-duty"


def appointment(slug: str) -> OfficerAppointment:
    return OfficerAppointment.objects.get(person=person(slug))


def new_duty(**given: object) -> NewDuty:
    facts = {
        "data": ["view_pupils"], "function": "attendance", "reason": "Visits families", "urns": [BECKSIDE],
        "starts_on": TODAY, "ends_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return NewDuty(**facts | given)


def give(slug: str = FIONA, **given: object) -> Duty:
    officers.give_duty(asker(MANAGER, EDUNET), appointment(slug).pk, duty=new_duty(**given))
    with as_batch():
        return Duty.objects.filter(appointment=appointment(slug)).latest("pk")


def pupils(slug: str = FIONA, urn: int = BECKSIDE) -> int:
    return client(slug, EDUNET).get(f"/establishments/{urn}/pupils/").status_code


def write_duty(by: str, through: Permission, slug: str, data: str) -> None:
    """What a page without any question of its own would write."""
    with transaction.atomic(), visit(asker(by, EDUNET), through, action="test") as here:
        Duty.objects.create(
            appointment=appointment(slug), data=data, reason="x", starts_on=TODAY, ends_on=TODAY, recorded_by_name="x"
        )
        here.changed()


def widen(duty: Duty) -> None:
    """A page without any question of its own adds an establishment to the scope of a duty. It is taken back."""
    with transaction.atomic():
        with visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
            duty.establishments.through.objects.create(
                duty_id=duty.pk, establishment_id=Establishment.objects.values_list("pk", flat=True).get(urn=BECKSIDE)
            )
            here.changed()
        transaction.set_rollback(True)


def of_the_service(slug: str, data: str) -> Duty:
    """A duty that the service has recorded, for one establishment."""
    with as_batch():
        return service.record_duty(
            Duty(
                appointment=appointment(slug), data=data, reason="x", starts_on=TODAY, ends_on=TODAY,
                recorded_by_name="x",
            ),
            establishments=(Establishment.objects.get(urn=RAVENSGILL),),
        )  # fmt: skip


def write_row(permission: Permission) -> None:
    rows = grants.permission_rows()
    with transaction.atomic(), visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
        EstablishmentPermission.objects.create(
            user=person(FIONA), permission_id=rows[permission], through=EDUNET, starts_on=TODAY, source="duty:0",
            reason="x", content_object_id=next(iter(here.holdings.at(Permission.MANAGE_DUTIES))),
        )  # fmt: skip
        here.changed()


class TestADuty:
    def test_opens_on_the_next_request_and_ends_on_the_next(self) -> None:
        """R9, R44."""
        assert pupils() == 403
        duty = give()
        assert (pupils(), pupils(urn=RAVENSGILL)) == (200, 403)
        assert client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/staff/").status_code == 403
        officers.end_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty.pk)
        assert pupils() == 403

    @pytest.mark.parametrize(
        ("scope", "open_at"),
        [
            ({"urns": [RAVENSGILL]}, {RAVENSGILL}),
            ({"kinds": ["primary"], "urns": []}, {BECKSIDE, RAVENSGILL}),
            ({"kinds": ["nursery"], "urns": []}, set()),
            ({"whole_community": True, "urns": []}, {BECKSIDE, RAVENSGILL}),
        ],
    )
    def test_reaches_its_scope_and_no_further(self, scope: dict[str, object], open_at: set[int]) -> None:
        give(**scope)
        assert {urn for urn in (BECKSIDE, RAVENSGILL) if pupils(urn=urn) == 200} == open_at

    def test_of_a_locality_reaches_those_in_it(self) -> None:
        locality = Locality.objects.get(name="Aireholme")
        give(urns=[], localities=[locality.pk])
        with as_batch():
            rows = EstablishmentPermission.objects.filter(user=person(FIONA), permission__codename="view_pupils")
            reached = set(rows.values_list("content_object__localities__locality__name", flat=True))
        assert reached == {"Aireholme"}

    @pytest.mark.parametrize(("starts", "ends", "status"), [(0, 0, 200), (1, 9, 403), (-9, 0, 200)])
    def test_holds_on_its_days(self, starts: int, ends: int, status: int) -> None:
        give(starts_on=TODAY + timedelta(starts), ends_on=TODAY + timedelta(ends))
        assert pupils() == status

    def test_several_kinds_of_data_are_a_duty_each(self) -> None:
        give(data=["view_pupils", "view_staff"])
        with as_batch():
            assert Duty.objects.filter(appointment=appointment(FIONA)).count() == 2
        assert client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/staff/").status_code == 200

    def test_rows_are_exact_and_the_ledger_tells(self) -> None:
        give()
        with as_batch():
            assert grants.drift(TODAY) == (set(), set())
            row = LedgerEntry.objects.latest("id")
        assert (row.action, row.outcome, row.person_name) == ("give_duty", "changed", "Helen Ogden")
        assert row.about["function"] == "attendance"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"ends_on": TODAY + timedelta(days=366)}, "ends_on"),
            ({"ends_on": TODAY - timedelta(days=1), "starts_on": TODAY - timedelta(days=9)}, "ends_on"),
            ({"urns": []}, "urns"),
            ({"urns": [999015]}, "urns"),
            ({"function": "curiosity"}, "function"),
        ],
    )
    def test_bad_duties_are_told_and_nothing_is_recorded(self, wrong: dict[str, object], field: str) -> None:
        with pytest.raises(officers.CannotChange) as refused:
            give(**wrong)
        assert refused.value.field == field
        assert pupils() == 403


class TestReview:
    """A duty is confirmed each term, or it opens nothing after that day."""

    def until(self, duty: Duty, day: date) -> None:
        with as_batch():
            Duty.objects.filter(pk=duty.pk).update(confirmed_until=day)
            duty.refresh_from_db()
            grants.replace(f"duty:{duty.pk}", grants.of_duty(duty, TODAY))

    @pytest.mark.parametrize(("days", "status"), [(1, 200), (0, 200), (-1, 403)])
    def test_closes_after_its_day(self, days: int, status: int) -> None:
        duty = give()
        self.until(duty, TODAY + timedelta(days))
        assert pupils() == status

    def test_confirmed_it_opens_again(self) -> None:
        duty = give(ends_on=TODAY + timedelta(days=364))
        self.until(duty, TODAY - timedelta(days=1))
        page = officers.show_officer(asker(MANAGER, EDUNET), appointment(FIONA).pk).officer
        assert [(each.state, each.to_confirm) for each in page.duties] == [("Closed until it is confirmed", True)]
        officers.confirm_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty.pk)
        assert pupils() == 200
        with as_batch():
            duty.refresh_from_db()
        assert duty.confirmed_until == terms.due_next_term(TODAY)


class TestWhoKeepsThem:
    def test_nobody_keeps_their_own(self) -> None:
        own = appointment(MANAGER).pk
        for change in (
            lambda: officers.give_duty(asker(MANAGER, EDUNET), own, duty=new_duty()),
            lambda: officers.end_appointment(asker(MANAGER, EDUNET), own),
            lambda: officers.authorise_remote_use(
                asker(MANAGER, EDUNET), own, reason="x", starts_on=TODAY, ends_on=TODAY
            ),
        ):
            with pytest.raises(NotAtYourLevel):
                change()

    def test_the_second_lock_holds_it_too(self) -> None:
        """R45: with the door's question left out, PostgreSQL refuses one's own duty and the right to keep duties."""
        for slug, data in ((MANAGER, "view_pupils"), (FIONA, "manage_duties")):
            with pytest.raises(ProgrammingError):
                write_duty(MANAGER, Permission.MANAGE_DUTIES, slug, data)

    @pytest.mark.parametrize(("slug", "data"), [(MANAGER, "view_pupils"), (FIONA, "manage_duties")])
    def test_nor_is_the_scope_of_such_a_duty_widened(self, slug: str, data: str) -> None:
        """R9, R45: the nightly rebuild would make rows of it."""
        widen(of_the_service(FIONA, "view_pupils"))
        with pytest.raises(ProgrammingError):
            widen(of_the_service(slug, data))

    @pytest.mark.parametrize("codename", ["manage_duties", "manage_register"])
    def test_nor_are_rows_of_those_rights_written(self, codename: str) -> None:
        with pytest.raises(ProgrammingError):
            write_row(Permission(codename))

    @pytest.mark.parametrize("slug", ["officer-admissions", "officer-data", FIONA])
    def test_other_officers_record_nothing(self, slug: str) -> None:
        with pytest.raises(NotAtYourLevel):
            officers.give_duty(asker(slug, EDUNET), appointment(FIONA).pk, duty=new_duty())
        with pytest.raises(ProgrammingError):
            write_duty(slug, Permission.VIEW_ESTABLISHMENT, "officer-duty-ended", "view_pupils")

    def test_the_information_manager_on_schools_online_is_nobody(self) -> None:
        with pytest.raises(NotAtYourLevel):
            officers.list_officers(asker(MANAGER, SCHOOLS_ONLINE))

    def test_reads_no_child(self) -> None:
        """A17's counterpart: who decides what others see sees nothing by it."""
        assert pupils(MANAGER) == 403

    def test_a_duty_of_another_officer_is_not_there(self) -> None:
        duty = give()
        with pytest.raises(NoSuchRecord):
            officers.end_duty(asker(MANAGER, EDUNET), appointment("officer-data").pk, duty.pk)

    def test_changes_need_a_fresh_confirmation(self) -> None:
        """R13: an officer who left the desk unlocked."""
        browser = client(MANAGER, EDUNET, second_factor=False)
        assert browser.get("/officers/").status_code == 302


class TestMutants:
    """Each policy made weaker is noticed: what it holds back gets through, so the tests above would fail."""

    @pytest.mark.parametrize(
        ("table", "weaker", "tried"),
        [
            (
                "access_register_duty", f"{conditions.MANAGES_DUTIES} AND data <> 'manage_duties'",
                lambda: write_duty(MANAGER, Permission.MANAGE_DUTIES, MANAGER, "view_pupils"),
            ),
            (
                "access_register_duty", f"{conditions.MANAGES_DUTIES} AND NOT {conditions.OWN_APPOINTMENT}",
                lambda: write_duty(MANAGER, Permission.MANAGE_DUTIES, FIONA, "manage_duties"),
            ),
            (
                "access_register_duty_establishments", f"{conditions.MANAGES_DUTIES} AND {conditions.OF_A_DUTY_I_SEE}",
                lambda: widen(of_the_service(MANAGER, "view_pupils")),
            ),
            (
                "sharing_establishmentpermission",
                f"through = 'edunet' AND {conditions.ASKER_MAY.format(permission='manage_duties')}",
                lambda: write_row(Permission.MANAGE_DUTIES),
            ),
        ],
        ids=["own duty", "the right itself", "scope of one's own duty", "rows of the right itself"],
    )  # fmt: skip
    def test_is_noticed(self, table: str, weaker: str, tried: Callable[[], None]) -> None:
        with pytest.raises(ProgrammingError):
            tried()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"ALTER POLICY app_inserts ON {table} WITH CHECK ({weaker})")
        with transaction.atomic():
            tried()
            transaction.set_rollback(True)


class TestOfficers:
    TYPED = {
        "name": "Nadia Iqbal", "email": "nadia.iqbal@council.example", "team": "Attendance",
        "post": "Attendance officer",
        "manager": "Fiona Brearley", "starts_on": TODAY.strftime("%d/%m/%Y"), "ends_on": "",
    }  # fmt: skip

    def test_somebody_new_gets_a_link_and_sees_establishments_alone(self) -> None:
        response = client(MANAGER, EDUNET).post("/officers/add/", self.TYPED)
        assert response.status_code == 302
        nadia = Person.objects.get(email="nadia.iqbal@council.example")
        assert [message.to for message in mail.outbox] == [[nadia.email]]
        accepts(nadia)
        from tests.people import chooses_purpose, visitor

        browser = visitor(EDUNET, ON_THE_INTRANET)
        browser.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
        browser.cookies["edunet_session"] = browser.cookies.pop("sessionid").value
        assert chooses_purpose(browser).get(f"/establishments/{BECKSIDE}/").status_code == 200

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

    def test_twice_does_no_harm(self) -> None:
        browser = client(MANAGER, EDUNET)
        browser.post("/officers/add/", self.TYPED)
        again = browser.post("/officers/add/", self.TYPED)
        assert again.status_code == 422
        assert "officer on record already" in again.content.decode()
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
        assert browser.post(f"/officers/{there}/duty/{duty.pk}/end/").status_code == 404
        days = {"reason": "Works from home", "starts_on": "1/9/2030", "ends_on": "1/9/2031"}
        assert browser.post(f"/officers/{there}/remote/", days).status_code == 302
        assert browser.post(f"/officers/{there}/end/", {"sure": ""}).status_code == 422
        assert browser.post(f"/officers/{there}/end/", {"sure": "on"}).status_code == 302
        assert browser.get(f"/officers/{there}/").status_code == 404


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
        mail.outbox.clear()
        second = second_manager()
        assert b"1</strong> officer to confirm" in client(second, EDUNET).get("/").content
        page = client(second, EDUNET)
        assert b"They are two people" in page.get(f"/officers/{number}/").content
        assert page.post(f"/officers/{number}/confirm/").status_code == 302
        assert self.opens(made)
        assert [message.to for message in mail.outbox] == [[made.email]]
        assert page.post(f"/officers/{number}/confirm/").status_code == 404

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


def second_manager(slug: str = "officer-data") -> str:
    """The service makes another officer an information manager."""
    with as_batch():
        service.record_duty(
            Duty(
                appointment=appointment(slug), data=Duty.Data.DUTIES, reason="x", starts_on=TODAY,
                ends_on=TODAY + timedelta(days=9), recorded_by_name="x", whole_community=True,
            )
        )  # fmt: skip
    return slug


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
            call_command("record_officer", *arguments, "--end", stdout=said)
            assert not held.exists()
        assert "until" in said.getvalue()


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
