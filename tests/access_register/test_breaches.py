"""Breaches of the protocol: reported, referred, judged without a conflict, enacted at once, lifted (P17, R41, A16)."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection, transaction
from django.utils import timezone

from access_register.breaches import notices, reading, steps
from access_register.models import Breach, Contract, Person, RegisterLine, Sanction
from access_register.rules import CannotChange
from access_register.third_parties import Terms, end_contract, record_contract
from sharing import ledger
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.ledger_words import words_of
from sharing.models import EstablishmentPermission, LedgerEntry, Participation
from sharing.models.ledger import NOT_FOR_THE_HEAD
from tests.access_register.breaches import (
    BECKSIDE,
    OTHERS,
    PANEL,
    WHAT,
    against,
    against_establishment,
    against_person,
    case,
    contract_of,
    decide,
    manager,
    report,
    seat,
    vote,
)
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


def test_a_case_from_report_to_lifting(django_capture_on_commit_callbacks) -> None:
    """P17, R41: reported, referred, judged, enacted on the next request, appealed, lifted; the story is kept."""
    teacher = client("teacher-beckside")
    assert teacher.get("/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        number = against_person("teacher-beckside", name_withheld=True)
    assert case(number, "teacher-beckside").reported_by == ""
    steps.answer_breach(asker("teacher-beckside"), number, words="I am sorry.")
    with django_capture_on_commit_callbacks(execute=True):
        decide(number, "suspend_person", 4)
    shut = teacher.get("/")
    assert shut.status_code == 403
    assert "Your access is suspended" in shut.content.decode()
    assert teacher.get(f"/breaches/{number}/").status_code == 200
    found = case(number, "teacher-beckside")
    assert found.outcome == "Suspend the person for 4 weeks"
    assert {vote.name for vote in found.votes} == {""}
    assert [row.state for row in found.sanctions] == ["In force"]
    told = {letter.to[0] for letter in outbox.outbox}
    assert {person("teacher-beckside").email, person("governor-beckside").email, manager_email()} <= told
    to_others = [letter for letter in outbox.outbox if letter.to != [person("teacher-beckside").email]]
    assert not any(WHAT in letter.body for letter in outbox.outbox)
    assert not any("Nadia" in letter.body for letter in to_others)

    steps.appeal_breach(asker("teacher-beckside"), number, words="It is too much.")
    with pytest.raises(CannotChange):  # not those who decided
        seat(number, PANEL)
    assert teacher.get("/").status_code == 403
    decide(number, "none", panel=OTHERS)
    assert teacher.get("/").status_code == 200
    whole = [step.what for step in case(number, "teacher-beckside").steps]
    assert whole == [
        "Reported", "Referred to the Locality Achievement Partnership", "Answer of who it is held against",
        "Panel named", "Decided", "Appealed", "Panel named", "Appeal: the decision is lifted",
    ]  # fmt: skip
    assert [step.what for step in case(number, "governor-beckside").steps] == [
        "Reported", "Decided", "Appeal: the decision is lifted",
    ]  # fmt: skip


def manager_email() -> str:
    return person("officer-information").email


def test_a_form_sent_twice_is_one_report_and_a_stranger_reports_nothing() -> None:
    """R41: anyone signed up; the words are not in clear (R13)."""
    key = uuid.uuid4()
    first = report(asker("governor-beckside"), form_key=key)
    assert report(asker("governor-beckside"), form_key=key) == first
    assert report(asker("officer-no-duty", EDUNET))
    assert report(asker("teacher-beckside"), whose="own") != first
    for stranger in ("superuser", "other-department", "teacher-ended"):
        with pytest.raises(NoSuchRecord):
            report(asker(stranger))
    with as_batch():
        row = LedgerEntry.objects.filter(action="report_breach", about__breach=first).first()
    assert row.outcome == "changed"
    assert WHAT not in str(row.about)


def test_it_is_referred_to_the_locality_of_whom_it_is_held_against() -> None:
    """A16: of an officer's breach that of the establishment it is about; of a third party's the sponsor's; of several
    all of them; nobody's nowhere."""
    assert case(against_person("teacher-two-schools"), "officer-information").localities == ("Aireholme", "Beckdale")
    officers = against_person("officer-data", about=999003)
    assert case(officers, "officer-information").localities == ("Beckdale",)
    contract = against(("third_party", contract_of("third-party-beckside").pk), about=999003)
    assert case(contract, "officer-information").localities == ("Aireholme",)
    number = report(asker("governor-beckside"), about=None)
    refused = {"is_personal": False, "severity": "", "refers": True, "words": "x"}
    with pytest.raises(CannotChange, match="Name first"):
        steps.refer_breach(manager(), number, **refused)
    steps.name_concerned(manager(), number, sort="person", target=person("officer-data").pk)
    with pytest.raises(CannotChange, match="No Locality"):
        steps.refer_breach(manager(), number, **refused)


