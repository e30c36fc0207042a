"""Two information managers at once (R9, R44). Real threads, real commits.

The second click comes when the first has read what it changes, and has not committed yet.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access_register import grants, service
from access_register.casework import order_notices, orders
from access_register.models import AppointmentChange, Duty, OfficerAppointment, Order
from access_register.officers import appointments, officers
from access_register.register import carried
from access_register.reviews import terms
from sharing import door
from sharing.cannot import CannotDo
from sharing.door.localities import REFUSED
from sharing.imports.ending import end_establishment
from sharing.models import Establishment, EstablishmentPermission, Locality, LocalityMembership, LocalityMove
from sharing.models.establishments import CLOSED
from tests.access_register.casework import AUTHORISER, child, order
from tests.access_register.duties import BECKSIDE, FIONA, MANAGER, appointment, give, new_duty
from tests.people import EDUNET, as_batch, asker, person
from tests.threads import PATIENCE, in_turn, race, until_waiting, waiting

pytestmark = pytest.mark.usefixtures("own_database")


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, at: tuple[Any, str], click: Callable[[], Any]) -> Iterator[None]:
    """`click` in another thread when this one comes to the function `at`; this goes on when that is done, or waits."""
    then, here = getattr(*at), threading.get_ident()
    threads: list[threading.Thread] = []

    def other() -> None:
        try:
            click()
        except (CannotDo, officers.NoSuchRecord):
            pass
        finally:
            connection.close()

    def first_the_other(*given: Any) -> Any:
        if threading.get_ident() == here and not threads:
            threads.append(threading.Thread(target=other))
            threads[0].start()
            until = time.monotonic() + PATIENCE
            while threads[0].is_alive() and not waiting() and time.monotonic() < until:
                time.sleep(0.02)
        return then(*given)

    monkeypatch.setattr(*at, first_the_other)
    yield
    for thread in threads:
        thread.join()


def opened(data: str = "view_pupils") -> bool:
    with as_batch():
        assert grants.drift(timezone.localdate()) == (set(), set())
        held = EstablishmentPermission.objects.live_on(timezone.localdate()).filter(user=person(FIONA))
        return held.filter(permission__codename=data).exists()


def test_a_duty_ended_while_it_is_confirmed_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    duty, there, manager = give(), appointment(FIONA).pk, asker(MANAGER, EDUNET)
    with meanwhile(monkeypatch, (terms, "due_next_term"), lambda: officers.end_duty(manager, there, duty.pk)):
        officers.confirm_duty(manager, there, duty.pk)
    with as_batch():
        assert Duty.objects.get(pk=duty.pk).ended_at
    assert not opened()


def test_a_duty_ended_while_an_establishment_moves_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, R44, A11."""
    manager, there = asker(MANAGER, EDUNET), appointment(FIONA).pk
    of_it = LocalityMembership.objects.get(establishment__urn=BECKSIDE, ends_on=None).locality_id
    duty, other = give(urns=[], localities=[of_it]), Locality.objects.exclude(pk=of_it)[0].pk
    with meanwhile(monkeypatch, (grants, "follow_duty"), lambda: officers.end_duty(manager, there, duty.pk)):
        tomorrow = timezone.localdate() + timedelta(days=1)
        door.move_establishment(manager, BECKSIDE, locality=other, on=tomorrow, reason="Agreed")
    with as_batch():
        assert Duty.objects.get(pk=duty.pk).ended_at
    assert not opened()


