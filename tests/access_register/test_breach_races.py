"""Votes and pages at the same instant (P17, R41, R44). Real threads, real commits."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone

from access_register.breaches import steps
from access_register.models import BreachSeat, Sanction
from sharing.models import Establishment, Participation
from tests.access_register.breaches import BECKSIDE, PANEL, against, against_person, seat, vote
from tests.people import as_batch, client, person

WEEKS = (4, 1)
MEASURE = {True: "suspend_person", False: "suspend_establishment"}


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


@pytest.mark.parametrize("is_person", [True, False])
def test_of_two_sanctions_at_once_the_longer_holds(own_database: None, *, is_person: bool) -> None:
    """R41, R44: two panels decide about one person, or one establishment, at the same instant."""
    cases = []
    for by in ("governor-beckside", "governor-ravensgill"):
        beckside = Establishment.objects.get(urn=BECKSIDE)
        party = ("person", person("teacher-beckside").pk) if is_person else ("establishment", beckside.pk)
        cases.append(against(party, by=by))
        seat(cases[-1])
        for slug in PANEL[:2]:
            vote(cases[-1], slug, MEASURE[is_person], WEEKS[len(cases) - 1])
    both = Barrier(2)

    def decides(number: int, weeks: int) -> None:
        with transaction.atomic():  # the shorter one waits for the longer one, which is not committed yet
            if weeks == 1:
                both.wait()
            vote(number, PANEL[2], MEASURE[is_person], weeks)
            if weeks > 1:
                both.wait()
                time.sleep(0.5)
        connections.close_all()

    threads = [Thread(target=decides, args=pair) for pair in zip(cases, WEEKS, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = timezone.localdate() + timedelta(days=7 * max(WEEKS) - 1)
    with as_batch():
        assert Sanction.objects.count() == 2
        if is_person:
            assert person("teacher-beckside").suspended_until == last
        else:
            again = Participation.objects.get(establishment__urn=BECKSIDE, starts_on__gt=timezone.localdate())
            assert again.starts_on == last + timedelta(days=1)