def test_only_the_data_protection_side_finds_whom_it_is_held_against() -> None:
    """R41: by a form, within what that side may know; nobody else searches for people."""
    number = report(asker("governor-beckside"))
    found = steps.find_concerned(manager(), number, sort="person", words="hussain")
    assert found == ((person("teacher-beckside").pk, "Nadia Hussain: Beckside Primary School"),)
    assert steps.find_concerned(manager(), number, sort="establishment", words="Ravensgill")
    assert steps.find_concerned(manager(), number, sort="third_party", words="brightpath")
    for other in (asker("officer-data", EDUNET), asker("head-beckside"), asker("governor-beckside")):
        with pytest.raises(NotAtYourLevel):
            steps.find_concerned(other, number, sort="person", words="hussain")


def test_an_establishment_is_suspended_from_sharing_in_both_directions_and_keeps_its_own() -> None:
    """R16, R17, R41: others' information closes with the next request; its own and transfers go on."""
    governor, head, other = client("governor-beckside"), client("head-beckside"), client("head-ravensgill")
    assert governor.get("/establishments/999003/").status_code == 200
    assert other.get("/establishments/999002/").status_code == 200
    number = against_establishment(BECKSIDE)
    panel = ("head-oxenby", "head-holmeroyd", "manager-amberstone")
    decide(number, "suspend_establishment", 2, panel)
    page = governor.get("/establishments/999003/")
    assert page.status_code == 403
    assert "Suspended from sharing" in page.content.decode()
    assert f"/breaches/{number}/" not in page.content.decode()
    assert f"/breaches/{number}/" in head.get("/establishments/999002/suspension/").content.decode()
    assert "Suspended from sharing until" in governor.get("/").content.decode()
    assert other.get("/establishments/999002/").status_code == 404
    for own in ("pupils", "staff", "register", "transfers"):
        assert head.get(f"/establishments/999002/{own}/").status_code == 200
    last = timezone.localdate() + timedelta(days=13)
    with as_batch():
        stretches = list(Participation.objects.filter(establishment__urn=BECKSIDE).order_by("starts_on"))
    assert [stretch.ends_on for stretch in stretches] == [timezone.localdate() - timedelta(days=1), None]
    assert stretches[1].starts_on == last + timedelta(days=1)
    steps.appeal_breach(asker("head-beckside"), number, words="Please.")
    decide(number, "none", panel=OTHERS)
    assert governor.get("/establishments/999003/").status_code == 200
    assert other.get("/establishments/999002/").status_code == 200


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
    with pytest.raises(CannotChange, match="ended for a breach"):
        record_contract(asker("head-beckside"), BECKSIDE, terms=terms)
    with as_batch():
        Sanction.objects.filter(contract=contract).update(
            starts_on=today - timedelta(days=60), ends_on=today - timedelta(days=1)
        )
    assert record_contract(asker("head-beckside"), BECKSIDE, terms=terms)