def test_a_duty_ended_while_the_table_is_put_right_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, R44."""
    duty, there, manager = give(), appointment(FIONA).pk, asker(MANAGER, EDUNET)
    with as_batch():
        EstablishmentPermission.objects.filter(source=f"duty:{duty.pk}").delete()
    with meanwhile(monkeypatch, (grants, "add"), lambda: officers.end_duty(manager, there, duty.pk)), as_batch():
        grants.rebuild(timezone.localdate())
    assert not opened()


def test_an_order_ended_while_the_table_is_put_right_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """R18, R44."""
    number, manager = order(), asker(MANAGER, EDUNET)
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    with as_batch():
        EstablishmentPermission.objects.filter(source=f"order:{number}").delete()
    with meanwhile(monkeypatch, (grants, "add"), lambda: orders.end_order(manager, number)), as_batch():
        grants.rebuild(timezone.localdate())
    with as_batch():
        assert Order.objects.get(pk=number).ended_at
        assert not EstablishmentPermission.objects.filter(source=f"order:{number}").exists()


def test_an_appointment_ended_while_its_order_moves_to_a_new_urn() -> None:
    """R18, R44: neither stops the other half-way, and nothing is open afterwards."""
    number, there, manager = order(), appointment(FIONA).pk, asker(MANAGER, EDUNET)
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    with as_batch():
        before, after = (Establishment.objects.get(urn=urn) for urn in (BECKSIDE, 999003))
        # As at a school that has just come into the community
        EstablishmentPermission.objects.filter(content_object=after, source__startswith="appointment:").delete()
    today = timezone.localdate()

    def carry_on() -> None:
        with as_batch():
            carried.carry_duties(predecessor=before, successor=after, on=today)
            grants.rebuild(today)

    steps = [carry_on, lambda: officers.end_appointment(manager, there)]
    ended = in_turn(lambda: Order.objects.select_for_update().get(pk=number), *steps)
    assert ended == [{"done": 1}] * 2
    with as_batch():
        assert Order.objects.get(pk=number).ended_at
        assert not EstablishmentPermission.objects.filter(source=f"order:{number}").exists()


def test_of_two_moves_at_once_each_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, A11: two establishments of one Locality move in the same moment."""
    manager, tomorrow = asker(MANAGER, EDUNET), timezone.localdate() + timedelta(days=1)
    of_it = LocalityMembership.objects.get(establishment__urn=BECKSIDE, ends_on=None).locality_id
    neighbour = LocalityMembership.objects.filter(locality=of_it, ends_on=None).exclude(establishment__urn=BECKSIDE)[0]
    give(urns=[], localities=[of_it])
    other = Locality.objects.exclude(pk=of_it)[0].pk

    def move(urn: int) -> None:
        door.move_establishment(manager, urn, locality=other, on=tomorrow, reason="Agreed")

    with meanwhile(monkeypatch, (grants, "add"), lambda: move(neighbour.establishment.urn)):
        move(BECKSIDE)
    assert LocalityMembership.objects.filter(locality=other, starts_on=tomorrow).count() == 2
    opened()


def test_a_move_taken_back_while_the_school_ends() -> None:
    """R44, A11: neither stops the other half-way, and the move does not happen."""
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    of_it = LocalityMembership.objects.get(establishment__urn=BECKSIDE, ends_on=None).locality_id
    other = Locality.objects.exclude(pk=of_it)[0].pk
    door.move_establishment(manager, BECKSIDE, locality=other, on=today + timedelta(days=9), reason="Agreed")
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=today - timedelta(days=1))
        move = LocalityMove.objects.get(establishment__urn=BECKSIDE)
    steps = [
        lambda: end_establishment(BECKSIDE, by="Test", today=today),
        lambda: door.take_back_move(manager, BECKSIDE, move.pk),
    ]
    ended = in_turn(lambda: LocalityMembership.objects.select_for_update().get(starts_on=move.on), *steps)
    assert sorted(map(list, ended)) == sorted([["done"], [REFUSED["moved_on"]]])
    with as_batch():
        assert LocalityMove.objects.get(pk=move.pk).taken_back_at
        assert not LocalityMembership.objects.filter(establishment__urn=BECKSIDE, starts_on__gte=today).exists()


@pytest.mark.parametrize("by", ["the manager", "the service"])
def test_a_duty_ended_while_a_centre_is_added_opens_nothing_there(by: str) -> None:
    """R9, R44: whoever holds something everywhere holds it at a new establishment too."""
    duty, there, manager = give(urns=[], whole_community=True), appointment(FIONA).pk, asker(MANAGER, EDUNET)
    told = dict.fromkeys(("street", "town", "postcode", "telephone"), "") | {"manager": "Manager", "locality": None}
    ended: list[object] = []

    def ends() -> None:
        if by == "the manager":
            officers.end_duty(manager, there, duty.pk)
            return
        with as_batch():
            service.end_duty(duty)

    other = threading.Thread(target=lambda: ended.append(race(ends)))
    with transaction.atomic():
        door.add_centre(manager, name="Zzyxcentre", starts_on=timezone.localdate(), **told)
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    assert not opened()


