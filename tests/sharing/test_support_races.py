"""Two do something about one offer of support at once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.door import support
from sharing.door.support import CannotSupport, NewOffer
from sharing.imports.succession import carry_over
from sharing.ledger import ledger
from sharing.models import Establishment, SupportOffer, SupportRequest
from tests.people import as_batch, asker
from tests.threads import PATIENCE, at_once, race, until_waiting

BECKSIDE, HEAD = 999002, "head-beckside"


def test_of_two_answers_at_once_one_stands(own_database: None) -> None:
    """P8: the database lets one through; the other is told."""
    until = timezone.localdate() + timedelta(days=60)
    offer = door.publish_offer(asker(HEAD), BECKSIDE, wish=NewOffer("maths", "We do sums.", "All", "Ask.", until))
    number = door.ask_for_support(asker("head-ravensgill"), 999003, offer, words="May we come?")
    ready, answers = Barrier(2, timeout=PATIENCE), []

    def answer(slug: str, accepts: bool) -> None:
        ready.wait()
        try:
            door.answer_support_request(asker(slug), BECKSIDE, number, accepts=accepts, answer=slug)
            answers.append(accepts)
        except CannotSupport:
            answers.append(None)
        finally:
            connections.close_all()

    threads = [Thread(target=answer, args=each) for each in ((HEAD, True), ("deputy-beckside", False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    (stands,) = [each for each in answers if each is not None]
    with as_batch():
        assert SupportRequest.objects.get(pk=number).state == ("accepted" if stands else "declined")


def offered() -> int:
    until = timezone.localdate() + timedelta(days=60)
    return door.publish_offer(asker(HEAD), BECKSIDE, wish=NewOffer("maths", "We do sums.", "All", "Ask.", until))


def test_an_offer_that_is_being_withdrawn_is_not_changed(own_database: None) -> None:
    """The second is told that it is not there any more, and not that there is another."""
    number, both = offered(), Barrier(2, timeout=PATIENCE)
    wish = NewOffer("maths", "We do more sums.", "All", "Ask.", timezone.localdate())

    def withdraws() -> None:
        with transaction.atomic():
            door.withdraw_offer(asker(HEAD), BECKSIDE, number)
            both.wait()
            until_waiting()

    def changes() -> None:
        both.wait()
        door.change_offer(asker("deputy-beckside"), BECKSIDE, number, wish=wish)

    _, refused = at_once(withdraws, changes)
    assert isinstance(refused, NoSuchRecord)


@pytest.mark.django_db
def test_an_offer_withdrawn_while_somebody_asks_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: between the two statements of asking."""
    number, standing = offered(), support._of_another

    def meanwhile(*asked: Any) -> SupportOffer:
        found = standing(*asked)
        with as_batch():
            SupportOffer.objects.filter(pk=number).update(withdrawn_at=timezone.now())
        return found

    monkeypatch.setattr(support, "_of_another", meanwhile)
    with pytest.raises(NoSuchRecord):
        door.ask_for_support(asker("head-ravensgill"), 999003, number, words="May we come?")


def test_an_offer_withdrawn_while_its_school_converts_stays_behind(own_database: None) -> None:
    """P8, A2: and the conversion goes on."""
    number, ended = offered(), list[object]()
    today = timezone.localdate()

    def converts() -> None:
        with as_batch(), ledger.written_last():
            before, after = (Establishment.objects.get(urn=urn) for urn in (BECKSIDE, 999003))
            carry_over(before, after, on=today, today=today)

    other = Thread(target=lambda: ended.append(race(converts)))
    with transaction.atomic():
        door.withdraw_offer(asker(HEAD), BECKSIDE, number)
        other.start()
        until_waiting()
    other.join()
    assert ended == [{"done": 1}]
    with as_batch():
        assert SupportOffer.objects.get(pk=number).establishment.urn == BECKSIDE
