"""Third parties: access that a decision ends, and an appeal brings back (P17, R25, R41)."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection
from django.utils import timezone

from access_register.breaches import notices, steps
from access_register.models import Contract, RegisterLine, Sanction
from access_register.register.rules import CannotChange
from access_register.third_parties.records import Terms
from access_register.third_parties.third_parties import (
    ask_for_certificates,
    end_contract,
    record_certificate,
    record_contract,
    show_third_parties,
)
from sharing.authorise import NoSuchRecord, Permission, visit
from sharing.imports.ending import end_establishment
from sharing.models import Establishment, EstablishmentPermission
from sharing.models.establishments import CLOSED
from tests.access_register.breaches import (
    BECKSIDE,
    OTHERS,
    against,
    against_person,
    case,
    contract_of,
    decide,
    manager,
)
from tests.people import as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
A_HEAD = "head-ravensgill"  # also of a school in the Locality of Beckside, and not on the first panel


def test_a_third_party_is_ended_and_barred_until_the_last_day() -> None:
    """R25, R41: the contract ends with all under it; no new one takes its place; the story of each line says so."""
    contract = contract_of("third-party-beckside")
    number = against(("third_party", contract.pk))
    adviser = client("third-party-beckside")
    assert adviser.get("/establishments/999002/").status_code == 200
    decide(number, "end_third_party", 8)
    assert adviser.get("/establishments/999002/").status_code == 404
    assert adviser.get(f"/breaches/{number}/").status_code == 200
    with as_batch():
        line = RegisterLine.objects.get(contract=contract)
        assert line.withdrawn_at
        assert line.events.filter(what="withdrawn").exists()
        assert not EstablishmentPermission.objects.filter(source=f"line:{line.pk}").exists()
        name = contract.organisation.name
    today = timezone.localdate()
    terms = Terms(name, "NEW-1", "Clause 9", today, today + timedelta(days=90))
    for days in (50, 0, -1):
        with as_batch():
            Sanction.objects.filter(contract=contract).update(
                starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=days)
            )
        if days >= 0:
            with pytest.raises(CannotChange, match="ended for a breach"):
                record_contract(asker("head-beckside"), BECKSIDE, terms=terms)
    assert record_contract(asker("head-beckside"), BECKSIDE, terms=terms)


@pytest.mark.drifts
def test_who_left_a_third_party_before_reads_no_case_of_it() -> None:
    """R41, R44: nor is written to. Whose line the sanction itself withdraws reads on."""
    contract = contract_of("third-party-beckside")
    number = against(("third_party", contract.pk))
    assert case(number, "third-party-beckside")
    with as_batch():
        RegisterLine.objects.filter(contract=contract).update(withdrawn_at=timezone.now() - timedelta(days=30))
    with pytest.raises(NoSuchRecord):
        case(number, "third-party-beckside")
    with visit(manager(), Permission.MANAGE_DUTIES, action="test") as here:
        assert person("third-party-beckside").pk not in notices.people_of(number, "respondent")
        here.showed()


def test_every_contract_of_a_third_party_at_the_establishment_ends() -> None:
    """R25, R41: a second contract, or another spelling of the name, is no way round."""
    contract, today = contract_of("third-party-beckside"), timezone.localdate()
    with as_batch():
        name = contract.organisation.name
    second = record_contract(
        asker("head-beckside"), BECKSIDE, terms=Terms(name.upper(), "2ND", "Clause", today, today + timedelta(days=90))
    )
    decide(against(("third_party", contract.pk)), "end_third_party", 8)
    with as_batch():
        assert Contract.objects.get(pk=second).ended_at
    for spelling in (name, f" {name.lower()}"):
        terms = Terms(spelling, "3RD", "Clause", today, today + timedelta(days=90))
        with pytest.raises(CannotChange, match="ended for a breach"):
            record_contract(asker("head-beckside"), BECKSIDE, terms=terms)


def test_a_contract_comes_back_when_an_appeal_lifts_its_end() -> None:
    """R25, R41: with its days, its lines and what they open; not when the appeal only changes the length."""
    contract, browser = contract_of("third-party-beckside"), client("third-party-beckside")
    before = _under(contract)
    assert before[1]
    assert browser.get("/establishments/999002/").status_code == 200
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    assert browser.get("/establishments/999002/").status_code == 404
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    decide(number, "none", panel=OTHERS)
    assert _under(contract) == before
    assert browser.get("/establishments/999002/").status_code == 200
    again = against(("third_party", contract.pk))
    decide(again, "end_third_party", 8)
    steps.appeal_breach(asker("third-party-beckside"), again, words="It is too long.")
    decide(again, "end_third_party", 4, panel=OTHERS)
    with as_batch():
        assert Sanction.objects.filter(breach=again).latest("pk").ended["contracts"] == [contract.pk]
        assert Contract.objects.get(pk=contract.pk).ended_at


def test_a_contract_that_is_back_owes_a_certificate_when_it_ends_again() -> None:
    """R25, R41: the one that was recorded meanwhile says nothing of what is taken away afterwards."""
    contract = contract_of("third-party-beckside")
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    record_certificate(asker("head-beckside"), BECKSIDE, contract.pk, on=timezone.localdate())
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    decide(number, "none", panel=OTHERS)
    end_contract(asker("head-beckside"), BECKSIDE, contract.pk)
    owing = show_third_parties(asker("head-beckside"), BECKSIDE).owing
    assert contract.pk in {one.id for one in owing}


@pytest.mark.parametrize("first", [0, 1])
def test_a_contract_that_two_decisions_ended_is_back_once_both_are_lifted(first: int) -> None:
    """R25, R41: whichever is lifted first, it stays ended while the other stands, also after the other's last day."""
    contract = contract_of("third-party-beckside")
    before = _under(contract)
    cases = [against(("third_party", contract.pk)) for _ in range(2)]
    for number in cases:
        decide(number, "end_third_party", 8)
        steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    with as_batch():
        past = timezone.localdate() - timedelta(days=1)
        Sanction.objects.filter(breach=cases[1 - first]).update(starts_on=past, ends_on=past)
    decide(cases[first], "none", panel=OTHERS)
    with as_batch():
        assert Contract.objects.get(pk=contract.pk).ended_at
    assert _under(contract)[1:] == ([], [])
    decide(cases[1 - first], "none", panel=OTHERS)
    assert _under(contract) == before


