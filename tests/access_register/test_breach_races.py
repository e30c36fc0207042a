"""Votes and pages at the same instant (P17, R41, R44). Real threads, real commits."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone

from access_register.breaches import steps
from access_register.models import Breach, BreachParty, BreachSeat, Contract, Person, RegisterLine, Sanction
from access_register.register.rules import CannotChange
from access_register.sign_in import account_changes
from access_register.third_parties.records import Terms
from access_register.third_parties.third_parties import end_contract, record_contract
from sharing import door
from sharing.authorise import Permission, visit
from sharing.imports.ending import end_establishment
from sharing.models import Establishment, Participation
from sharing.models.establishments import CLOSED
from sharing.statements import value_of
from tests.access_register.breaches import (
    BECKSIDE,
    OTHERS,
    PANEL,
    against,
    against_person,
    contract_of,
    decide,
    seat,
    vote,
)
from tests.people import EDUNET, as_batch, asker, client, person
from tests.threads import PATIENCE, in_turn, race, until_waiting

WEEKS = (4, 1)
OVER = "This contract is over. Record the new one first."
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
    ready, decided, late = Barrier(3, timeout=PATIENCE), [], []
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
        until = time.monotonic() + PATIENCE
        while len(late) < 5 and time.monotonic() < until:
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
    assert late == [403] * 5
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
    both = Barrier(2, timeout=PATIENCE)

    def decides(number: int, weeks: int) -> None:
        with transaction.atomic():  # the shorter one waits for the longer one, which is not committed yet
            if weeks == 1:
                both.wait()
            vote(number, PANEL[2], MEASURE[is_person], weeks)
            if weeks > 1:
                both.wait()
                until_waiting()
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


def test_of_two_liftings_at_once_the_later_brings_the_contract_back(own_database: None) -> None:
    """R25, R41: two panels lift what ended one contract at the same instant: neither takes the other's for standing."""
    contract = contract_of("third-party-beckside")
    cases = [against(("third_party", contract.pk)) for _ in range(2)]
    for number in cases:
        decide(number, "end_third_party", 8)
        steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
        seat(number, OTHERS)
        for slug in OTHERS[:2]:
            vote(number, slug, "none")
    both = Barrier(2, timeout=PATIENCE)

    def lifts(number: int) -> None:
        with transaction.atomic():
            if number == cases[1]:
                both.wait()
            vote(number, OTHERS[2], "none")
            if number == cases[0]:
                both.wait()
                until_waiting()
        connections.close_all()

    threads = [Thread(target=lifts, args=[number]) for number in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_batch():
        assert Contract.objects.get(pk=contract.pk).ended_at is None


def test_a_decision_lifted_while_the_school_ends_brings_nothing_back(own_database: None) -> None:
    """R41, R44: the end waits for it, or it for the end. Nobody is on the register afterwards."""
    contract, today = contract_of("third-party-beckside"), timezone.localdate()
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    seat(number, OTHERS)
    for slug in OTHERS[:2]:
        vote(number, slug, "none")
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=today - timedelta(days=1))
    lifted: list[object] = []
    other = Thread(target=lambda: lifted.append(race(lambda: vote(number, OTHERS[2], "none"))))
    with as_batch():
        end_establishment(BECKSIDE, by="Test", today=today)
        other.start()
        until_waiting()
    other.join()
    assert lifted == [{"done": 1}]
    with as_batch():
        assert Contract.objects.get(pk=contract.pk).ended_at
        assert not RegisterLine.objects.live_on(today).filter(establishment__urn=BECKSIDE).exists()