def test_an_appointment_ended_while_a_duty_is_given_takes_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    there, manager = appointment(FIONA).pk, asker(MANAGER, EDUNET)
    with meanwhile(monkeypatch, (grants, "replace"), lambda: officers.end_appointment(manager, there)):
        officers.give_duty(manager, there, duty=new_duty(urns=[BECKSIDE]))
    with as_batch():
        assert OfficerAppointment.objects.get(pk=there).ends_on == timezone.localdate() - timedelta(days=1)
        assert not Duty.objects.filter(appointment=there, ended_at=None).exists()
    assert not opened()


def test_an_appointment_ended_while_an_order_is_recorded_takes_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """R18, R44."""
    there, manager, of = appointment(FIONA).pk, asker(MANAGER, EDUNET), child()
    with meanwhile(monkeypatch, (order_notices, "ask_authoriser"), lambda: officers.end_appointment(manager, there)):
        order(of)
    with as_batch():
        assert Order.objects.get(child=of.child).ended_at


def place(team: str, version: int | None = None, slug: str = FIONA, manager: str = "") -> bool:
    return appointments.change_officer(
        asker(MANAGER, EDUNET), appointment(slug).pk, team=team, post="Adviser", manager=manager, version=version
    )


def changes() -> list[str]:
    with as_batch():
        return [change.after["team"] for change in AppointmentChange.objects.order_by("pk")]


def test_a_change_sent_twice_at_once_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """R36."""
    with meanwhile(monkeypatch, (grants, "replace"), lambda: place("Attendance", 0)):
        assert place("Attendance", 0)
    assert changes() == ["Attendance"]
    opened()


def test_of_two_changes_at_once_the_second_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """R36: nobody takes back unseen what somebody else has recorded in the same moment."""
    with meanwhile(monkeypatch, (grants, "replace"), lambda: place("Inclusion", 0)):
        place("Attendance", 0)
    assert changes() == ["Attendance"]


def test_a_change_at_the_end_of_an_appointment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, there = asker(MANAGER, EDUNET), appointment(FIONA).pk
    with meanwhile(monkeypatch, (grants, "replace"), lambda: place("Attendance")):
        officers.end_appointment(manager, there)
    with as_batch():
        assert OfficerAppointment.objects.get(pk=there).team != "Attendance"


def test_two_at_once_make_no_circle_of_managers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told of the other as manager at the same moment: the second is refused."""
    fiona, other = person(FIONA).name, person("officer-data").name
    with meanwhile(monkeypatch, (grants, "replace"), lambda: place("B", slug="officer-data", manager=fiona)):
        place("A", manager=other)
    with as_batch():
        found = OfficerAppointment.objects.filter(person__name__in=[fiona, other]).exclude(manager="")
        assert [row.person.name for row in found] == [fiona]


def test_two_record_the_same_officer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second appointment would outlive the end of the first."""
    manager, told = asker(MANAGER, EDUNET), {"team": "Attendance", "post": "", "manager": "", "ends_on": None}

    def record() -> None:
        today = timezone.localdate()
        officers.record_officer(manager, name="Nadia Iqbal", email="nadia@council.example", starts_on=today, **told)

    with meanwhile(monkeypatch, (grants, "replace"), record):
        record()
    with as_batch():
        assert OfficerAppointment.objects.filter(person__email="nadia@council.example").count() == 1


def test_of_two_of_one_name_at_once_the_second_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """R38: two addresses of one person, recorded at the same instant."""
    manager, told = asker(MANAGER, EDUNET), {"team": "Attendance", "post": "", "manager": "", "ends_on": None}

    def record(email: str) -> None:
        today = timezone.localdate()
        officers.record_officer(manager, name="Nadia Iqbal", email=email, starts_on=today, **told)

    with meanwhile(monkeypatch, (grants, "replace"), lambda: record("n.iqbal@council.example")):
        record("nadia@council.example")
    with as_batch():
        found = OfficerAppointment.objects.filter(person__name="Nadia Iqbal").order_by("pk")
        assert [one.awaits_second for one in found] == [False, True]


def test_a_duty_sent_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """R44: the one that is ended is all there was."""
    there, manager = appointment(FIONA).pk, asker(MANAGER, EDUNET)

    def click() -> None:
        officers.give_duty(manager, there, duty=new_duty(urns=[BECKSIDE]))

    with meanwhile(monkeypatch, (grants, "replace"), click):
        click()
    click()
    with as_batch():
        duty = Duty.objects.get(appointment=there)
    officers.end_duty(manager, there, duty.pk)
    assert not opened()
    click()
    assert opened()