def test_the_head_is_told_that_a_contract_is_back() -> None:
    """R25, R41: once, with the vote that brings it back; not where it stays ended. Nothing of the case is in it."""
    contract = contract_of("third-party-beckside")
    cases = [against(("third_party", contract.pk)) for _ in range(2)]
    for number in cases:
        decide(number, "end_third_party", 8)
        steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    for number, letters in zip(cases, (0, 1), strict=True):
        outbox.outbox = []
        with posting():
            decide(number, "none", panel=OTHERS)
        back = [letter for letter in outbox.outbox if "in force again" in letter.subject]
        assert [letter.to for letter in back] == [[person("head-beckside").email]] * letters
    assert f"/third-parties/{contract.pk}/" in back[0].body
    assert f"breaches/{cases[1]}" not in back[0].body
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_register_contracts_back(%s)", [cases[1]])
        assert cursor.fetchall() == []


def test_who_was_asked_to_destroy_what_they_had_is_told_that_they_have_access_again() -> None:
    """R25, R41: they went on destroying it, and did not know. Nobody is told whose own line does not come back."""
    contract = contract_of("third-party-beckside")
    with as_batch():
        line = RegisterLine.objects.get(contract=contract)
        line.pk, line.person, line.withdrawn_at = None, person("teacher-ravensgill"), timezone.now()
        line.save(force_insert=True)
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    with posting():
        ask_for_certificates(timezone.localdate())
    assert [person("third-party-beckside").email] in [letter.to for letter in outbox.outbox]
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    outbox.outbox = []
    with posting():
        decide(number, "none", panel=OTHERS)
    (back,) = [letter for letter in outbox.outbox if "again" in letter.subject and "contract" not in letter.subject]
    assert back.to == [person("third-party-beckside").email]
    assert "you no longer have to" in back.body
    assert contract.reference in back.body
    assert f"breaches/{number}" not in back.body


def test_whom_a_sanction_of_their_own_shuts_out_is_not_told_that_they_have_access_again() -> None:
    """R25, R41: it would not be true."""
    contract, slug = contract_of("third-party-beckside"), "third-party-beckside"
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    steps.appeal_breach(asker(slug), number, words="It was not us.")
    decide(against_person(slug), "suspend_person", 8)
    outbox.outbox = []
    with posting():
        decide(number, "none", panel=OTHERS)
    assert any("in force again" in letter.subject for letter in outbox.outbox)
    assert not [letter.to for letter in outbox.outbox if letter.subject.startswith("You have access")]


