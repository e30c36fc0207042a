"""Two answer a request for support at once."""

from datetime import timedelta
from threading import Barrier, Thread

from django.db import connections
from django.utils import timezone

from sharing import door
from sharing.door.support import CannotSupport, NewOffer
from sharing.models import SupportRequest
from tests.people import as_batch, asker

BECKSIDE, HEAD = 999002, "head-beckside"


def test_of_two_answers_at_once_one_stands(own_database: None) -> None:
    """P8: the database lets one through; the other is told."""
    until = timezone.localdate() + timedelta(days=60)
    offer = door.publish_offer(asker(HEAD), BECKSIDE, wish=NewOffer("maths", "We do sums.", "All", "Ask.", until))
    number = door.ask_for_support(asker("head-ravensgill"), 999003, offer, words="May we come?")
    ready, answers = Barrier(2), []

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
