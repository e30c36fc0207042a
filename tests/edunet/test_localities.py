"""Localities on EduNet: what an officer sees of one, and an establishment's move to another (R28, R29, A11)."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from access_register import grants
from access_register.models import Duty, OfficerAppointment
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.demo.places import AIREHOLME, BECKDALE, BECKSIDE, RAVENSGILL
from sharing.models import Establishment, EstablishmentPermission, LedgerEntry, Locality, LocalityMembership
from sharing.models.establishments import CLOSED
from sharing.ordering import ContextKey
from tests.locks.attempts import Holes
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
MANAGER, IMPROVEMENT, DATA, NO_DUTY = (
    "officer-information", "officer-school-improvement", "officer-data", "officer-no-duty",
)  # fmt: skip
A_DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def locality(name: str) -> int:
    return Locality.objects.get(name=name).pk


def move(on: date, to: str = BECKDALE, urn: int = BECKSIDE, slug: str = MANAGER) -> None:
    door.move_establishment(asker(slug, EDUNET), urn, locality=locality(to), on=on, reason="Agreed in June")


def let_days_pass(days: int) -> None:
    """Everything of the move is as it will be in so many days: rows are moved, for the clock of PostgreSQL is not."""
    passed = timedelta(days=days)
    with as_batch():
        for stretch in LocalityMembership.objects.filter(establishment__urn=BECKSIDE).order_by("starts_on"):
            LocalityMembership.objects.filter(pk=stretch.pk).update(
                starts_on=stretch.starts_on - passed, ends_on=stretch.ends_on and stretch.ends_on - passed
            )
        grants.rebuild(today())


def belongs_to() -> dict[str, str]:
    """What each place that asks says today."""
    who = asker(MANAGER, EDUNET)
    with visit(asker("head-beckside"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        with as_batch():
            neighbours = LocalityMembership.objects.filter(locality__name=BECKDALE).values_list("establishment")
            of_beckdale = {place for (place,) in neighbours}
        seen = {place for (place,) in rows("SELECT portal_same_locality()")}
    lists = {
        name for name in (AIREHOLME, BECKDALE)
        if BECKSIDE in {place.urn for place in door.show_locality(who, locality(name)).establishments}
    }  # fmt: skip
    sees_pupils = client(IMPROVEMENT, EDUNET).get(f"/establishments/{BECKSIDE}/pupils/").status_code == 200
    return {
        "page of the establishment": door.show_establishment(who, BECKSIDE).establishment.locality,
        "page of the Locality": ",".join(lists),
        "neighbours in the database": BECKDALE if seen & of_beckdale else AIREHOLME,
        "duty for Aireholme": AIREHOLME if sees_pupils else BECKDALE,
    }


class TestMove:
    @pytest.mark.parametrize(("days_after", "where"), [(-1, AIREHOLME), (0, BECKDALE), (1, BECKDALE)])
    def test_it_takes_effect_on_its_day_wherever_a_locality_is_asked_for(self, days_after: int, where: str) -> None:
        """A11, R28: the day before, the day of, the day after."""
        move(today() + A_DAY)
        let_days_pass(1 + days_after)
        assert set(belongs_to().values()) == {where}, belongs_to()

    def test_a_stretch_that_has_begun_is_ended_and_not_rewritten(self) -> None:
        """A11: dated rows."""
        before = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).stretches
        move(today() + A_DAY)
        page = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE)
        assert [(s.locality, s.starts_on, s.ends_on) for s in page.stretches] == [
            (BECKDALE, today() + A_DAY, None),
            (AIREHOLME, before[0].starts_on, today()),
        ]
        assert page.today == AIREHOLME
        (told,) = page.moves
        assert (told.left, told.joins, told.reason, told.recorded_by) == (
            AIREHOLME, BECKDALE, "Agreed in June", person(MANAGER).name,
        )  # fmt: skip
        with as_batch():
            entry = LedgerEntry.objects.filter(action="move_establishment").latest("id")
        assert (entry.outcome, entry.urn) == ("changed", BECKSIDE)

    def test_it_is_taken_back_before_its_day_and_leaves_all_as_it_was(self) -> None:
        before = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).stretches
        held = _held()
        move(today() + A_DAY)
        assert _held() != held
        (told,) = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).moves
        door.take_back_move(asker(MANAGER, EDUNET), BECKSIDE, told.id)
        page = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE)
        assert page.stretches == before
        assert page.moves[0].taken_back_by == person(MANAGER).name
        assert _held() == held
        with pytest.raises(NoSuchRecord):
            door.take_back_move(asker(MANAGER, EDUNET), RAVENSGILL, told.id)

    def test_the_head_is_told_of_it_and_of_its_being_taken_back(self) -> None:
        """A11, R28: by email, with the day and both Localities, and not why the officer moves it. Once each."""
        with posting():
            move(today() + A_DAY)
        (planned,) = mail.outbox
        (told,) = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).moves
        with posting():
            for _ in range(2):
                door.take_back_move(asker(MANAGER, EDUNET), BECKSIDE, told.id)
        (_, taken_back) = mail.outbox
        assert [letter.to for letter in (planned, taken_back)] == [[person("head-beckside").email]] * 2
        day = f"{today() + A_DAY:%-d %B %Y}"
        assert f"From {day}, Beckside Primary School belongs to the Locality {BECKDALE}." in planned.body
        assert f"Until then it stays in {AIREHOLME}." in planned.body
        assert f"on {day} has been cancelled. It stays in {AIREHOLME}." in taken_back.body
        assert not any("Agreed in June" in letter.body for letter in (planned, taken_back))

    def test_the_head_of_one_that_moves_today_is_not_told_of_days_until_then(self) -> None:
        """A11, R28: the email said that it stays where it is until that day, and to ask before it."""
        with posting():
            move(today())
        (told,) = mail.outbox
        assert "Until then" not in told.body
        assert "If this is a surprise, ask the council at once." in told.body
        assert "at once" in told.alternatives[0].content

    def test_no_other_can_be_typed_while_one_is_to_come(self) -> None:
        move(today() + A_DAY)
        page = client(MANAGER, EDUNET).get(f"/establishments/{BECKSIDE}/locality/").content.decode()
        assert "Take this move back" in page
        assert "Record the move" not in page
        assert (
            "Record the move" in client(MANAGER, EDUNET).get(f"/establishments/{RAVENSGILL}/locality/").content.decode()
        )

    def test_one_that_has_come_stands(self) -> None:
        move(today())
        (told,) = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).moves
        assert not told.can_take_back
        with pytest.raises(door.CannotMove, match="has come"):
            door.take_back_move(asker(MANAGER, EDUNET), BECKSIDE, told.id)
        with pytest.raises(door.CannotMove, match="same day"):
            move(today(), to=AIREHOLME)

    def test_a_centre_that_opens_later_is_moved_from_a_day_after_its_first(self) -> None:
        """A11: no move put it into its first Locality, so nobody can be sent to take one back."""
        opens = today() + timedelta(days=30)
        urn = door.add_centre(
            asker(MANAGER, EDUNET), name="Millrace Children’s Centre", street="1 Mill Race", town="Skelbrook",
            postcode="BD0 2DE", telephone="", manager="Centre manager", locality=locality(AIREHOLME), starts_on=opens,
        )  # fmt: skip
        for on in (today(), opens):
            with pytest.raises(door.CannotMove, match="Choose a first day after that"):
                move(on, urn=urn)
        first = door.show_moving(asker(MANAGER, EDUNET), urn).stretches
        move(opens + A_DAY, urn=urn)
        page = door.show_moving(asker(MANAGER, EDUNET), urn)
        assert [(s.locality, s.starts_on, s.ends_on) for s in page.stretches] == [
            (BECKDALE, opens + A_DAY, None), (AIREHOLME, opens, opens),
        ]  # fmt: skip
        with pytest.raises(door.CannotMove, match="Take that one back first"):
            move(opens + 2 * A_DAY, urn=urn)
        door.take_back_move(asker(MANAGER, EDUNET), urn, page.moves[0].id)
        assert door.show_moving(asker(MANAGER, EDUNET), urn).stretches == first

    def test_what_does_not_fit_is_refused(self) -> None:
        for on in (today() - A_DAY, today() + timedelta(days=400)):
            with pytest.raises(door.CannotMove, match="year ahead"):
                move(on)
        with pytest.raises(door.CannotMove, match="already"):
            move(today() + A_DAY, to=AIREHOLME)
        move(today() + A_DAY)
        with pytest.raises(door.CannotMove, match="later day"):
            move(today() + A_DAY)

    def test_nobody_moves_an_establishment_into_a_duty_of_their_own(self) -> None:
        """R9: nobody changes where their own duties reach."""
        with as_batch():
            appointment = OfficerAppointment.objects.get(person=person(MANAGER))
            own = Duty.objects.create(
                appointment=appointment, data="view_pupils", reason="x", starts_on=today(),
                ends_on=today() + A_DAY, recorded_by_name="x",
            )  # fmt: skip
            own.localities.set([locality(BECKDALE)])
        with pytest.raises(door.CannotMove, match="another information manager"), transaction.atomic():
            move(today())


def _held() -> set[tuple[object, ...]]:
    """The permissions that duties give at the establishment."""
    with as_batch():
        found = EstablishmentPermission.objects.filter(content_object__urn=BECKSIDE, source__startswith="duty:")
        return set(found.values_list("user", "permission", "starts_on", "ends_on", "reason"))


class TestWhoMoves:
    @pytest.mark.parametrize("slug", [IMPROVEMENT, DATA, NO_DUTY, "officer-duty-ended"])
    def test_other_officers_do_not(self, slug: str) -> None:
        with pytest.raises(NotAtYourLevel):
            move(today(), slug=slug)
        browser = client(slug, EDUNET)
        page = browser.get(f"/establishments/{BECKSIDE}/locality/")
        assert page.status_code == 200
        assert b"Record the move" not in page.content
        asked = {"locality": locality(BECKDALE), "on": f"{today():%d/%m/%Y}", "reason": "x"}
        assert browser.post(f"/establishments/{BECKSIDE}/locality/", asked).status_code == 403

    @pytest.mark.parametrize("slug", ["head-beckside", "governor-beckside", "superuser"])
    def test_schools_have_no_such_page(self, slug: str) -> None:
        for path in ("localities/", f"localities/{locality(AIREHOLME)}/", f"establishments/{BECKSIDE}/locality/"):
            assert client(slug).get(f"/{path}").status_code == 404
        for ask in (
            lambda: door.list_localities(asker(slug, SCHOOLS_ONLINE)),
            lambda: door.show_locality(asker(slug, SCHOOLS_ONLINE), locality(AIREHOLME)),
        ):
            with pytest.raises(NoSuchRecord):
                ask()

    def test_the_database_asks_by_itself(self) -> None:
        """With the door forgotten: the tables are not the application's, and the functions refuse."""
        assert _holes() == set()

    @pytest.mark.parametrize(
        "weakened",
        [
            ("sharing_move_locality", "place NOT IN (SELECT portal_establishments('manage_duties'))", "false"),
            (
                "sharing_take_back_move",
                "move.establishment_id NOT IN (SELECT portal_establishments('manage_duties'))",
                "false",
            ),
            ("sharing_localitymembership", "", ""),
            ("sharing_localitymove", "", ""),
        ],
        ids=lambda weakened: " ".join(weakened[:2]),
    )
    def test_a_weaker_database_is_noticed(self, weakened: tuple[str, str, str]) -> None:
        name, old, new = weakened
        if old:
            ((source,),) = rows("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", name)
            assert old in source
            run_as_owner(source.replace(old, new))
        else:
            run_as_owner(f"GRANT INSERT, UPDATE, DELETE ON {name} TO portal_app")
        assert _holes()


