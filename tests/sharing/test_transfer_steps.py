"""Each step of a transfer in each of its states, and what each end is told that it waits for (R7, R8)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.models import Enrolment, Pupil, Transfer
from sharing.statements import value_of
from tests import factories
from tests.people import as_batch, asker, client
from tests.sharing.moves import (
    BECKSIDE,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    agreed,
    asserted,
    day,
    from_outside,
    on_roll,
    refusal,
    shift,
)

pytestmark = pytest.mark.django_db


def _declined() -> Transfer:
    transfer = asserted()
    door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="Full")
    return transfer


def _cancelled() -> Transfer:
    transfer = asserted()
    door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
    return transfer


def _lapsed() -> Transfer:
    transfer = asserted()
    shift(transfer, 90)
    return transfer


def _arrived() -> Transfer:
    transfer = agreed()
    door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
    return transfer


# What each step comes to in each state: a plain table. 404 where the transfer is not there for this side any more.
STEPS = {
    "accept": lambda t: door.accept_transfer(asker(RECEIVER), RAVENSGILL, t.pk),
    "decline": lambda t: door.decline_transfer(asker(RECEIVER), RAVENSGILL, t.pk, because="Full"),
    "arrive": lambda t: door.say_arrived(asker(RECEIVER), RAVENSGILL, t.pk, on=day(0), kind="C"),
    "cancel": lambda t: door.cancel_transfer(asker(SENDER), BECKSIDE, t.pk),
}
STATES = {
    "waiting": (asserted, {"accept": "done", "decline": "done", "arrive": "moved_on", "cancel": "done"}),
    "agreed": (agreed, {"accept": "done", "decline": "moved_on", "arrive": "done", "cancel": "done"}),
    "declined": (_declined, {"accept": "404", "decline": "404", "arrive": "404", "cancel": "moved_on"}),
    "cancelled": (_cancelled, {"accept": "404", "decline": "404", "arrive": "404", "cancel": "done"}),
    "lapsed": (_lapsed, {"accept": "404", "decline": "404", "arrive": "404", "cancel": "moved_on"}),
    "arrived": (_arrived, {"accept": "moved_on", "decline": "moved_on", "arrive": "done", "cancel": "moved_on"}),
}


def _overdue() -> Transfer:
    transfer = agreed(expected=0)
    shift(transfer, 1)
    return transfer


def _leaves_with_the_file_sent() -> Transfer:
    transfer = agreed()
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now(), sender_keeps_until=day(5))
    return transfer


def _file_sent() -> Transfer:
    transfer = _arrived()
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(file_sent_at=timezone.now())
    return transfer


@pytest.mark.parametrize(
    ("make", "at_receiver", "at_sender"),
    [
        (asserted, ["Waiting for your answer"], ["Waiting for their answer"]),
        (agreed, ["Agreed"], ["Agreed"]),
        (_overdue, ["Overdue"], ["Overdue"]),
        (_declined, [], ["Declined"]),
        (_cancelled, [], []),
        (_lapsed, [], []),
        (_arrived, [], ["Transfer file to send"]),
        (_file_sent, [], []),
        (_leaves_with_the_file_sent, ["Agreed"], ["Agreed"]),
    ],
)
def test_what_each_end_is_told_it_waits_for(
    make: Callable[[], Transfer], at_receiver: list[str], at_sender: list[str]
) -> None:
    """R7: each transfer stands once in the inbox of either end, until there is nothing to do."""
    transfer = make()
    coming = door.show_transfers(asker(RECEIVER), RAVENSGILL).coming
    leaving = door.show_transfers(asker(SENDER), BECKSIDE).leaving
    assert [group.title for group in coming for row in group.rows if row.id == transfer.pk] == at_receiver
    assert [group.title for group in leaving for row in group.rows if row.id == transfer.pk] == at_sender


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_each_step_in_each_state(state: str, step: str) -> None:
    """R7: only what comes next can be done, and doing it twice is harmless."""
    make, expected = STATES[state]
    transfer = make()
    assert refusal(lambda: STEPS[step](transfer)) == expected[step]


@pytest.mark.parametrize(("step", "typed"), [("answer", {"answer": "yes"}), ("arrived", {"kind": "C"}), ("cancel", {})])
def test_a_second_click_lands_where_the_first_did(step: str, typed: dict[str, str]) -> None:
    """R7, R30: with its words; it said that the transfer had moved on."""
    transfer = asserted() if step == "answer" else agreed()
    slug, urn = (SENDER, BECKSIDE) if step == "cancel" else (RECEIVER, RAVENSGILL)
    page, browser = f"/establishments/{urn}/transfers/{transfer.pk}/{step}/", client(slug)
    sent = typed | ({"on": f"{day(0):%d/%m/%Y}"} if step == "arrived" else {})
    first, second = browser.post(page, sent), browser.post(page, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["location"] == second["location"]


def _was_at_ravensgill(**facts: Any) -> Pupil:
    told = {"forename": "Newly", "surname": "Come", "born_on": date(2017, 3, 2), "year_group": "3"}
    before = factories.pupil(RAVENSGILL, **told | {"class_name": "3A"} | facts)
    factories.enrolment(before, day(-700), day(-400))
    return before


def _accepted(**facts: Any) -> Pupil:
    transfer = from_outside(**facts)
    record = door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
    with as_batch():
        return Pupil.objects.get(pk=record)


def test_of_two_with_the_same_name_and_birthday_a_child_without_a_upn_is_neither() -> None:
    """R6, R7: the record of another child would be opened and written over."""
    twins = [_was_at_ravensgill(), _was_at_ravensgill()]
    assert _accepted().pk not in {one.pk for one in twins}


@pytest.mark.parametrize(("year_group", "class_name"), [("3", "3A"), ("4", "")])
def test_who_comes_back_is_in_no_class_of_an_earlier_year(year_group: str, class_name: str) -> None:
    """R35: the only one of that name and birthday is the same child."""
    before = _was_at_ravensgill()
    now = _accepted(year_group=year_group)
    assert (now.pk, now.class_name) == (before.pk, class_name)


def test_a_last_day_that_has_passed_is_not_moved() -> None:
    """R8: by PostgreSQL too. The child may be seen until the file is made, and the grace counts from that day."""
    pupil = on_roll()
    with as_batch():
        (stay,) = pupil.enrolments.all()
        Enrolment.objects.filter(pk=stay.pk).update(ends_on=day(-1), file_until=day(5))
    with visit(asker(SENDER), Permission.KEEP_RECORDS, BECKSIDE, action="test") as here:
        here.showed()
        step = "SELECT sharing_end_enrolment(%s, %s, 'x', 'x', %s, true)"
        assert value_of(step, stay.pk, day(0), day(9)) == "moved_on"
