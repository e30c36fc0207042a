"""Casework and legal overrides that open (R9, R18, R44, R45, P7): exactly the children named, in both locks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access_register import casework, grants, officers, orders
from access_register.casework import NewCasework
from access_register.models import Duty, OfficerAppointment, Order, RegisterLine
from access_register.orders import NewOrder
from access_register.rules import CannotChange
from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import (
    Attendance,
    Enrolment,
    LedgerEntry,
    NamedChild,
    Pupil,
    PupilNeeds,
)
from tests import factories
from tests.access_register.test_officers import second_manager
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
FIONA, MANAGER, HEAD, AUTHORISER = "officer-no-duty", "officer-information", "head-beckside", "officer-data"


def child(urn: int = BECKSIDE, **facts: Any) -> Pupil:
    made = factories.pupil(urn, **{"surname": "Caseborough", "forename": "Maren", "born_on": date(2016, 2, 3)} | facts)
    with as_batch():
        Enrolment.objects.create(pupil=made, establishment=made.establishment, starts_on=TODAY)
        PupilNeeds.objects.create(pupil=made, establishment=made.establishment, sen_provision="K")
        Attendance.objects.create(
            pupil=made,
            establishment=made.establishment,
            academic_year=2025,
            term=1,
            sessions_possible=100,
            sessions_absent=3,
        )
    return made


def elsewhere(made: Pupil, urn: int = RAVENSGILL) -> Pupil:
    return child(urn, child=made.child, upn=made.upn, upn_index=made.upn_index)


def appointment(slug: str = FIONA) -> int:
    with as_batch():
        return OfficerAppointment.objects.get(person=person(slug)).pk


def give(*pupils: Pupil, slug: str = FIONA, withheld: tuple[str, ...] = (), barred: bool = False) -> int:
    new = NewCasework(withheld, "looked-after", "Education of children in care", TODAY, TODAY + timedelta(days=90))
    duty = casework.give_casework(asker(MANAGER, EDUNET), appointment(slug), duty=new)
    for pupil in pupils:
        name(duty, pupil, slug, barred=barred)
    return duty


def name(duty: int, pupil: Pupil, slug: str = FIONA, *, barred: bool = False) -> int:
    exactly = door.Exactly(pupil.upn_index)
    return casework.name_child(asker(MANAGER, EDUNET), appointment(slug), duty, child=exactly, head_barred=barred)


def order(pupil: Pupil | None = None, *, to: str = FIONA, through: str = EDUNET, **other: Any) -> int:
    facts: dict[str, Any] = {
        "basis": "court", "data": "view_pupils", "withheld": (), "urn": None if pupil else BECKSIDE,
        "child": door.Exactly(pupil.upn_index) if pupil else None, "person": person(to).email, "through": through,
        "authoriser": person(AUTHORISER).email, "reason": "The court of 3 May asks for it.", "head_barred": False,
        "barred_because": "", "starts_on": TODAY, "ends_on": TODAY + timedelta(days=30),
    }  # fmt: skip
    return orders.record_order(asker(MANAGER, EDUNET), order=NewOrder(**facts | other))


def page(made: Pupil, slug: str = FIONA, through: str = EDUNET) -> int:
    urn = BECKSIDE if made.establishment.urn == BECKSIDE else RAVENSGILL
    return client(slug, through).get(f"/establishments/{urn}/pupils/{made.pk}/").status_code


def seen_by_sql(slug: str = FIONA, model: Any = Pupil, through: str = EDUNET) -> set[Any]:
    """What the second lock alone shows."""
    field = "pk" if model is Pupil else "pupil_id"
    with transaction.atomic(), visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
        found = set(model.objects.values_list(field, flat=True))
        here.showed()
    return found


class TestWhichChild:
    def test_no_date_of_birth_is_tried_out(self) -> None:
        """R6, R43: for casework, a legal override and a broken glass together; each miss stays on record. By UPN it
        goes on."""
        made, duty, browser = child(), give(), client(MANAGER, EDUNET)
        path = f"/officers/{appointment()}/casework/{duty}/"
        typed = {"forename": "Maren", "surname": "Caseborough"}
        for day in range(1, 7):
            answer = browser.post(path, typed | {"born_on": f"{day}/1/2016"})
            assert "not exactly one such child" in answer.content.decode()
        for day in range(7, 10):
            with pytest.raises(CannotChange, match="not exactly one"):
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
        assert [case.number for case in officers.show_officers_here(asker(HEAD), BECKSIDE).cases] == [1]
        door.close_child(
            asker(MANAGER, EDUNET), upn_key=made.upn_index, named=[], authoriser="X", basis="court", reason="x",
            head_barred=False, last_day=TODAY,
        )  # fmt: skip
        assert (page(made), seen_by_sql()) == (403, set())
        assert door.show_my_caseload(asker(FIONA, EDUNET)).cases[0].records == ()
        assert officers.show_officers_here(asker(HEAD), BECKSIDE).cases == ()

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
        child(forename="Twin", surname="Same")
        child(forename="Twin", surname="Same")
        for exactly in (door.Exactly(None, "Twin", "Same", date(2016, 2, 3)), door.Exactly("nobody")):
            with pytest.raises(CannotChange):
                casework.name_child(asker(MANAGER, EDUNET), appointment(), duty, child=exactly, head_barred=False)

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
        assert officers.show_officers_here(asker("head-ravensgill"), RAVENSGILL).cases == ()

    def test_learns_nothing_of_what_is_barred(self) -> None:
        """R18: not on the page, not in the ledger, not in the count of looks; the information manager does."""
        made = child()
        give(made, barred=True)
        before = door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.times
        assert page(made) == 200
        assert officers.show_officers_here(asker(HEAD), BECKSIDE).cases == ()
        assert not [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.person == "Fiona Brearley"]
        assert "Fiona" not in str(door.read_ledger_of_child(asker(HEAD), BECKSIDE, made.pk).openings)
        assert door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.times == before + 1  # the head's own look
        lines = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert [line.what for line in lines if line.person == "Fiona Brearley"] == ["Record of a child"]


class TestOrders:
    def test_opens_a_child_once_another_person_says_so(self) -> None:
        """R18: recorded by one, authorised by another, for the days named; it ends at once."""
        made, other = child(), child(forename="Other")
        number = order(made)
        assert (page(made), seen_by_sql()) == (403, set())
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert (page(made), page(other), seen_by_sql()) == (200, 403, {made.pk})
        assert "authorised by Tomasz Gorski" in str(officers.show_officers_here(asker(HEAD), BECKSIDE).cases)
        orders.end_order(asker(MANAGER, EDUNET), number)
        assert (page(made), seen_by_sql()) == (403, set())

    def test_to_somebody_at_schools_online(self) -> None:
        """R18: a child of another school, for whom the school's pages are 404 otherwise."""
        made, other = child(RAVENSGILL), child(RAVENSGILL, forename="Other")
        orders.authorise_order(asker(AUTHORISER, EDUNET), order(made, to=HEAD, through=SCHOOLS_ONLINE))
        assert (page(made, HEAD, SCHOOLS_ONLINE), page(other, HEAD, SCHOOLS_ONLINE)) == (200, 404)
        seen = seen_by_sql(HEAD, through=SCHOOLS_ONLINE)
        assert made.pk in seen
        assert other.pk not in seen
        assert client(HEAD, SCHOOLS_ONLINE).get(f"/establishments/{RAVENSGILL}/pupils/").status_code == 404
        assert "Caseborough" in client(HEAD, SCHOOLS_ONLINE).get("/caseload/").content.decode()

    def test_beyond_a_narrowed_line_opens_what_it_opens_and_no_more(self) -> None:
        """R18, R35: a teacher of some year groups; the narrowing holds for every other child."""
        made, other = child(year_group="6"), child(forename="Other", year_group="6")
        with as_batch():
            line = RegisterLine.objects.get(person=person("teacher-beckside"), establishment__urn=BECKSIDE)
            line.year_groups, line.withheld = ["1"], ["sen"]
            line.save(update_fields=["year_groups", "withheld"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        slug, through = "teacher-beckside", SCHOOLS_ONLINE
        number = order(made, to=slug, through=through, withheld=("attendance",))
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert (page(made, slug, through), page(other, slug, through)) == (200, 404)
        assert seen_by_sql(slug, PupilNeeds, through) & {made.pk, other.pk} == {made.pk}
        assert seen_by_sql(slug, Attendance, through) & {made.pk, other.pk} == set()

    @pytest.mark.parametrize(("data", "model"), [("view_pupils", Pupil), ("view_staff", None)])
    def test_opens_an_establishment(self, data: str, model: Any) -> None:
        made, away = child(), child(RAVENSGILL, forename="Away")
        number = order(data=data)
        assert client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/pupils/").status_code == 403
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        pupils = client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/pupils/").status_code
        assert pupils == (200 if model else 403)
        seen = seen_by_sql()
        assert (made.pk in seen) == bool(model)
        assert away.pk not in seen
        assert "Fiona Brearley" in str(officers.show_officers_here(asker(HEAD), BECKSIDE).officers)
        with as_batch():
            assert grants.drift(TODAY) == (set(), set())
        orders.end_order(asker(MANAGER, EDUNET), number)
        assert seen_by_sql() == set()
        with as_batch():
            assert grants.drift(TODAY) == (set(), set())

    @pytest.mark.parametrize(
        "wrong",
        [
            {"authoriser": "helen.ogden@council.example"},
            {"authoriser": "fiona.brearley@council.example"},
            {"authoriser": "nobody@council.example"},
            {"authoriser": "maxine.ellison@council.example"},
            {"urn": 999002},
            {"urn": 1, "child": None},
            {"urn": 999002, "child": None, "head_barred": True},
            {"urn": 999002, "child": None, "through": SCHOOLS_ONLINE},
            {"child": door.Exactly("nobody")},
            {"person": "maxine.ellison@council.example"},
            {"ends_on": TODAY - timedelta(days=1)},
            {"ends_on": TODAY + timedelta(days=400)},
        ],
    )
    def test_is_refused_where_it_is_not_right(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(CannotChange):
            order(child(), **wrong)

    def test_is_authorised_by_the_person_named_alone_and_once(self) -> None:
        number = order(child())
        for slug in ("officer-admissions", MANAGER, FIONA):
            with pytest.raises(NoSuchRecord):
                orders.authorise_order(asker(slug, EDUNET), number)
        with pytest.raises(NeedsConfirmation):
            orders.authorise_order(replace(asker(AUTHORISER, EDUNET), confirmed_lately=False), number)
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        with pytest.raises(NoSuchRecord):
            orders.authorise_order(asker(AUTHORISER, EDUNET), number)

    def test_the_information_manager_may_be_the_one_to_whom_it_opens(self) -> None:
        """For a subject access request: not by their own word alone."""
        made = child()
        number = order(made, to=MANAGER, basis="subject")
        assert page(made, MANAGER) == 403
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert page(made, MANAGER) == 200

    def test_reasons_are_encrypted(self) -> None:
        order(child(), head_barred=True, barred_because="The family must not hear of it.")
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT reason, barred_because FROM access_register_order")
            assert all(b"court" not in bytes(value) and b"family" not in bytes(value) for value in cursor.fetchone())

    def test_the_application_cannot_authorise_what_it_records(self) -> None:
        """R45: the second lock, without the code in front of it."""
        number = order(child())
        with as_batch():
            made = Order.objects.get(pk=number)
        made.pk, made.authorised_at = None, timezone.now()
        for attempt in (
            lambda: made.save(),
            lambda: Order.objects.filter(pk=number).update(authorised_at=timezone.now()),
            lambda: NamedChild.objects.filter(source=f"order:{number}").delete(),
        ):
            with (
                pytest.raises(DatabaseError, match=r"policy|permission denied"),
                visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test"),
            ):
                attempt()

    def test_opens_what_its_authoriser_read_and_nothing_put_beside_it(self) -> None:
        """R18, R45: an information manager who writes to the table by themselves."""
        asked, other = child(), child(forename="Other")
        number = order(asked, to=MANAGER)
        facts = {
            "person_id": person(MANAGER).pk, "person_name": "M", "through": EDUNET, "reason": "", "ends_on": TODAY,
            "named_by_name": "M", "source": f"order:{number}",
        }  # fmt: skip
        with visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
            NamedChild.objects.create(child_id=other.child_id, starts_on=grants.NOT_YET, **facts)
            here.showed()
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert seen_by_sql(MANAGER) & {asked.pk, other.pk} == {asked.pk}

    @pytest.mark.parametrize("facts", [{"source": "order:1"}, {"through": SCHOOLS_ONLINE}])
    def test_the_application_names_nobody_past_an_authoriser(self, facts: dict[str, str]) -> None:
        """R18, R45: not to another person either; a duty opens children on EduNet alone."""
        made = child()
        told = {"source": f"duty:{give()}", "through": EDUNET} | facts
        with (
            pytest.raises(DatabaseError, match="policy"),
            visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test"),
        ):
            NamedChild.objects.create(
                child_id=made.child_id, person_id=person(FIONA).pk, person_name="F", reason="", starts_on=TODAY,
                ends_on=TODAY, named_by_name="M", **told,
            )  # fmt: skip

    def test_of_an_establishment_ends_with_the_appointment(self) -> None:
        """R9, R18, R44: in both locks, and not at the gate alone."""
        made = child()
        orders.authorise_order(asker(AUTHORISER, EDUNET), order())
        assert made.pk in seen_by_sql()
        officers.end_appointment(asker(MANAGER, EDUNET), appointment())
        assert seen_by_sql() == set()


class TestMutants:
    """Each rule of the second lock made weaker lets through what it holds back."""

    @pytest.mark.parametrize(
        ("function", "part", "instead"),
        [
            ("portal_opened", "named.person_id = (SELECT portal_asker())", "true"),
            ("portal_opened", "named.through = (SELECT portal_context(2))", "true"),
            ("portal_opened", "named.ended_at IS NULL", "true"),
            ("portal_opened", "named.ends_on >= CURRENT_DATE", "true"),
            ("portal_opened", "named.starts_on <= CURRENT_DATE", "true"),
            ("portal_opened", "pupil.child_id IN (child.id, child.same_as_id)", "true"),
            ("portal_opened_for", "AND category <> ALL (named.withheld)", ""),
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
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                f"DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('{function}'::regproc), "
                f"$part${part}$part$, $part${instead}$part$); END $do$"
            )
        assert opened() > right


def test_who_authorises_an_order_or_agrees_to_a_closing_finds_it_at_home(django_capture_on_commit_callbacks) -> None:
    """R18: a row for them alone, and an e-mail that names nobody but them."""
    from tests.sharing.test_closings import close

    made = child()
    with django_capture_on_commit_callbacks(execute=True):
        number = order(made)
    (letter,) = mail.outbox
    assert letter.to == [person(AUTHORISER).email]
    names = (made.surname, made.forename, person(FIONA).name, person(MANAGER).name)
    assert not any(name in letter.body + letter.subject for name in names)
    row = "legal override to authorise"
    assert row in client(AUTHORISER, EDUNET).get("/").content.decode()
    assert row not in client("officer-admissions", EDUNET).get("/").content.decode()
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    close(made)
    home = client(second_manager(), EDUNET).get("/").content.decode()
    assert row not in home
    assert "closed child to agree to" in home
    assert "closed child to agree to" not in client(MANAGER, EDUNET).get("/").content.decode()
