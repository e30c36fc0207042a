"""Reminders of transfers by night, the note of a lapse, and the grace that returns bring about (R7, R8)."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from access_register import daily
from access_register.models import RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.notices import transfers
from sharing import door
from sharing.days import day_in_words
from sharing.models import LedgerEntry, Pupil, Transfer
from sharing.school_year import school_days_after
from tests import factories
from tests.people import EDUNET, as_batch, asker, person
from tests.post import post, posting
from tests.sharing import closings
from tests.sharing.moves import RAVENSGILL, RECEIVER, again, agreed, asserted, day, from_outside, shift

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LEVEL_1_OF_RAVENSGILL = {"farzana.mahmood@ravensgill.example", "peter.hinchliffe@ravensgill.example"}
LEVEL_1_OF_BECKSIDE = {
    "ruth.oldroyd@beckside.example", "imran.sheikh@beckside.example", "julie.armitage@beckside.example",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_else_on_the_way() -> None:
    with as_batch():
        Transfer.objects.update(cancelled_at=timezone.now())


def told(on=TODAY) -> set[tuple[str, str]]:
    """Who is written to by a run on that day, and what about."""
    mail.outbox.clear()
    with posting():
        daily.run(on)
    return {(letter.to[0], letter.subject) for letter in mail.outbox if "child" in letter.subject.lower()}


def waited(transfer: Transfer, school_days: int) -> None:
    """As if it had been asserted so many school days ago."""
    asserted_on = TODAY
    while school_days_after(asserted_on, school_days) > TODAY:
        asserted_on -= timedelta(days=1)
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(
            asserted_at=timezone.now() - (TODAY - asserted_on), expected_on=day(30), lapses_on=day(60)
        )


def test_the_receiver_is_reminded_after_three_and_after_eight_school_days() -> None:
    """Once each; the sender and the officers are not."""
    transfer = asserted()
    subject = "A child is waiting for your answer: Ravensgill Primary School"
    for days, written in ((2, False), (3, True), (4, False), (8, True), (9, False), (12, False)):
        waited(transfer, days)
        expected = {(address, subject) for address in LEVEL_1_OF_RAVENSGILL} if written else set()
        assert told() == expected, days
        assert told() == set()


def test_who_heads_both_schools_is_not_asked_to_answer_themselves() -> None:
    """R7, A18: nobody accepts what they asserted, so the others at Level 1 are reminded."""
    transfer, head = asserted(), person("head-ravensgill")
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(asserted_by=head.pk)
    waited(transfer, 3)
    assert {address for address, _ in told()} == LEVEL_1_OF_RAVENSGILL - {head.email}


def test_who_alone_could_answer_and_asked_themselves_is_told_that_nobody_can() -> None:
    """R7: nobody accepts what they asserted, and nobody else at the receiver was reminded: the request lapsed."""
    transfer, head = asserted(), person("head-ravensgill")
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(asserted_by=head.pk)
        others = RegisterLine.objects.filter(establishment__urn=RAVENSGILL, level=1).exclude(person=head)
        others.update(suspended_at=timezone.now())
    waited(transfer, 3)
    assert told() == {(head.email, "Nobody can answer about a child: Ravensgill Primary School")}
    (letter,) = [letter for letter in mail.outbox if letter.to == [head.email]]
    assert "You started the request, so you cannot answer it yourself." in letter.body
    assert f"/establishments/{RAVENSGILL}/register/" in letter.body
    assert told() == set()
    with as_batch():
        others.update(suspended_at=None)
    waited(transfer, 8)
    assert {address for address, _ in told()} == LEVEL_1_OF_RAVENSGILL - {head.email}


def test_who_alone_could_answer_and_is_not_the_head_is_not_told_to_give_level_1() -> None:
    """R7, R35: only the head can."""
    transfer = asserted()
    with as_batch():
        level_1 = RegisterLine.objects.filter(establishment__urn=RAVENSGILL, level=1)
        alone = level_1.exclude(seat=HEAD_SEAT).select_related("person")[0].person
        level_1.exclude(person=alone).update(suspended_at=timezone.now())
        Transfer.objects.filter(pk=transfer.pk).update(asserted_by=alone.pk)
    waited(transfer, 3)
    assert {address for address, _ in told()} == {alone.email}
    (letter,) = [letter for letter in mail.outbox if letter.to == [alone.email]]
    assert "Give somebody Level 1" not in letter.body
    assert "Only the head can give somebody Level 1." in letter.body


def test_children_who_wait_at_one_school_are_one_email_to_each_person() -> None:
    """R7, R8: a secondary school in autumn. Whoever asserted one of them is reminded of the others."""
    transfers, head = [asserted() for _ in range(3)], person("head-ravensgill")
    for number, transfer in enumerate(transfers):
        waited(transfer, 3)
        with as_batch():
            Transfer.objects.filter(pk=transfer.pk).update(expected_on=day(30 + number), lapses_on=day(60 + number))
    with as_batch():
        Transfer.objects.filter(pk=transfers[0].pk).update(asserted_by=head.pk)
    told()
    letters = [letter for letter in mail.outbox if "waiting for your answer" in letter.subject]
    assert {letter.to[0] for letter in letters} == LEVEL_1_OF_RAVENSGILL
    assert len(letters) == len(LEVEL_1_OF_RAVENSGILL)
    for letter in letters:
        number, first = (2, 1) if letter.to == [head.email] else (3, 0)
        assert letter.subject.startswith(f"{number} children are waiting")
        assert f"the first on {day_in_words(day(30 + first))}" in letter.body
        assert f"the first request lapses after {day_in_words(day(60 + first))}" in letter.body
    assert told() == set()


def test_children_who_have_not_arrived_are_one_email_at_either_school() -> None:
    """R8."""
    for _ in range(2):
        shift(agreed(), 8)
    here = {(to, "2 children have not arrived: Ravensgill Primary School") for to in LEVEL_1_OF_RAVENSGILL}
    there = {
        (to, "2 children have not arrived at the next school: Beckside Primary School") for to in LEVEL_1_OF_BECKSIDE
    }
    assert told() == here | there
    assert sum("arrived" in letter.subject for letter in mail.outbox) == len(here | there)


def test_an_answer_ends_the_reminders() -> None:
    transfer = asserted()
    waited(transfer, 3)
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(declined_at=timezone.now())
    assert told() == set()


def test_both_are_told_once_of_a_child_who_has_not_arrived() -> None:
    transfer = agreed()
    shift(transfer, 7)
    assert told() == set()  # the day itself
    shift(transfer, 1)
    here = {(to, "A child has not arrived: Ravensgill Primary School") for to in LEVEL_1_OF_RAVENSGILL}
    there = {(to, "A child has not arrived at the next school: Beckside Primary School") for to in LEVEL_1_OF_BECKSIDE}
    assert told() == here | there
    assert told() == set()


def test_of_a_child_from_outside_the_receiver_alone_is_told() -> None:
    transfer = from_outside()
    door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
    shift(transfer, 8)
    assert {to for to, _ in told()} == LEVEL_1_OF_RAVENSGILL


def test_no_e_mail_names_the_child() -> None:
    transfer = asserted()
    waited(transfer, 3)
    told()
    for letter in mail.outbox:
        everything = letter.subject + letter.body + str(letter.alternatives)
        assert "Mover" not in everything
        assert "/establishments/999003/transfers/" in everything or "transfer" not in letter.subject


def test_a_mailbox_that_is_gone_keeps_nobody_else_from_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """R8: whoever comes after it in the same night is told all the same, at both establishments, and once."""
    shift(agreed(), 8)
    gone = max(LEVEL_1_OF_RAVENSGILL)
    takes = EmailBackend.send_messages

    def refuses_one(self: EmailBackend, messages: Sequence[Any]) -> int:
        if messages[0].to == [gone]:
            raise SMTPRecipientsRefused({gone: (550, b"no such mailbox")})
        return takes(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses_one)
    assert {to for to, _ in told()} == LEVEL_1_OF_RAVENSGILL - {gone} | LEVEL_1_OF_BECKSIDE
    monkeypatch.undo()
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        post()
    assert [letter.to for letter in mail.outbox] == [[gone]]
    assert told() == set()


def test_none_is_noted_on_the_last_day_on_which_the_child_can_arrive() -> None:
    """R7: what came with the child is forgotten with it."""
    transfer = agreed()
    for days, noted in (((transfer.lapses_on - TODAY).days, None), (1, TODAY)):
        shift(transfer, days)
        with as_batch():
            list(transfers.sweep(TODAY))
        assert again(transfer).lapse_noted_on == noted


def test_a_lapse_is_noted_once() -> None:
    """R7: access goes by the days; the ledger says so the morning after."""
    transfer = agreed()
    shift(transfer, 90)
    daily.run(TODAY)
    daily.run(TODAY)
    with as_batch():
        noted = LedgerEntry.objects.filter(action="transfers_lapsed").values_list("about__transfers", flat=True)
        assert list(noted) == [[transfer.pk]]
    assert again(transfer).lapse_noted_on == TODAY


def test_the_night_gives_the_grace_that_a_return_brought_about() -> None:
    """R8, R43: the earlier school sees the child for longer, and the ledger says so."""
    transfer = agreed()
    with as_batch():
        mine = Pupil.objects.get(pk=transfer.pupil_id)
    factories.enrolment(mine, TODAY)
    assert "1 transfer file to send noted" in daily.run(TODAY).done
    assert again(transfer).sender_keeps_until == school_days_after(day(-1), 5)
    with as_batch():
        assert LedgerEntry.objects.get(action="give_grace").about == {"transfers": [transfer.pk]}


@pytest.mark.parametrize("waits", [True, False], ids=["waiting for an answer", "not arrived"])
def test_nobody_is_written_to_about_a_closed_child(waits: bool) -> None:
    """R18: the page of transfers does not have the child, so no email leads there; once it is over, it comes."""
    transfer = asserted() if waits else agreed()
    if waits:
        waited(transfer, 3)
    else:
        shift(transfer, 8)
    with as_batch():
        child = Pupil.objects.get(pk=transfer.leaving_id)
    closing = closings.close(child)
    assert told() == set()
    door.end_closing(asker(closings.MANAGER, EDUNET), closing.pk)
    assert told() != set()
