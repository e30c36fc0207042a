"""A children's centre that was closed by mistake, kept on EduNet (R4, A2)."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import transaction
from django.utils import timezone

from access_register.headships import first_heads
from access_register.models import ParticipationStep, Sanction
from access_register.participation import participation
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.demo.places import AMBERSTONE, MILLBECK
from sharing.imports import ending
from sharing.models import Enrolment, Establishment, LedgerEntry, Participation
from sharing.models.establishments import CLOSED, Kind
from tests import factories
from tests.access_register import breaches
from tests.edunet.test_community import MANAGER, takes_part
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, as_batch, asker
from tests.threads import in_turn, race, until_waiting


@pytest.mark.django_db
def test_one_that_was_closed_by_mistake_opens_again() -> None:
    """R5, R44, A2: before the night, as if nothing had been said; after it, without what had ended."""
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    child = factories.pupil(AMBERSTONE, surname="Zzyxcentre")
    factories.enrolment(child, today - timedelta(days=50))
    with pytest.raises(NoSuchRecord):
        door.show_reopening_centre(manager, AMBERSTONE)
    door.close_centre(manager, AMBERSTONE, last_day=today)
    began = Participation.objects.get(establishment=child.establishment)
    door.reopen_centre(manager, AMBERSTONE, because="Another centre closes")
    assert list(Participation.objects.filter(establishment=child.establishment)) == [began]
    with as_batch():
        Establishment.objects.filter(urn=AMBERSTONE).update(close_date=today - timedelta(days=1))
        assert list(ending.end_closed_centres(today))
        assert not takes_part(child.establishment)
    (listed,) = [one for one in participation.list_participants(manager).former if one.urn == AMBERSTONE]
    assert listed.status == "Closed"
    assert door.show_reopening_centre(manager, AMBERSTONE).last_day == today - timedelta(days=1)
    door.reopen_centre(manager, AMBERSTONE, because="Another centre has closed")
    with pytest.raises(door.CannotKeep, match="no last day"):
        door.reopen_centre(manager, AMBERSTONE, because="Sent twice")
    with as_batch():
        assert not list(ending.end_closed_centres(today))
        assert takes_part(child.establishment)
        assert Enrolment.objects.get(pupil=child).ends_on == today - timedelta(days=1)
        told = LedgerEntry.objects.filter(action="reopen_centre").latest("id")
    assert (told.urn, told.about) == (AMBERSTONE, {"because": "Another centre has closed"})
    assert door.show_establishment(asker("officer-no-duty", EDUNET), AMBERSTONE).establishment.urn == AMBERSTONE
    assert AMBERSTONE in {place.urn for place in first_heads.list_without_head(manager).establishments}


@pytest.mark.django_db
def test_one_that_is_suspended_opens_when_the_suspension_is_over() -> None:
    """R41: to lift it brings nothing back while the centre is closed."""
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    place = Establishment.objects.get(urn=AMBERSTONE)
    case = breaches.against(("establishment", place.pk))
    with as_batch():
        sanction = Sanction.objects.create(
            breach_id=case, measure="suspend_establishment", establishment=place, starts_on=today,
            ends_on=today + timedelta(days=9),
        )  # fmt: skip
    run_as_owner(f"SELECT access_register_pause({place.pk})")
    with as_batch():
        Establishment.objects.filter(pk=place.pk).update(close_date=today - timedelta(days=1))
        assert list(ending.end_closed_centres(today))
    with pytest.raises(door.CannotKeep, match="once the suspension is over"):
        door.reopen_centre(manager, AMBERSTONE, because="A mistake")
    with as_batch():
        Sanction.objects.filter(pk=sanction.pk).update(lifted_at=timezone.now())
    run_as_owner(f"SELECT access_register_pause({place.pk})")
    assert not takes_part(place)
    door.reopen_centre(manager, AMBERSTONE, because="A mistake")
    assert takes_part(place)


@pytest.mark.django_db
def test_one_whose_head_had_left_the_protocol_is_not_brought_back() -> None:
    """R16: what its head decided stands. Before the night has closed it the last day goes, and no more."""
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    place = Establishment.objects.get(urn=AMBERSTONE)
    with as_batch():
        Participation.objects.filter(establishment=place).update(
            ends_on=today - timedelta(days=2), ended_because="The head has left the protocol."
        )
        ParticipationStep.objects.create(establishment=place, what="left", at=timezone.now(), by_id=1, by_name="Head")
    door.close_centre(manager, AMBERSTONE, last_day=today)
    door.reopen_centre(manager, AMBERSTONE, because="A mistake")
    with as_batch():
        Establishment.objects.filter(pk=place.pk).update(close_date=today - timedelta(days=1))
        assert list(ending.end_closed_centres(today))
    with pytest.raises(door.CannotKeep, match="out of the protocol"):
        door.reopen_centre(manager, AMBERSTONE, because="A mistake")
    assert not takes_part(place)


def test_one_that_an_officer_opens_again_as_the_night_closes_it_stays_open(own_database: None) -> None:
    """R5, A2: the night looks again at the last day."""
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    with as_batch():
        Establishment.objects.filter(urn=AMBERSTONE).update(close_date=today - timedelta(days=1))

    def closes() -> None:
        with as_batch():
            assert not list(ending.end_closed_centres(today))

    night: list[object] = []
    other = Thread(target=lambda: night.append(race(closes)))
    with transaction.atomic():
        door.reopen_centre(manager, AMBERSTONE, because="A mistake")
        other.start()
        until_waiting()
    other.join()
    assert night == [{"done": 1}]
    with as_batch():
        place = Establishment.objects.get(urn=AMBERSTONE)
    assert place.status_code != CLOSED
    assert takes_part(place)


def test_two_that_close_in_one_night_are_locked_by_their_number(own_database: None) -> None:
    """R41, A2: as by a panel that judges both at that moment, whatever they are called."""
    today = timezone.localdate()
    with as_batch():
        two = Establishment.objects.filter(urn__in=(MILLBECK, AMBERSTONE))
        two.update(kind=Kind.CHILDRENS_CENTRE, close_date=today - timedelta(days=1))
        first, second = two.order_by("pk")
    assert first.name > second.name

    def holds() -> None:
        Establishment.objects.select_for_update(no_key=True).get(pk=first.pk)

    def judges() -> None:
        with as_batch():
            list(two.select_for_update(no_key=True).order_by("pk"))

    def closes() -> None:
        with as_batch():
            assert len(list(ending.end_closed_centres(today))) == len((first, second))

    assert in_turn(holds, judges, closes) == [{"done": 1}] * 2


@pytest.mark.django_db
def test_what_was_done_to_a_centre_is_among_its_own_rows() -> None:
    """R43: that it was to close, and that it opens again."""
    manager, last = asker(MANAGER, EDUNET), timezone.localdate() + timedelta(days=9)
    door.close_centre(manager, AMBERSTONE, last_day=last)
    door.reopen_centre(manager, AMBERSTONE, because="Another centre has closed")
    told = door.read_ledger(manager, AMBERSTONE).lines
    assert {(line.what, line.outcome, bool(line.purpose)) for line in told} >= {
        ("Last day of a children's centre recorded", "Done", True),
        ("Children's centre opened again", "Done", True),
    }