def test_the_head_is_told_of_a_contract_whoever_votes_last() -> None:
    """R25, R41: also if that is the head of another school, who does not keep this register."""
    contract = contract_of("third-party-beckside")
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    with posting():
        decide(number, "none", panel=(*OTHERS[:2], A_HEAD))
    assert [letter.to for letter in outbox.outbox if "in force again" in letter.subject] == [
        [person("head-beckside").email]
    ]


def test_a_contract_that_its_head_has_ended_does_not_come_back_with_a_later_decision() -> None:
    """R25, R41: what a decision did not end, its lifting does not bring back, whatever was lifted before."""
    contract = contract_of("third-party-beckside")
    for is_ended_by_its_head in (False, True):
        if is_ended_by_its_head:
            end_contract(asker("head-beckside"), BECKSIDE, contract.pk)
        number = against(("third_party", contract.pk))
        decide(number, "end_third_party", 8)
        steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
        decide(number, "none", panel=OTHERS)
        with as_batch():
            assert bool(Contract.objects.get(pk=contract.pk).ended_at) == is_ended_by_its_head


def _under(contract: Contract) -> tuple[object, ...]:
    """The contract's days; its lines; what they open."""
    with as_batch():
        now = Contract.objects.get(pk=contract.pk)
        lines = RegisterLine.objects.filter(contract=contract, withdrawn_at=None)
        sources = [f"line:{line.pk}" for line in lines]
        held = EstablishmentPermission.objects.filter(source__in=sources).order_by("pk").values_list()
        days = lines.order_by("pk").values_list("pk", "starts_on", "ends_on", "level")
        return (now.starts_on, now.ends_on, now.ended_at), list(days), list(held)


def _appealed_while_the_school_closed(contract: Contract) -> int:
    """The number of the case that ended the contract. The school's last day was yesterday."""
    number = against(("third_party", contract.pk))
    decide(number, "end_third_party", 8)
    steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    with as_batch():
        yesterday = timezone.localdate() - timedelta(days=1)
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=yesterday)
    return number


def test_a_decision_lifted_when_the_school_has_ended_brings_nothing_back() -> None:
    """R41, R44: its register has ended, and nobody would end what came back."""
    contract, today = contract_of("third-party-beckside"), timezone.localdate()
    number = _appealed_while_the_school_closed(contract)
    end_establishment(BECKSIDE, by="Test", today=today)
    decide(number, "none", panel=OTHERS)
    with as_batch():
        assert Sanction.objects.get(breach=number).lifted_at
        assert Contract.objects.get(pk=contract.pk).ended_at
        assert not RegisterLine.objects.live_on(today).filter(establishment__urn=BECKSIDE).exists()


def test_a_decision_lifted_while_nobody_has_decided_who_carries_on_brings_it_back() -> None:
    """R41: a school that has closed keeps its register until its end, or goes on under another URN with it."""
    contract, today = contract_of("third-party-beckside"), timezone.localdate()
    before = _under(contract)
    number = _appealed_while_the_school_closed(contract)
    decide(number, "none", panel=OTHERS)
    assert _under(contract) == before
    end_establishment(BECKSIDE, by="Test", today=today)
    with as_batch():
        assert Contract.objects.get(pk=contract.pk).ended_at
        assert not RegisterLine.objects.live_on(today).filter(establishment__urn=BECKSIDE).exists()


@pytest.mark.drifts  # lines written past the register
@pytest.mark.parametrize(("days", "is_back"), [(0, True), (-1, False)])
def test_a_closed_school_has_a_register_until_the_last_day_of_its_last_line(days: int, is_back: bool) -> None:
    """R41, R44: on that day somebody can still end what comes back."""
    contract, today = contract_of("third-party-beckside"), timezone.localdate()
    number = _appealed_while_the_school_closed(contract)
    with as_batch():
        here = RegisterLine.objects.filter(establishment__urn=BECKSIDE, withdrawn_at=None)
        here.update(starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=days))
    decide(number, "none", panel=OTHERS)
    with as_batch():
        assert (Contract.objects.get(pk=contract.pk).ended_at is None) is is_back
