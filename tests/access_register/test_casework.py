"""Casework (R9, R18, R44, R45, P7): exactly the children named, in both locks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access_register import grants
from access_register.casework import casework, orders
from access_register.models import Duty
from access_register.officers import officers
from access_register.officers.officers_here import show_officers_here
from access_register.register.rules import CannotChange
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import (
    Attendance,
    Enrolment,
    LedgerEntry,
    NamedChild,
    Pupil,
    PupilNeeds,
)
from tests.access_register.casework import (
    AUTHORISER,
    BECKSIDE,
    FIONA,
    HEAD,
    MANAGER,
    RAVENSGILL,
    TODAY,
    appointment,
    child,
    elsewhere,
    give,
    name,
    order,
    page,
    seen_by_sql,
)
from tests.access_register.duties import new_duty
from tests.locks.switches import run_as_owner
from tests.locks.weakening import in_function
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


class TestWhichChild:
    def test_no_date_of_birth_is_tried_out(self) -> None:
        """R6, R43: for casework, a legal override and a broken glass together; each miss stays on record. By UPN it
        goes on."""
        made, duty, browser = child(), give(), client(MANAGER, EDUNET)
        path = f"/officers/{appointment()}/casework/{duty}/"
        typed = {"forename": "Maren", "surname": "Caseborough"}
        for day in range(1, 7):
            answer = browser.post(path, typed | {"born_on": f"{day}/1/2016"})
            assert "or more than one. Check the spelling" in answer.content.decode()
        for day in range(7, 10):
            with pytest.raises(CannotChange, match="or more than one"):
                order(child=door.Exactly(None, "Maren", "Caseborough", date(2016, 1, day)), urn=None)
        assert door.count_exactly(asker(MANAGER, EDUNET), child=door.Exactly(None, "Maren", "X", TODAY)) == 0
        right = door.Exactly(None, "Maren", "Caseborough", date(2016, 2, 3))
        answer = browser.post(path, typed | {"born_on": "3/2/2016"})
        assert (answer.status_code, "Use the UPN" in answer.content.decode()) == (422, True)
        with pytest.raises(CannotChange, match="Use the UPN"):
            order(child=right, urn=None)
        with as_batch():
            assert LedgerEntry.objects.filter(person_id=person(MANAGER).pk, action="count_exactly").count() >= 10
            assert not NamedChild.objects.filter(child=made.child).exists()
        name(duty, made)


class TestCasework:
    def test_opens_the_children_named_and_nothing_beside_them(self) -> None:
        """R9, R45: in both locks; no list, no count, no search, no other child."""
        made, other = child(), child(forename="Other")
        duty = give()
        assert (page(made), seen_by_sql()) == (403, set())
        name(duty, made)
        assert (page(made), page(other)) == (200, 403)
        assert seen_by_sql() == {made.pk} == seen_by_sql(model=PupilNeeds) == seen_by_sql(model=Enrolment)
        browser = client(FIONA, EDUNET)
        for path in ("pupils/", "staff/", "groups/"):
            assert browser.get(f"/establishments/{BECKSIDE}/{path}").status_code in (403, 404), path
        assert browser.get(f"/establishments/{BECKSIDE}/take-away/pupil/?pupil={made.pk}").status_code in (403, 404)
        assert (page(made, "officer-duty-ended"), page(made, MANAGER)) == (403, 403)
        assert page(made, FIONA, SCHOOLS_ONLINE) == 404

    def test_goes_where_the_child_goes(self) -> None:
        """R5, R9: at each school of today, and at the next one after a move; not at the one that was left."""
        first = child()
        give(first)
        second = elsewhere(first)
        assert (page(first), page(second)) == (200, 200)
        with as_batch():
            Enrolment.objects.filter(pupil=first).update(
                starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1)
            )
        assert (page(first), page(second)) == (403, 200)
        assert seen_by_sql() == {second.pk}

    def test_opens_the_kinds_of_data_of_the_duty(self) -> None:
        """R9: of two children at one school each without what is left out for it, whatever opens the other."""
        one, two = child(), child(forename="Second")
        give(one, withheld=("sen",))
        give(two, withheld=("attendance",))
        assert (seen_by_sql(model=PupilNeeds), seen_by_sql(model=Attendance)) == ({two.pk}, {one.pk})
        assert door.show_pupil(asker(FIONA, EDUNET), BECKSIDE, one.pk).needs is None
        assert door.show_pupil(asker(FIONA, EDUNET), BECKSIDE, one.pk).attendance is not None
        assert door.show_pupil(asker(FIONA, EDUNET), BECKSIDE, two.pk).attendance is None

    @pytest.mark.parametrize("ending", ["child", "duty", "appointment"])
    def test_ends_at_once(self, ending: str) -> None:
        """R44."""
        made = child()
        duty = give(made)
        manager = asker(MANAGER, EDUNET)
        if ending == "child":
            with as_batch():
                casework_of = NamedChild.objects.get(source=f"duty:{duty}").pk
            casework.take_child_out(manager, appointment(), duty, casework_of)
        elif ending == "duty":
            officers.end_duty(manager, appointment(), duty)
        else:
            officers.end_appointment(manager, appointment())
        assert page(made) in (403, 404)
        assert seen_by_sql() == set()

    @pytest.mark.parametrize(("starts", "ends", "status"), [(0, 0, 200), (1, 9, 403), (-9, -1, 403), (-9, 0, 200)])
    def test_is_open_on_its_days(self, starts: int, ends: int, status: int) -> None:
        """R9: the day before, the day of, the day after, in the future."""
        made = child()
        give(made)
        with as_batch():
            NamedChild.objects.update(starts_on=TODAY + timedelta(days=starts), ends_on=TODAY + timedelta(days=ends))
        assert page(made) == status
        assert seen_by_sql() == ({made.pk} if status == 200 else set())

    def test_is_confirmed_each_term_or_opens_nothing(self) -> None:
        """R9: the days of the children follow those of the duty."""
        made = child()
        duty_id = give(made)
        with as_batch():
            Duty.objects.filter(pk=duty_id).update(confirmed_until=TODAY - timedelta(days=1))
            grants.follow_duty(Duty.objects.get(pk=duty_id), TODAY)
        assert page(made) == 403
        officers.confirm_duty(asker(MANAGER, EDUNET), appointment(), duty_id)
        assert page(made) == 200

    def test_a_closed_child_stays_closed(self) -> None:
        """R18: closing goes before; its head counts it no more."""
        made = child()
        give(made)
        assert [case.number for case in show_officers_here(asker(HEAD), BECKSIDE).cases] == [1]
        door.close_child(
            asker(MANAGER, EDUNET), upn_key=made.upn_index, named=[], authoriser="X", basis="court", reason="x",
            head_barred=False, last_day=TODAY,
        )  # fmt: skip
        assert (page(made), seen_by_sql()) == (403, set())
        assert door.show_my_caseload(asker(FIONA, EDUNET)).cases[0].records == ()
        assert show_officers_here(asker(HEAD), BECKSIDE).cases == ()

    def test_beside_another_duty_the_other_is_not_narrowed(self) -> None:
        """An officer who sees all pupils of a school goes on doing so, where a child of it is a case too."""
        made, other = child(), child(forename="Other")
        give(made, slug="officer-admissions", withheld=("sen",))
        assert {made.pk, other.pk} <= seen_by_sql("officer-admissions")
        assert {made.pk, other.pk} <= seen_by_sql("officer-admissions", PupilNeeds)
        assert page(other, "officer-admissions") == page(made, "officer-admissions") == 200


class TestWhoNames:
    def test_exactly_one_child_and_once(self) -> None:
        made = child()
        duty = give(made)
        with pytest.raises(CannotChange):
            name(duty, made)
        name(duty, child(forename="Sibling"))
        child(forename="Twin", surname="Same")
        child(forename="Twin", surname="Same")
        for exactly in (door.Exactly(None, "Twin", "Same", date(2016, 2, 3)), door.Exactly("nobody")):
            with pytest.raises(CannotChange):
                casework.name_child(asker(MANAGER, EDUNET), appointment(), duty, child=exactly, head_barred=False)

    def test_a_duty_that_is_no_casework_has_no_such_page(self) -> None:
        """R9, R18."""
        officers.give_duty(asker(MANAGER, EDUNET), appointment(), duty=new_duty())
        with as_batch():
            duty = Duty.objects.filter(appointment=appointment()).latest("pk").pk
        with pytest.raises(NoSuchRecord):
            casework.show_casework(asker(MANAGER, EDUNET), appointment(), duty)

    @pytest.mark.drifts  # a duty written past the pages
    def test_nor_has_one_whose_last_day_is_over(self) -> None:
        """R9: its buttons would lead nowhere. On the last day it has."""
        duty, today = give(), timezone.localdate()
        for last_day in (today, today - timedelta(days=1)):
            with as_batch():
                Duty.objects.filter(pk=duty).update(starts_on=today - timedelta(days=9), ends_on=last_day)
            answer = client(MANAGER, EDUNET).get(f"/officers/{appointment()}/casework/{duty}/")
            assert answer.status_code == (200 if last_day == today else 404)

    def test_one_that_has_ended_is_given_anew(self) -> None:
        first = give()
        assert give() == first
        officers.end_duty(asker(MANAGER, EDUNET), appointment(), first)
        assert give() != first

    @pytest.mark.parametrize("slug", [FIONA, HEAD, "superuser"])
    def test_the_information_manager_alone(self, slug: str) -> None:
        duty = give()
        for work in (
            lambda: casework.show_casework(asker(slug, EDUNET), appointment(), duty),
            lambda: casework.name_child(
                asker(slug, EDUNET), appointment(), duty, child=door.Exactly("x"), head_barred=False
            ),
            lambda: orders.list_orders(asker(slug, EDUNET)),
        ):
            with pytest.raises(NotAtYourLevel):
                work()

    def test_nobody_their_own(self) -> None:
        with pytest.raises(NotAtYourLevel):
            give(slug=MANAGER)

    def test_what_is_typed_is_in_no_address_and_no_ledger(self) -> None:
        """R43."""
        made = child()
        duty = give()
        browser = client(MANAGER, EDUNET)
        answer = browser.post(f"/officers/{appointment()}/casework/{duty}/", {"upn": made.upn})
        assert answer.status_code == 302
        assert made.upn not in answer["location"]
        shown = browser.get(answer["location"]).content.decode()
        assert "C-" in shown
        assert "Caseborough" not in shown
        with as_batch():
            row = LedgerEntry.objects.filter(action="name_child").latest("pk")
        assert made.upn not in str(row.about)
        assert row.outcome == "changed"


class TestTheHead:
    def test_reads_which_children_and_for_which_function(self) -> None:
        """R9."""
        made = child()
        give(made)
        shown = client(HEAD, SCHOOLS_ONLINE).get(f"/establishments/{BECKSIDE}/register/officers/").content.decode()
        assert "Fiona Brearley: 1 child" in shown
        assert "Education of looked-after children" in shown
        assert "Maren Caseborough" in shown
        assert show_officers_here(asker("head-ravensgill"), RAVENSGILL).cases == ()

    def test_learns_nothing_of_what_is_barred(self) -> None:
        """R18: not on the page, not in the ledger, not in the count of looks; the information manager does."""
        made = child()
        give(made, barred=True)
        before = door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.times
        assert page(made) == 200
        assert show_officers_here(asker(HEAD), BECKSIDE).cases == ()
        assert not [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.person == "Fiona Brearley"]
        assert "Fiona" not in str(door.read_ledger_of_child(asker(HEAD), BECKSIDE, made.pk).openings)
        assert door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.times == before + 1  # the head's own look
        lines = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert [line.what for line in lines if line.person == "Fiona Brearley"] == ["Record of a child"]


class TestMutants:
    """Each rule of the second lock made weaker lets through what it holds back."""

    @pytest.mark.parametrize(
        ("function", "part", "instead"),
        [
            ("sharing_named_to_asker", "named.person_id = (SELECT portal_asker())", "true"),
            ("sharing_named_to_asker", "named.through = (SELECT portal_context(2))", "true"),
            ("sharing_named_to_asker", "named.ended_at IS NULL", "true"),
            ("sharing_named_to_asker", "named.ends_on >= CURRENT_DATE", "true"),
            ("sharing_named_to_asker", "named.starts_on <= CURRENT_DATE", "true"),
            ("sharing_pupils_of", "pupil.child_id IN (known.id, known.same_as_id)", "true"),
            ("portal_opened_for", "WHERE category <> ALL (withheld)", ""),
        ],
    )
    def test_is_noticed(self, function: str, part: str, instead: str) -> None:
        made, other = child(), child(forename="Other")
        give(made, withheld=("sen",))
        model = Pupil
        with as_batch():
            if "ended_at" in part:
                NamedChild.objects.update(ended_at=timezone.now())
            elif "ends_on" in part:
                NamedChild.objects.update(starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1))
            elif "starts_on" in part:
                NamedChild.objects.update(starts_on=TODAY + timedelta(days=1))
            elif "through" in part:
                NamedChild.objects.update(through="schools_online")
            elif "person_id" in part:
                NamedChild.objects.update(person_id=person(AUTHORISER).pk)
        asked = "portal_opened_for('sen')" if function == "portal_opened_for" else "portal_opened()"

        def opened() -> set[Any]:
            with transaction.atomic(), visit(asker(FIONA, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT {asked}")
                    found = {number for (number,) in cursor.fetchall()}
                here.showed()
            return found & {made.pk, other.pk}

        right = {made.pk} if "child_id" in part else set()
        assert (opened(), model) == (right, Pupil)
        run_as_owner(*in_function(function, part, instead))
        assert opened() > right


def test_the_children_named_are_in_the_order_of_their_names() -> None:
    """R9: as in every list, whatever the accents and capitals."""
    names = ["de Souza", "Łukasz", "LUND", "O’Brien", "Obuya"]
    give(*(child(surname=name) for name in reversed(names)))
    cases = door.show_my_caseload(asker(FIONA, EDUNET)).cases
    assert [case.child for case in cases if case.child.endswith(", Maren")] == [f"{name}, Maren" for name in names]
    (told,) = show_officers_here(asker(HEAD), BECKSIDE).cases
    assert [one.name for one in told.children] == [f"Maren {name}" for name in names]
