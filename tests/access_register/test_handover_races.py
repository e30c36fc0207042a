"""A headship accepted several times at the same instant (R32). Real threads, real commits."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.headships import handovers
from access_register.models import Handover, RegisterLine
from access_register.register import carried
from access_register.third_parties import third_parties
from sharing.imports.ending import end_establishment
from sharing.models import Establishment
from sharing.models.establishments import CLOSED
from tests.access_register.handovers import verified
from tests.access_register.test_races import BECKSIDE, HEAD
from tests.access_register.under_contract import add, contract
from tests.people import EDUNET, as_batch, asker, person
from tests.threads import in_turn, race, until_waiting

DEPUTY = "deputy-beckside"


def test_the_same_acceptance_sent_four_times_at_once(own_database: None) -> None:
    """R32: one is done, the others find it done; one head on every day."""
    day = timezone.localdate() + timedelta(days=4)
    number = verified(on=day)
    successor = asker(DEPUTY)
    outcomes = race(*[lambda: handovers.accept_headship(successor, number)] * 4)
    assert outcomes == {"done": 1, handovers.NOT_ANY_MORE: 3}
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0, withdrawn_at=None).order_by(
            "starts_on"
        )
        assert [line.person_id for line in lines] == [person(HEAD).pk, person(DEPUTY).pk]


def test_cancelled_several_times_at_once(own_database: None) -> None:
    """R32: who may cancel is told that it was done, and not that they may not."""
    known = person(DEPUTY)
    day = timezone.localdate() + timedelta(days=4)
    handovers.name_successor(asker(HEAD), BECKSIDE, name=known.name, email=known.email, on=day)
    with as_batch():
        number = Handover.objects.get(establishment__urn=BECKSIDE).pk
    head = asker(HEAD)
    outcomes: list[object] = []
    with as_batch():
        Handover.objects.select_for_update().get(pk=number)
        others = threading.Thread(
            target=lambda: outcomes.append(race(*[lambda: handovers.cancel_handover(head, number)] * 3))
        )
        others.start()
        until_waiting(3)
    others.join()
    assert outcomes == [{"done": 1, handovers.NOT_ANY_MORE: 2}]


def test_accepted_and_cancelled_at_once(own_database: None) -> None:
    """R35: whichever comes first, there is one head on every day."""
    day = timezone.localdate() + timedelta(days=4)
    known = person(DEPUTY)
    handovers.name_successor(asker(HEAD), BECKSIDE, name=known.name, email=known.email, on=day)
    with as_batch():
        number = Handover.objects.get(establishment__urn=BECKSIDE).pk
    handovers.verify_successor(asker("officer-no-duty", EDUNET), number)
    head, successor = asker(HEAD), asker(DEPUTY)

    race(
        lambda: handovers.cancel_handover(head, number),
        lambda: handovers.accept_headship(successor, number),
    )
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0, withdrawn_at=None)
        for later in (0, 3, 4, 5, 300):
            on = timezone.localdate() + timedelta(days=later)
            assert lines.filter(starts_on__lte=on).exclude(ends_on__lt=on).count() == 1


def test_accepted_while_the_school_carries_on_under_a_new_urn(own_database: None) -> None:
    """A2, R35: it was accepted first, so it happens, and nobody is told that it will not."""
    day = timezone.localdate() + timedelta(days=4)
    number = verified(on=day)
    with as_batch():
        before = Establishment.objects.get(urn=BECKSIDE)
        after = Establishment.objects.create(urn=150001, la_code=380, name="Academy", as_of=day)
    successor = asker(DEPUTY)

    def carry_on() -> None:
        with as_batch():
            carried.ask_for_confirmation(predecessor=before, successor=after, on=day, today=timezone.localdate())

    steps = [lambda: handovers.accept_headship(successor, number), carry_on]
    outcomes = in_turn(lambda: Handover.objects.select_for_update().get(pk=number), *steps)
    assert outcomes == [{"done": 1}] * 2
    with as_batch():
        handover = Handover.objects.get(pk=number)
        assert (handover.accepted_at is None, handover.done_at is None, handover.cancelled_at) == (False, False, None)


def ends() -> None:
    end_establishment(BECKSIDE, by="Test", today=timezone.localdate())


@pytest.mark.parametrize("step", ["accepted", "cancelled", "contract ended"])
def test_a_step_at_the_register_while_it_ends(own_database: None, step: str) -> None:
    """R35, R44: neither stops the other half-way, as both lock in one order. The end came first, and the other is told
    so."""
    number = verified(on=timezone.localdate() + timedelta(days=4))
    successor, head, heron = asker(DEPUTY), asker(HEAD), contract()
    add(heron)
    do = {
        "accepted": lambda: handovers.accept_headship(successor, number),
        "cancelled": lambda: handovers.cancel_handover(head, number),
        "contract ended": lambda: third_parties.end_contract(head, BECKSIDE, heron),
    }[step]
    with as_batch():
        yesterday = timezone.localdate() - timedelta(days=1)
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=yesterday)
    lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, withdrawn_at=None)
    outcomes = in_turn(lambda: lines.select_for_update(of=("self",)).latest("pk"), ends, do)
    refused = "This contract is over. Record the new one first." if step == "contract ended" else handovers.NOT_ANY_MORE
    assert outcomes == [{"done": 1}, {refused: 1}]
    with as_batch():
        assert not RegisterLine.objects.live_on(timezone.localdate()).filter(establishment__urn=BECKSIDE).exists()
        assert Handover.objects.get(pk=number).cancelled_at


def test_a_contract_ended_while_a_handover_is_accepted(own_database: None) -> None:
    """R25, R35: both lock the lines by their number, in whatever order PostgreSQL has them."""
    number = verified(on=timezone.localdate() + timedelta(days=4))
    successor, head, heron = asker(DEPUTY), asker(HEAD), contract()
    add(heron)
    add(heron, name="Hila Heron", email="hila@heron.example")
    with as_batch():
        first, second = RegisterLine.objects.filter(contract=heron).order_by("pk")
        # It is the later of the two in the table now.
        RegisterLine.objects.filter(pk=first.pk).update(ends_on=first.ends_on - timedelta(days=1))
    steps = [
        lambda: third_parties.end_contract(head, BECKSIDE, heron),
        lambda: handovers.accept_headship(successor, number),
    ]
    ended = in_turn(lambda: RegisterLine.objects.select_for_update().get(pk=second.pk), *steps)
    assert ended == [{"done": 1}] * 2
