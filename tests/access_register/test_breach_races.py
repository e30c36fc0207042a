"""Votes and pages at the same instant (P17, R41, R44). Real threads, real commits."""

from threading import Barrier, Thread

from django.db import connections

from access_register.breaches import steps
from access_register.models import BreachSeat, Sanction
from tests.access_register.breaches import BECKSIDE, PANEL, against_person, seat, vote
from tests.people import as_batch, client, person


def test_two_deciding_votes_at_once_decide_once_and_a_page_never_comes_after(own_database: None) -> None:
    """R41, R44: real threads: one sanction; whoever asks after the decision is committed is shut out."""
    number = against_person("teacher-beckside")
    seat(number)
    vote(number, PANEL[0], "suspend_person", 1)
    with as_batch():
        # a fourth and a fifth seat, so that two votes can each be the deciding one
        for slug in ("officer-no-duty", "officer-admissions"):
            BreachSeat.objects.create(breach_id=number, person=person(slug), name=slug, sitting=1)
    vote(number, PANEL[1], "suspend_person", 1)
    ready, decided, late = Barrier(3), [], []
    browser = client("teacher-beckside")

    def votes(slug: str) -> None:
        ready.wait()
        try:
            decided.append(vote(number, slug, "suspend_person", 1))
        except steps.CannotChange:
            decided.append(None)
        connections.close_all()

    def reads() -> None:
        ready.wait()
        for _ in range(30):
            with as_batch():
                is_decided = Sanction.objects.exists()
            status = browser.get(f"/establishments/{BECKSIDE}/").status_code
            if is_decided:
                late.append(status)
        connections.close_all()

    threads = [Thread(target=votes, args=[slug]) for slug in (PANEL[2], "officer-no-duty")] + [Thread(target=reads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(decided, key=str) == [None, True]
    assert late
    assert set(late) == {403}
    with as_batch():
        assert Sanction.objects.count() == 1
