"""Two steps of one transfer at the same instant: one outcome. Real threads, real commits."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from access_register import daily, grants
from sharing import children, door, grace
from sharing.crypto import blind_index
from sharing.imports.ending import end_establishment
from sharing.imports.succession import carry_over
from sharing.ledger import ledger
from sharing.models import Enrolment, Establishment, Pupil, Transfer
from sharing.models.establishments import CLOSED
from tests import factories, threads
from tests.people import EDUNET, as_batch, asker
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    DATA,
    OXENBY,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    asserted,
    day,
    on_roll,
    shift,
    word_of,
)
from tests.sharing.pupil_facts import UPNS, bring, told

race = partial(threads.race, words=word_of)


def test_accepted_by_four_at_once(own_database: None) -> None:
    """R7: one record, one acceptance."""
    pupil = on_roll()
    transfer = asserted(pupil)
    people = [asker(RECEIVER), asker("deputy-ravensgill"), asker(ADMISSIONS, EDUNET), asker(DATA, EDUNET)]
    accept = [lambda who=who: door.accept_transfer(who, RAVENSGILL, transfer.pk) for who in people]
    assert race(*accept) == {"done": 1, "moved_on": 3}
    with as_batch():
        assert Pupil.objects.filter(establishment__urn=RAVENSGILL, child=pupil.child).count() == 1


def test_accepted_by_four_clicks_at_once(own_database: None) -> None:
    """R7, R30: of one person; each lands where the first does."""
    pupil, head = on_roll(), asker(RECEIVER)
    transfer = asserted(pupil)
    assert race(*[lambda: door.accept_transfer(head, RAVENSGILL, transfer.pk)] * 4) == {"done": 4}
    with as_batch():
        assert Pupil.objects.filter(establishment__urn=RAVENSGILL, child=pupil.child).count() == 1


def test_said_to_have_left_by_several_at_once(own_database: None) -> None:
    """R8, R30: who finds the child on roll, and then no stay to end, is told so."""
    head = asker(SENDER)

    def leave(pupil: Pupil) -> None:
        door.end_enrolment(head, BECKSIDE, pupil.pk, last_day=day(-1), reason="EL")

    for _ in range(6):
        ended = race(*[partial(leave, on_roll())] * 6)
        assert ended["done"]
        assert set(ended) <= {"done", "NoSuchRecord()", "moved_on", "not_yours"}


def test_accepted_and_cancelled_at_once(own_database: None) -> None:
    """R5, R7: whichever comes first, a cancelled transfer shows nothing."""
    head, sender = asker(RECEIVER), asker(SENDER)
    for _ in range(4):
        transfer = asserted(on_roll())
        race(
            lambda t=transfer: door.accept_transfer(head, RAVENSGILL, t.pk),
            lambda t=transfer: door.cancel_transfer(sender, BECKSIDE, t.pk),
        )
        after = again(transfer)
        assert after.cancelled_at is not None  # a cancellation goes through before and after an acceptance
        with as_batch():
            assert not Pupil.objects.filter(transfers=transfer, visible__covers=day(0)).exists()


def test_accepted_and_declined_at_once(own_database: None) -> None:
    transfer = asserted()
    head, deputy = asker(RECEIVER), asker("deputy-ravensgill")
    outcomes = race(
        lambda: door.accept_transfer(head, RAVENSGILL, transfer.pk),
        lambda: door.decline_transfer(deputy, RAVENSGILL, transfer.pk, because="Full"),
    )
    assert outcomes["done"] == 1
    after = again(transfer)
    assert bool(after.agreed_on) is not bool(after.declined_at)


def test_arrived_and_cancelled_at_once(own_database: None) -> None:
    """One of the two: on roll there and off roll here, or as before."""
    pupil = on_roll()
    transfer = agreed(pupil)
    head, sender = asker(RECEIVER), asker(SENDER)
    outcomes = race(
        lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(0), kind="C"),
        lambda: door.cancel_transfer(sender, BECKSIDE, transfer.pk),
    )
    assert outcomes["done"] == 1
    after = again(transfer)
    assert bool(after.arrived_on) is not bool(after.cancelled_at)
    with as_batch():
        assert bool(Enrolment.objects.get(pupil=pupil).ends_on) is bool(after.arrived_on)


@pytest.mark.parametrize("first", ["arrives", "leaves"])
def test_arrived_there_and_left_here_at_once(own_database: None, first: str) -> None:
    """R7, R8: the receiver and the sender both say so on the day of the move, and neither stops the other half-way."""
    pupil = on_roll()
    transfer = agreed(pupil)
    head, sender = asker(RECEIVER), asker(SENDER)
    steps = {
        "arrives": lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(0), kind="C"),
        "leaves": lambda: door.end_enrolment(sender, BECKSIDE, pupil.pk, last_day=day(0), reason="EL"),
    }
    order = [first, *(steps.keys() - {first})]
    outcomes = threads.in_turn(
        lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *[steps[step] for step in order], words=word_of
    )
    ended = dict(zip(order, outcomes, strict=True))
    assert ended["arrives"] == {"done": 1}
    assert ended["leaves"] == {"done" if first == "leaves" else "moved_on": 1}
    assert again(transfer).arrived_on == day(0)
    with as_batch():
        assert Enrolment.objects.get(pupil=pupil).ends_on == day(-1)


def test_arrived_while_the_school_of_before_ends(own_database: None) -> None:
    """R7, R44: the child is on roll there, whichever comes first, and nobody is stopped half-way."""
    pupil = on_roll()
    transfer, head = agreed(pupil), asker(RECEIVER)
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=day(-1))
    steps = [
        lambda: end_establishment(BECKSIDE, by="Test", today=day(0)),
        lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(0), kind="C"),
    ]
    ended = threads.in_turn(lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *steps, words=word_of)
    assert ended == [{"done": 1}] * 2
    assert again(transfer).arrived_on == day(0)


@pytest.mark.parametrize("step", ["arrives", "leaves"])
def test_a_return_of_the_receiver_and_a_step_by_hand_at_once(own_database: None, step: str) -> None:
    """R7, R8: the return names the child who comes, and neither stops the other half-way."""
    pupil = on_roll(upn=UPNS[0], upn_index=blind_index(UPNS[0]))
    transfer, head, sender = agreed(pupil), asker(RECEIVER), asker(SENDER)
    facts = {name: getattr(pupil, name) for name in ("surname", "forename", "born_on", "sex", "year_group")}
    stay = {"kind": "C", "starts_on": day(0), "ends_on": None}
    by_hand = {
        "arrives": lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(0), kind="C"),
        "leaves": lambda: door.end_enrolment(sender, BECKSIDE, pupil.pk, last_day=day(0), reason="EL"),
    }[step]
    steps = [lambda: bring(told(urn=RAVENSGILL, **facts, parts={Enrolment: [stay]}), as_of=day(0)), by_hand]
    ended = threads.in_turn(lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *steps)
    assert not [words for one in ended for words in one if "deadlock" in words]
    assert {"done": 1} in ended
    assert again(transfer).arrived_on == day(0)
    with as_batch():
        assert Enrolment.objects.get(pupil=pupil).ends_on == day(-1)


def test_answered_while_the_school_ends(own_database: None) -> None:
    """R7, R44: whoever answers is told, in words, that it is no longer theirs to answer."""
    transfer, head = asserted(), asker(RECEIVER)
    with as_batch():
        Establishment.objects.filter(urn=RAVENSGILL).update(status_code=CLOSED, close_date=day(-1))
    ended: list[object] = []
    other = threading.Thread(
        target=lambda: ended.append(race(lambda: door.accept_transfer(head, RAVENSGILL, transfer.pk)))
    )
    with as_batch():
        end_establishment(RAVENSGILL, by="Test", today=day(0))
        other.start()
        threads.until_waiting()
    other.join()
    assert ended == [{"moved_on": 1}]


def test_an_arrival_and_the_night_of_the_lapse_at_once(own_database: None) -> None:
    """R7: on its last day the arrival counts, whatever runs beside it; on the day after, the lapse."""
    for past, arrives in ((0, True), (1, False)):
        transfer = agreed()
        shift(transfer, (transfer.lapses_on - day(0)).days + past)
        head = asker(RECEIVER)
        race(
            lambda t=transfer: door.say_arrived(head, RAVENSGILL, t.pk, on=day(0), kind="C"),
            lambda: daily.run(day(0)),
        )
        after = again(transfer)
        assert (bool(after.arrived_on), bool(after.lapse_noted_on)) == (arrives, not arrives)


def test_started_twice_at_once(own_database: None) -> None:
    """One live transfer of a child, whoever starts it."""
    pupil = on_roll()
    people = [asker(SENDER), asker("deputy-beckside"), asker(ADMISSIONS, EDUNET)]
    places = [RAVENSGILL, OXENBY, RAVENSGILL]
    start = [
        lambda who=who, to=to: door.begin_transfer(who, BECKSIDE, pupil.pk, to=to, expected_on=day(7))
        for who, to in zip(people, places, strict=True)
    ]
    assert race(*start) == {"done": 1, "under_way": 2}
    with as_batch():
        assert Transfer.objects.filter(leaving=pupil).count() == 1


def test_a_return_that_was_compared_while_the_child_arrived_by_hand(own_database: None) -> None:
    """R7, R8: the return tells an earlier first day, and counts: the child has one stay there."""
    pupil = on_roll(upn=UPNS[0], upn_index=blind_index(UPNS[0]))
    transfer, head = agreed(pupil), asker(RECEIVER)
    facts = {name: getattr(pupil, name) for name in ("surname", "forename", "born_on", "sex", "year_group")}
    stay = {"kind": "C", "starts_on": day(-1), "ends_on": None}

    def import_it() -> None:
        with as_batch(), ledger.written_last():
            bring(told(urn=RAVENSGILL, **facts, parts={Enrolment: [stay]}), as_of=day(0))

    steps = [lambda: door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(0), kind="C"), import_it]
    ended = threads.in_turn(lambda: Transfer.objects.select_for_update().get(pk=transfer.pk), *steps, words=word_of)
    assert ended == [{"done": 1}] * 2
    with as_batch():
        stays = Enrolment.objects.filter(establishment__urn=RAVENSGILL, pupil__child=pupil.child, cancelled_at=None)
        assert [one.starts_on for one in stays] == [day(-1)]


def ravensgill_converts() -> None:
    with as_batch(), ledger.written_last():
        before, after = (Establishment.objects.get(urn=urn) for urn in (RAVENSGILL, OXENBY))
        carry_over(before, after, on=day(0), today=day(0))
        grants.rebuild(day(0))


def test_arrived_while_the_school_converts(own_database: None) -> None:
    """R7, A2: the child is on roll under the new URN, and is not expected there a second time."""
    pupil = on_roll()
    transfer, head = agreed(pupil), asker(RECEIVER)
    ended: list[object] = []

    other = threading.Thread(target=lambda: ended.append(race(ravensgill_converts)))
    with transaction.atomic():
        door.say_arrived(head, RAVENSGILL, transfer.pk, on=day(-1), kind="C")
        other.start()
        threads.until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    with as_batch():
        there = Enrolment.objects.filter(establishment__urn=OXENBY, pupil__child=pupil.child, cancelled_at=None)
        assert there.get().ends_on is None
        assert not Transfer.objects.under_way(day(0)).filter(leaving=pupil).exists()


def test_a_return_of_a_school_that_converts_meanwhile(own_database: None) -> None:
    """R22, A2: the child of the return goes along too."""
    ended: list[object] = []

    other = threading.Thread(target=lambda: ended.append(race(ravensgill_converts)))
    with as_batch():
        bring(told(urn=RAVENSGILL), as_of=day(-1))
        other.start()
        threads.until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    with as_batch():
        there = Enrolment.objects.filter(establishment__urn=OXENBY, pupil__upn_index=blind_index(UPNS[0]))
        assert there.get().ends_on is None


@pytest.mark.parametrize("first", ["accepted", "joined"])
def test_accepted_while_two_identities_of_the_child_are_joined(own_database: None, first: str) -> None:
    """R7, R18: neither stops the other half-way, and the new record is of the one child whom they are joined to."""
    pupil, other = on_roll(), factories.pupil(OXENBY, surname="Other")
    transfer, head = asserted(pupil), asker(RECEIVER)
    steps = [
        lambda: door.accept_transfer(head, RAVENSGILL, transfer.pk),
        lambda: children.merge(pupil.child_id, other.child_id, because="The same child", by_name="Test"),
    ]
    if first == "joined":
        steps.reverse()
    ended = threads.in_turn(lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *steps, words=word_of)
    assert ended == [{"done": 1}] * 2
    with as_batch():
        assert Pupil.objects.get(establishment__urn=RAVENSGILL, upn_index=pupil.upn_index).child_id == other.child_id


def test_a_return_that_tells_two_stays_of_a_child_whose_stay_is_ended_by_hand(own_database: None) -> None:
    """R8, R22: neither stops the other half-way: both lock the stays before the record."""
    pupil, head = on_roll(upn=UPNS[0], upn_index=blind_index(UPNS[0])), asker(SENDER)
    with as_batch():
        began = Enrolment.objects.get(pupil=pupil).starts_on
    facts = {name: getattr(pupil, name) for name in ("surname", "forename", "born_on", "sex", "year_group")}
    stays = [
        {"kind": "C", "starts_on": began, "ends_on": day(-9)},
        {"kind": "C", "starts_on": day(-3), "ends_on": None},
    ]
    steps = [
        lambda: bring(told(urn=BECKSIDE, **facts, parts={Enrolment: stays}), as_of=day(0)),
        lambda: door.end_enrolment(head, BECKSIDE, pupil.pk, last_day=day(-1), reason="EL"),
    ]
    ended = threads.in_turn(lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *steps, words=word_of)
    assert not [words for one in ended for words in one if "deadlock" in words]
    assert ended[0] == {"done": 1}


def test_who_stays_after_all_as_a_return_comes_in_stays(own_database: None) -> None:
    """R8, R22: the last day that was taken back by hand meanwhile is not written again, of whichever child."""
    head, stays = asker(SENDER), []
    for upn in UPNS[:2]:
        child = on_roll(upn=upn, upn_index=blind_index(upn))
        door.end_enrolment(head, BECKSIDE, child.pk, last_day=day(5), reason="EL")
        with as_batch():
            stays.append(Enrolment.objects.select_related("pupil").get(pupil=child))
    told_of = [
        told(
            row, upn=UPNS[row], urn=BECKSIDE,
            **{name: getattr(stay.pupil, name) for name in ("surname", "forename", "born_on", "sex", "year_group")},
            parts={Enrolment: [{"kind": kind, "starts_on": stay.starts_on, "ends_on": None}]},
        )
        for row, (stay, kind) in enumerate(zip(stays, ("C", "M"), strict=True))
    ]  # fmt: skip

    def take_back() -> None:
        for stay in stays:
            now = door.show_leaving(head, BECKSIDE, stay.pupil_id).version
            door.take_back_leaving(head, BECKSIDE, stay.pupil_id, version=now)

    comes: list[object] = []
    other = threading.Thread(target=lambda: comes.append(race(lambda: bring(*told_of, as_of=day(0)))))
    with transaction.atomic():
        take_back()
        other.start()
        threads.until_waiting()
    other.join()
    assert comes == [{"done": 1}]
    with as_batch():
        assert [Enrolment.objects.get(pk=stay.pk).ends_on for stay in stays] == [None, None]


def test_the_days_of_many_are_given_in_the_order_of_their_numbers(own_database: None) -> None:
    """R8: an import and the night give them, and whoever holds more than one transfer locks the lower number first."""
    first, second = (agreed(on_roll()).pk for _ in range(2))
    with as_batch():
        Transfer.objects.filter(pk=first).update(lapse_noted_on=None)  # it now lies behind the second
        leaving = Transfer.objects.filter(pk__in=(first, second)).values("leaving")
        Enrolment.objects.filter(pupil__in=leaving).update(ends_on=day(-1))

    def gives() -> None:
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")  # as where many leave
            assert {first, second} <= set(grace.give_grace())

    ended: list[object] = []
    thread = threading.Thread(target=lambda: ended.append(race(gives)))
    with as_batch():
        Transfer.objects.select_for_update().get(pk=first)
        thread.start()
        threads.until_waiting()
        Transfer.objects.select_for_update(nowait=True).get(pk=second)
    thread.join()
    assert ended == [{"done": 1}]
