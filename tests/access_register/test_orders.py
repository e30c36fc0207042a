"""Legal overrides that open (R9, R18, R44, R45, P7): exactly the child named, in both locks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from access_register import grants
from access_register.casework import orders
from access_register.models import OfficerAppointment, Order, RegisterLine
from access_register.officers import officers
from access_register.officers.officers_here import show_officers_here
from access_register.register.rules import CannotChange
from sharing import door
from sharing.authorise import NeedsConfirmation, NoSuchRecord, Permission, visit
from sharing.models import (
    Attendance,
    NamedChild,
    Opening,
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
    give,
    order,
    page,
    seen_by_sql,
)
from tests.access_register.duties import second_manager
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.sharing import glass
from tests.sharing.closings import close

pytestmark = pytest.mark.django_db


class TestOrders:
    def test_opens_a_child_once_another_person_says_so(self) -> None:
        """R18: recorded by one, authorised by another, for the days named; it ends at once."""
        made, other = child(), child(forename="Other")
        number = order(made)
        assert (page(made), seen_by_sql()) == (403, set())
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert (page(made), page(other), seen_by_sql()) == (200, 403, {made.pk})
        assert "authorised by Tomasz Gorski" in str(show_officers_here(asker(HEAD), BECKSIDE).cases)
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
        assert "Fiona Brearley" in str(show_officers_here(asker(HEAD), BECKSIDE).officers)
        with as_batch():
            assert grants.drift(TODAY) == (set(), set())
        orders.end_order(asker(MANAGER, EDUNET), number)
        assert seen_by_sql() == set()
        with as_batch():
            assert grants.drift(TODAY) == (set(), set())

    def test_of_an_establishment_is_among_its_own_rows_and_of_a_child_is_not(self) -> None:
        """R18, R43: the head reads afterwards, too, to whom the whole school was open, and who had decided that."""
        for number in (order(data="view_pupils"), order(child())):
            orders.authorise_order(asker(AUTHORISER, EDUNET), number)
            orders.end_order(asker(MANAGER, EDUNET), number)
        told = [(one.person, one.what, one.whom) for one in door.read_ledger(asker(HEAD), BECKSIDE).lines]
        manager, authoriser, officer = (person(slug).name for slug in (MANAGER, AUTHORISER, FIONA))
        assert [one for one in told if one[1].startswith("Legal override")] == [
            (manager, "Legal override ended", officer),
            (authoriser, "Legal override authorised", officer),
            (manager, "Legal override recorded", officer),
        ]

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

    @pytest.mark.parametrize(
        ("typed", "refused"),
        [
            ({"urn": BECKSIDE}, set()),
            ({"upn": "of the child"}, set()),
            ({"forename": "Maren", "surname": "Caseborough", "born_on": "3/2/2016"}, set()),
            ({}, {"__all__"}),
            ({"forename": "Maren"}, {"__all__"}),
            ({"upn": "A12"}, {"upn"}),
            ({"urn": "x"}, {"urn"}),
            ({"urn": BECKSIDE, "born_on": "31/2/2016"}, {"born_on"}),
            ({"urn": BECKSIDE, "forename": "Maren"}, {"__all__"}),
            ({"urn": BECKSIDE, "upn": "of the child"}, {"urn"}),
            ({"urn": BECKSIDE, "head_barred": "on"}, {"barred_because"}),
            ({"upn": "of the child", "head_barred": "on", "barred_because": "The head is named in it."}, set()),
        ],
    )
    def test_is_typed_for_a_child_or_an_establishment(self, typed: dict[str, Any], refused: set[str]) -> None:
        """R18: exactly one of them; a child by UPN, or by both names and the date of birth."""
        made = child()
        form = {
            "basis": "court", "opens": "view_pupils", "person": person(FIONA).email, "through": EDUNET,
            "authoriser": person(AUTHORISER).email, "reason": "A court has ordered it.",
            "starts_on": f"{TODAY:%d/%m/%Y}", "ends_on": f"{TODAY:%d/%m/%Y}",
        }  # fmt: skip
        if typed.get("upn") == "of the child":
            typed = typed | {"upn": made.upn}
        answer = client(MANAGER, EDUNET).post("/legal-overrides/record/", form | typed)
        assert answer.status_code == (422 if refused else 302)
        assert set(answer.context["form"].errors if refused else ()) == refused
        with as_batch():
            assert Order.objects.count() == (not refused)

    def test_is_recorded_again_once_it_has_ended(self) -> None:
        """R18: sent twice, it is one; after it has ended, the same words are another."""
        made = child()
        number = order(made)
        assert order(made) == number
        orders.end_order(asker(MANAGER, EDUNET), number)
        assert order(made) != number

    def test_is_authorised_by_the_person_named_alone_and_once(self) -> None:
        number = order(child())

        def asked(slug: str = AUTHORISER) -> bool | None:
            found = orders.list_orders_to_authorise(asker(slug, EDUNET)).orders
            return {one.id: one.may_authorise for one in found}.get(number)

        for slug in ("officer-admissions", MANAGER, FIONA):
            assert asked(slug) is None
            with pytest.raises(NoSuchRecord):
                orders.authorise_order(asker(slug, EDUNET), number)
        assert asked() is True
        assert [one.may_authorise for one in orders.list_orders(asker(MANAGER, EDUNET)).orders] == [False]
        with pytest.raises(NeedsConfirmation):
            orders.authorise_order(replace(asker(AUTHORISER, EDUNET), confirmed_lately=False), number)
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert asked() is False

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

    def test_ends_in_the_night_after_the_last_day_of_an_appointment(self) -> None:
        """R9, R18: whoever comes back as an officer has nothing of it; on the last day itself it stands."""
        made = child()
        for number in (order(), order(made)):
            orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        with as_batch():
            post = OfficerAppointment.objects.filter(pk=appointment())
            for last_day, said in ((TODAY, []), (TODAY - timedelta(days=1), ["2 legal overrides"])):
                post.update(ends_on=last_day)
                assert [words[:17] for words in orders.end_those_of_leavers(TODAY)] == said
            post.update(ends_on=None)
        assert seen_by_sql() == set()
        assert page(made) == 403


@pytest.mark.parametrize("by_page", [True, False])
def test_a_new_appointment_opens_nothing_of_the_old_one(by_page: bool) -> None:
    """R9, R18, R44: neither a legal override nor a broken glass, though no night has gone by. What had ended by itself
    stays as it was."""
    made, opened = child(), glass.child()
    number, over = order(made), order(child(forename="Over"))
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    broken = glass.break_it(opened)
    assert (page(made), page(opened)) == (200, 200)
    with as_batch():
        Order.objects.filter(pk=over).update(starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1))
    if by_page:
        officers.end_appointment(asker(MANAGER, EDUNET), appointment())
    else:
        with as_batch():
            OfficerAppointment.objects.filter(pk=appointment()).update(ends_on=TODAY - timedelta(days=1))
            grants.rebuild(TODAY)
    known = person(FIONA)
    officers.record_officer(
        asker(MANAGER, EDUNET), name=known.name, email=known.email, team="Data team", post="Analyst", manager="",
        starts_on=TODAY, ends_on=None,
    )  # fmt: skip
    assert (page(made), page(opened)) == (403, 403)
    with as_batch():
        assert Opening.objects.get(pk=broken.pk).ended_at
        assert Order.objects.get(pk=number).ended_by_name == person(MANAGER).name
        assert Order.objects.get(pk=over).ended_at is None


def test_nor_does_one_that_the_service_records() -> None:
    """R9, R18, A17: the day after the last day of the old one, before the night has gone by."""
    made, opened = child(), glass.child()
    orders.authorise_order(asker(AUTHORISER, EDUNET), order(made))
    glass.break_it(opened)
    with as_batch():
        OfficerAppointment.objects.filter(pk=appointment()).update(ends_on=TODAY - timedelta(days=1))
        grants.rebuild(TODAY)
    known = person(FIONA)
    call_command("record_officer", known.email, name=known.name, team="Data team")
    assert client(FIONA, EDUNET).get("/").status_code == 200
    assert (page(made), page(opened)) == (403, 403)


def test_who_authorises_an_order_or_agrees_to_a_closing_finds_it_at_home() -> None:
    """R18: a row for them alone, and an email that names nobody but them."""
    made = child()
    with posting():
        number = order(made)
    (letter,) = mail.outbox
    assert letter.to == [person(AUTHORISER).email]
    names = (made.surname, made.forename, person(FIONA).name, person(MANAGER).name)
    assert not any(name in letter.body + letter.subject for name in names)
    row = "legal override to authorise"
    assert row in client(AUTHORISER, EDUNET).get("/").content.decode()
    assert row not in client("officer-admissions", EDUNET).get("/").content.decode()
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    orders.end_order(asker(MANAGER, EDUNET), order(child(forename="Ended")))
    assert row not in client(AUTHORISER, EDUNET).get("/").content.decode()
    close(made)
    home = client(second_manager(), EDUNET).get("/").content.decode()
    assert row not in home
    assert "closed child to agree to" in home
    assert "closed child to agree to" not in client(MANAGER, EDUNET).get("/").content.decode()