def test_a_panel_is_of_three_or_more_of_whom_most_agree() -> None:
    """R41: a quorum of three, each with a reason; until then nothing is decided, and a vote may be changed."""
    number = against_person("teacher-beckside")
    with pytest.raises(CannotChange, match="three, five or seven"):
        seat(number, PANEL[:2])
    with pytest.raises(CannotChange, match="One officer"):
        seat(number, ("officer-data", "officer-no-duty", PANEL[0]))
    seat(number, (*PANEL[:2], "officer-data"))
    assert not vote(number, PANEL[0], "advice")
    assert not vote(number, PANEL[1], "suspend_person", 1)
    assert not vote(number, "officer-data", "suspend_person", 2)
    with as_batch():
        assert not Sanction.objects.exists()
    for measure, weeks in (("suspend_establishment", 1), ("end_third_party", 1)):
        with pytest.raises(CannotChange):  # against nobody here
            vote(number, PANEL[0], measure, weeks)
    assert vote(number, "officer-data", "suspend_person", 1, tell_ico=True)
    with pytest.raises(CannotChange):
        vote(number, PANEL[0], "none")
    found = case(number, PANEL[0])
    assert (found.outcome, found.tell_ico) == ("Suspend the person for 1 week", False)


def test_rows_of_the_ledger_are_frozen_as_evidence_without_free_words() -> None:
    """R18, R41, R43: who, when, what, and nothing that heads are not told; the panel and whom it is held against read
    them, who reported it does not."""
    client("teacher-beckside").get("/establishments/999002/pupils/")
    barred = {"action": "break_glass", "outcome": LedgerEntry.Outcome.SHOWN, "about": NOT_FOR_THE_HEAD}
    ledger.write(asker("teacher-beckside"), urn=999002, **barred)
    number, today = against_person("teacher-beckside"), timezone.localdate()
    assert steps.attach_evidence(manager(), number, urn=None, first=today, last=today) > 0
    seat(number)
    (found,) = case(number, PANEL[0]).evidence
    assert "List of pupils" in {row.what for row in found.rows}
    assert {row.who for row in found.rows} == {person("teacher-beckside").name}
    assert words_of("break_glass") not in {row.what for row in found.rows}
    assert case(number, "teacher-beckside").evidence == (found,)
    assert case(number, "governor-beckside").evidence == ()
    with pytest.raises(CannotChange, match="no such row"):
        steps.attach_evidence(
            manager(), number, urn=None, first=today.replace(year=2001), last=today.replace(year=2001)
        )


def test_who_is_told_is_recorded_once() -> None:
    """R41: the 72 hours are shown until the Commissioner is told, and then when that was."""
    number = against_person("teacher-beckside", aware_at=timezone.now() - timedelta(hours=80))
    (ico,) = case(number, "officer-information").tellings
    assert (ico.code, ico.late, ico.told_at) == ("ico", True, None)
    steps.record_told(manager(), number, whom="ico")
    with pytest.raises(CannotChange):
        steps.record_told(manager(), number, whom="ico")
    (ico,) = case(number, "officer-information").tellings
    assert ico.told_at
    assert case(number, "teacher-beckside").tellings == ()
    steps.record_told(manager(), number, whom="people")
    whole = [step.what for step in case(number, "officer-information").steps]
    assert whole[-2:] == ["Told: The Information Commissioner", "Told: The people concerned"]


def test_who_is_concerned_has_no_part_at_the_desk() -> None:
    """R41: an information manager whom it is held against reads it as such, and refers nothing."""
    number = report(asker("governor-beckside"), about=BECKSIDE)
    steps.name_concerned(manager(), number, sort="person", target=person("officer-information").pk)
    with pytest.raises(CannotChange):
        steps.refer_breach(manager(), number, is_personal=False, severity="", refers=False, words="Nothing in it.")
    with pytest.raises(NoSuchRecord):
        reading.show_breach(manager(), number)


def test_what_cannot_be_enacted_is_not_decided() -> None:
    """R41: one transaction: there is no moment between the decision and what follows from it."""
    from tests.locks.switches import run_as_owner

    number = against_person("teacher-beckside")
    seat(number)
    vote(number, PANEL[0], "suspend_person", 1)
    vote(number, PANEL[1], "none")
    run_as_owner(
        "CREATE OR REPLACE FUNCTION access_register_enact(wanted bigint, decided text, length integer, since date) "
        "RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$"
    )
    with pytest.raises(Exception, match="killed"):
        vote(number, PANEL[2], "suspend_person", 1)
    with as_batch():
        breach = Breach.objects.get(pk=number)
        assert (breach.state, breach.outcome) == ("referred", "")
        assert breach.seats.get(person=person(PANEL[2])).voted_at is None
        assert not Person.objects.get(pk=person("teacher-beckside").pk).suspended_until
        assert Contract.objects.exists()