@pytest.mark.parametrize("first", ["decision", "contract"])
def test_a_contract_recorded_in_the_moment_of_the_decision_does_not_outlive_it(own_database: None, first: str) -> None:
    """R25, R41: the decision ends it, or it is refused."""
    contract = contract_of("third-party-beckside")
    with as_batch():
        name = contract.organisation.name
    number = against(("third_party", contract.pk))
    seat(number)
    for slug in PANEL[:2]:
        vote(number, slug, "end_third_party", 8)
    today, both = timezone.localdate(), Barrier(2, timeout=PATIENCE)
    terms = Terms(name, "NEW-1", "Clause 9", today, today + timedelta(days=90))

    def holds(act: Callable[[], object], *, is_first: bool) -> None:
        with transaction.atomic():
            if not is_first:
                both.wait()
            with suppress(CannotChange):
                act()
            if is_first:
                both.wait()
                until_waiting()
        connections.close_all()

    acts = {
        "decision": lambda: vote(number, PANEL[2], "end_third_party", 8),
        "contract": lambda: record_contract(asker("head-beckside"), BECKSIDE, terms=terms),
    }
    threads = [Thread(target=holds, args=[act], kwargs={"is_first": who == first}) for who, act in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_batch():
        assert Sanction.objects.count() == 1
        assert not Contract.objects.filter(organisation__name=name, ended_at=None).exists()


def test_whoever_passed_a_misuse_on_names_no_manager_afterwards(own_database: None) -> None:
    """R41: naming goes with passing it on. Of a case that is there the data team can name nobody."""
    officer, governor = asker("officer-data", EDUNET), asker("governor-beckside")
    number = door.report_misuse(governor, "school-finder", form_key=uuid.uuid4(), happened="A leaflet.")
    door.close_misuse_report(officer, number, outcome="to_refer", answer="So it is.")
    with as_batch():
        case = Breach.objects.get(of_misuse=number)
    with visit(officer, Permission.KEEP_RECORDS, action="show_misuse_report") as here:
        here.showed()
        managers = [person("officer-information").pk]
        value_of("SELECT access_register_breach_by_managers(%s, %s::bigint[])", case.pk, managers)
    with as_batch():
        assert not BreachParty.objects.filter(breach=case).exists()


def test_two_panels_that_suspend_the_same_two_people_wait_for_each_other(own_database: None) -> None:
    """R41: each locks them by their number, in whichever order they were named."""
    teacher, office = (("person", person(slug).pk) for slug in ("teacher-beckside", "office-beckside"))
    cases = [against(*parties) for parties in ((teacher, office), (office, teacher))]
    for number in cases:
        seat(number)
        for slug in PANEL[:2]:
            vote(number, slug, "suspend_person", 1)
    votes = [partial(vote, number, PANEL[2], "suspend_person", 1) for number in cases]
    assert in_turn(lambda: account("teacher-beckside"), *votes) == [{"done": 1}] * 2
    with as_batch():
        assert Sanction.objects.count() == 4


def rename(somebody: Person) -> None:
    with as_batch():
        account_changes.rename(somebody, "Hal Newname")


def end_the_contract(somebody: Person) -> None:
    end_contract(asker("head-beckside"), BECKSIDE, contract_of("third-party-beckside").pk)


@pytest.mark.parametrize(("change", "words"), [(rename, "done"), (end_the_contract, OVER)])
def test_somebody_changed_while_their_suspension_becomes_the_end_of_their_contract(
    own_database: None, change: Callable[[Person], None], words: str
) -> None:
    """R25, R41: the panel, too, locks contracts before lines, and lines before people."""
    slug = "third-party-beckside"
    somebody = person(slug)
    number = against(("person", somebody.pk), ("third_party", contract_of(slug).pk))
    decide(number, "suspend_person", 8)
    steps.appeal_breach(asker(slug), number, words="It was not me.")
    seat(number, OTHERS)
    for other in OTHERS[:2]:
        vote(number, other, "end_third_party", 8)
    votes = partial(vote, number, OTHERS[2], "end_third_party", 8)
    assert in_turn(lambda: account(slug), votes, partial(change, somebody)) == [{"done": 1}, {words: 1}]
    with as_batch():
        assert RegisterLine.objects.get(person=somebody).withdrawn_by_name == "the Locality Achievement Partnership"


def account(slug: str) -> None:
    """Lock somebody's account, as whoever changes it does."""
    Person.objects.select_for_update(no_key=True).get(pk=person(slug).pk)
