"""Duties of officers, given, reviewed and ended; who keeps them, in both locks (P3, R9, R39, R44)."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from access_register import grants, service
from access_register.models import Duty
from access_register.officers import officers
from access_register.reviews import terms
from sharing import conditions
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import Establishment, EstablishmentPermission, LedgerEntry, Locality
from tests.access_register.duties import (
    BECKSIDE,
    FIONA,
    MANAGER,
    RAVENSGILL,
    TODAY,
    appointment,
    give,
    new_duty,
    pupils,
)
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db


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


@pytest.mark.drifts  # a duty written past the pages
def test_a_duty_past_its_last_day_is_not_confirmed_for_the_coming_term() -> None:
    """R9: from a page that was left open over midnight. On the last day itself it still is."""
    duty, manager = give(), asker(MANAGER, EDUNET)
    for last_day, is_open in ((TODAY, True), (TODAY - timedelta(days=1), False)):
        with as_batch():
            Duty.objects.filter(pk=duty.pk).update(
                starts_on=TODAY - timedelta(days=9), ends_on=last_day, confirmed_until=TODAY + timedelta(days=9)
            )
        with nullcontext() if is_open else pytest.raises(NoSuchRecord):
            officers.confirm_duty(manager, appointment(FIONA).pk, duty.pk)


def test_the_table_is_put_right_where_it_differs() -> None:
    """R9: and the other rows of the same duty stay, since whoever changes an appointment waits meanwhile."""
    duty = give(urns=[], whole_community=True)
    with as_batch():
        rows = EstablishmentPermission.objects.filter(source=f"duty:{duty.pk}").order_by("pk")
        lost, wrong, *kept = rows.values_list("pk", flat=True)
        rows.filter(pk=lost).delete()
        rows.filter(pk=wrong).update(reason="Another")
        assert grants.rebuild(TODAY) == (2, 1)
        assert grants.drift(TODAY) == (set(), set())
        assert set(kept) <= set(rows.values_list("pk", flat=True))
        assert not rows.filter(pk__in=(lost, wrong)).exists()


def test_confirming_one_that_has_yet_to_begin_closes_nothing() -> None:
    """R9: it is open from its first day to the end of the review after it, however often it is confirmed before."""
    first = TODAY + timedelta(days=300)
    duty = give(starts_on=first, ends_on=first + timedelta(days=300))
    before = grants.days_of_duty(duty)
    officers.confirm_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty.pk)
    with as_batch():
        duty.refresh_from_db()
    assert grants.days_of_duty(duty) == before == (first, terms.due_next_term(first))


def test_one_of_an_officer_who_has_yet_to_begin_is_not_said_to_be_open() -> None:
    """R9, R36: it opens nothing before that day."""
    duty = give()
    with as_batch():
        duty.appointment.starts_on = TODAY + timedelta(days=9)
        duty.appointment.save()
        grants.rebuild(TODAY)
    assert "Not yet begun" in client(MANAGER, EDUNET).get(f"/officers/{duty.appointment_id}/").content.decode()