def test_evidence_tells_no_head_what_the_head_may_not_learn() -> None:
    """R18, R41, R43: a panel of heads, and a head against whom it is held, read no row of a barred opening."""
    officer = asker("officer-no-duty", EDUNET)
    for action, about in (("list_pupils", {}), ("show_pupil", NOT_FOR_THE_HEAD)):
        ledger.write(officer, action=action, outcome=LedgerEntry.Outcome.SHOWN, urn=BECKSIDE, about=about)
    number, today = against_establishment(BECKSIDE), timezone.localdate()
    steps.attach_evidence(manager(), number, urn=BECKSIDE, first=today, last=today)
    (found,) = case(number, "head-beckside").evidence
    assert {row.what for row in found.rows if row.who == officer.name} == {"List of pupils"}


def test_a_panel_that_is_full_takes_nobody_more() -> None:
    """R41: so that nobody is named into a vote that runs."""
    number = against_person("teacher-beckside")
    seat(number)
    vote(number, PANEL[0], "none")
    with pytest.raises(CannotChange):
        seat(number, ("officer-data", "head-larkroyd"))
    with pytest.raises(CannotChange, match="All of the panel can sit"), transaction.atomic():
        seat(number, ("officer-data",))
    desk = client("officer-information", EDUNET)
    page = desk.get(f"/breaches/{number}/").content.decode()
    assert ("Name the panel" in page, "Name others where somebody" in page) == (False, True)
    vote(number, PANEL[1], "advice")
    vote(number, PANEL[2], "advice")
    with pytest.raises(CannotChange, match="moved on"), transaction.atomic():
        seat(number, ("officer-data",))
    steps.appeal_breach(asker("teacher-beckside"), number, words="It is too much.")
    assert "Name the panel" in desk.get(f"/breaches/{number}/").content.decode()


def test_the_order_of_the_reasons_does_not_tell_whose_they_are() -> None:
    """R41: the panel's names are known, and stand in their order; the votes do not."""
    number = against_person("teacher-beckside")
    seat(number)
    names = {one: person(one).name for one in PANEL}
    voted = dict(zip(sorted(PANEL, key=lambda one: names[one]), ("training", "advice", "advice"), strict=True))
    for slug, measure in voted.items():
        vote(number, slug, measure, reason="Because.")
    found = [one.voted for one in case(number, "teacher-beckside").votes]
    assert [one.voted for one in case(number, PANEL[0]).votes] == found[::-1]


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


def test_a_reporter_asks_the_database_for_nobody() -> None:
    """R41: by SQL too: not who sits, not against whom it is held; nor who might sit, by people with no part in it."""
    number = against_person("teacher-beckside")
    seat(number)
    for slug, roles in (("governor-beckside", ("panel", "respondent", "reporter")), ("teacher-beckside", ("panel",))):
        with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            assert [notices.people_of(number, role) for role in roles] == [[]] * len(roles)
            here.showed()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('portal_app', 'access_register_may_sit(bigint, bigint)', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False,)


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


def test_the_head_is_told_that_a_contract_is_back(django_capture_on_commit_callbacks) -> None:
    """R25, R41: once, with the vote that brings it back; not where it stays ended. Nothing of the case is in it."""
    contract = contract_of("third-party-beckside")
    cases = [against(("third_party", contract.pk)) for _ in range(2)]
    for number in cases:
        decide(number, "end_third_party", 8)
        steps.appeal_breach(asker("third-party-beckside"), number, words="It was not us.")
    for number, letters in zip(cases, (0, 1), strict=True):
        outbox.outbox = []
        with django_capture_on_commit_callbacks(execute=True):
            decide(number, "none", panel=OTHERS)
        back = [letter for letter in outbox.outbox if "in force again" in letter.subject]
        assert [letter.to for letter in back] == [[person("head-beckside").email]] * letters
    assert f"/third-parties/{contract.pk}/" in back[0].body
    assert f"breaches/{cases[1]}" not in back[0].body
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_register_contracts_back(%s)", [cases[1]])
        assert cursor.fetchall() == []


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