def _holes() -> set[str]:
    """What the database lets people do to Localities that they must not."""
    move(today() + A_DAY, urn=RAVENSGILL, to=AIREHOLME)
    (planted,) = door.show_moving(asker(MANAGER, EDUNET), RAVENSGILL).moves
    place = Establishment.objects.get(urn=BECKSIDE).pk
    holes = Holes()
    everyone = (
        (IMPROVEMENT, EDUNET), (DATA, EDUNET), ("head-beckside", SCHOOLS_ONLINE), (MANAGER, SCHOOLS_ONLINE),
    )  # fmt: skip
    for slug, through in everyone:
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            for name, statement, arguments in (
                ("moved", "SELECT sharing_move_locality(%s, %s, CURRENT_DATE, '', '')", (place, locality(BECKDALE))),
                ("taken back", "SELECT sharing_take_back_move(%s, '')", (planted.id,)),
                ("membership", "UPDATE sharing_localitymembership SET ends_on = ends_on RETURNING ''", ()),
                ("move", "UPDATE sharing_localitymove SET reason = '' RETURNING ''", ()),
            ):
                holes.attempt(f"{name} by {slug}", lambda ask=(statement, *arguments): ("",) in rows(*ask))
    return holes.found


class TestPage:
    def test_it_stands_in_the_order_of_a_context_and_never_of_an_outcome(self) -> None:
        """R29: deprivation by default, said above the table; another order is refused."""
        who = asker(NO_DUTY, EDUNET)
        found = door.show_locality(who, locality(AIREHOLME))
        assert found.order.key == ContextKey.IDACI
        known = [float(place.idaci.number) for place in found.establishments if place.idaci.number]
        assert known == sorted(known, reverse=True)
        by_name = door.show_locality(who, locality(AIREHOLME), order=ContextKey.NAME)
        names = [place.name for place in by_name.establishments]
        assert names == sorted(names)
        page = client(NO_DUTY, EDUNET).get(f"/localities/{locality(AIREHOLME)}/").content.decode()
        assert found.order.words in page
        assert client(NO_DUTY, EDUNET).get(f"/localities/{locality(AIREHOLME)}/?sort=ks2").status_code == 422
        assert client(NO_DUTY, EDUNET).get("/localities/999999/").status_code == 404

    def test_returns_and_items_are_there_by_duty_alone(self) -> None:
        """R9, R28: and with a second factor."""
        for slug, sees_returns, sees_items in (
            (NO_DUTY, False, False), (DATA, True, False), (IMPROVEMENT, False, True), (MANAGER, False, False),
        ):  # fmt: skip
            found = door.show_locality(asker(slug, EDUNET), locality(AIREHOLME))
            assert (found.sees_returns, found.sees_items) == (sees_returns, sees_items), slug
            beckside = next(place for place in found.establishments if place.urn == BECKSIDE)
            assert bool(beckside.returns) == sees_returns
            assert (beckside.items is not None) == sees_items
        bare = client(IMPROVEMENT, EDUNET, second_factor=False).get(f"/localities/{locality(AIREHOLME)}/")
        assert b"Confidential items" not in bare.content

    def test_the_number_of_items_is_what_their_page_lists(self) -> None:
        """R31."""
        who = asker(IMPROVEMENT, EDUNET)
        found = door.show_locality(who, locality(AIREHOLME))
        beckside = next(place for place in found.establishments if place.urn == BECKSIDE)
        listed = door.list_restricted(who, BECKSIDE).own
        assert beckside.items == len([item for item in listed if not item.is_withdrawn])

    def test_every_establishment_of_today_is_in_one_list(self) -> None:
        who = asker(MANAGER, EDUNET)
        listed = door.list_localities(who)
        pages = [door.show_locality(who, line.id) for line in listed.localities]
        assert [len(page.establishments) for page in pages] == [line.establishments for line in listed.localities]
        urns = [place.urn for page in pages for place in page.establishments]
        assert len(urns) == len(set(urns))

    def test_in_the_browser(self) -> None:
        browser = client(MANAGER, EDUNET)
        browser.get("/")
        path = f"/establishments/{BECKSIDE}/locality/"
        nothing = browser.post(path, {"reason": ""})
        assert nothing.status_code == 422
        asked = {"locality": locality(BECKDALE), "on": f"{today() + A_DAY:%d/%m/%Y}", "reason": "Agreed"}
        assert browser.post(path, asked | {"on": "1/1/2001"}).status_code == 422
        assert browser.post(path, asked, follow=True).status_code == 200
        (told,) = door.show_moving(asker(MANAGER, EDUNET), BECKSIDE).moves
        assert browser.get(path).content.count(b"Take this move back") == 1
        assert browser.get(f"{path}{told.id}/take-back/").status_code == 405
        assert browser.post(f"{path}{told.id}/take-back/").status_code == 302
        assert b"Take this move back" not in browser.get(path).content


def test_a_school_that_has_closed_is_not_counted_among_those_in_no_locality() -> None:
    """A11: nobody can place it any more, and the number never fell."""
    before = door.list_localities(asker(MANAGER, EDUNET)).outside
    with as_batch():
        LocalityMembership.objects.filter(establishment__urn__in=(BECKSIDE, RAVENSGILL)).delete()
        Establishment.objects.filter(urn=RAVENSGILL).update(status_code=CLOSED, close_date=today() - A_DAY)
    assert door.list_localities(asker(MANAGER, EDUNET)).outside == before + 1
