"""Breaches of the protocol: reported, referred, judged without a conflict, enacted at once, lifted (P17, R41, A16)."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection, transaction
from django.utils import timezone

from access_register.breaches import notices, reading, steps
from access_register.models import Breach, BreachSeat, Contract, OfficerAppointment, Person, Sanction
from access_register.register.rules import CannotChange
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.models import LedgerEntry, LocalityMembership, Participation
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
from tests.access_register.duties import TODAY, teaches_too
from tests.locks.switches import run_as_owner
from tests.people import EDUNET, as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db


def test_a_case_from_report_to_lifting() -> None:
    """P17, R41: reported, referred, judged, enacted on the next request, appealed, lifted; the story is kept."""
    teacher = client("teacher-beckside")
    assert teacher.get("/").status_code == 200
    with posting():
        number = against_person("teacher-beckside", name_withheld=True)
    assert case(number, "teacher-beckside").reported_by == ""
    steps.answer_breach(asker("teacher-beckside"), number, words="I am sorry.")
    with posting():
        decide(number, "suspend_person", 4)
    shut = teacher.get("/")
    assert shut.status_code == 403
    assert "Your access is suspended" in shut.content.decode()
    assert teacher.get(f"/breaches/{number}/").status_code == 200
    found = case(number, "teacher-beckside")
    assert found.outcome == "Suspend the person for 4 weeks"
    assert found.appeal_until == timezone.localdate() + timedelta(days=27)  # 28 with that of the decision
    assert {vote.name for vote in found.votes} == {""}
    assert [row.state for row in found.sanctions] == ["In force"]
    assert found.urns == ()  # where rows of the ledger are looked for is the desk's
    assert case(number, "officer-information").urns
    told = {letter.to[0] for letter in outbox.outbox}
    assert {person("teacher-beckside").email, person("governor-beckside").email, manager_email()} <= told
    to_others = [letter for letter in outbox.outbox if letter.to != [person("teacher-beckside").email]]
    assert not any(WHAT in letter.body for letter in outbox.outbox)
    assert not any("Nadia" in letter.body for letter in to_others)

    steps.appeal_breach(asker("teacher-beckside"), number, words="It is too much.")
    with pytest.raises(CannotChange):  # not those who decided
        seat(number, PANEL)
    assert teacher.get("/").status_code == 403
    steps.record_told(manager(), number, whom="ico")
    assert [line.part for line in reading.list_breaches(manager()).page] == ["For you to deal with"]
    decide(number, "none", panel=OTHERS)
    assert [line.part for line in reading.list_breaches(manager()).page] == ["Dealt with"]
    assert teacher.get("/").status_code == 200
    assert [row.state.partition(" on ")[0] for row in case(number, "teacher-beckside").sanctions] == ["Lifted"]
    whole = [step.what for step in case(number, "teacher-beckside").steps]
    assert whole == [
        "Reported", "Referred to the Locality Achievement Partnership", "Answer from whoever the case is against",
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
    all of them; of an officer's about no establishment all there are."""
    assert case(against_person("teacher-two-schools"), "officer-information").localities == ("Aireholme", "Beckdale")
    officers = against_person("officer-data", about=999003)
    assert case(officers, "officer-information").localities == ("Beckdale",)
    contract = against(("third_party", contract_of("third-party-beckside").pk), about=999003)
    assert case(contract, "officer-information").localities == ("Aireholme",)
    number = report(asker("governor-beckside"), about=None)
    referred = {"is_personal": False, "severity": "", "refers": True, "words": "x"}
    with pytest.raises(CannotChange, match="First name"):
        steps.refer_breach(manager(), number, **referred)
    steps.name_concerned(manager(), number, sort="person", target=person("officer-data").pk)
    steps.refer_breach(manager(), number, **referred)
    with as_batch():
        everywhere = set(LocalityMembership.objects.filter(ends_on=None).values_list("locality__name", flat=True))
    assert case(number, "officer-information").localities == tuple(sorted(everywhere))


@pytest.mark.drifts  # days written past the pages
def test_of_an_officer_who_is_on_a_register_too_it_is_referred_to_both() -> None:
    """A16: to that of the establishment it is about, as for any officer, and to that of the line. Not so for a past
    officer, nor for somebody who only becomes one."""
    teaches_too("officer-data")
    number = against_person("officer-data", about=999003)
    assert case(number, "officer-information").localities == ("Aireholme", "Beckdale")
    for days in ({"ends_on": TODAY - timedelta(days=1)}, {"starts_on": TODAY + timedelta(days=1), "ends_on": None}):
        with as_batch():
            OfficerAppointment.objects.filter(person=person("officer-data")).update(**days)
        number = against_person("officer-data", about=999003)
        assert case(number, "officer-information").localities == ("Aireholme",)


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


def test_who_has_no_access_today_reads_whom_to_tell() -> None:
    """R41: each page of theirs leads to the report, which is taken from people who are signed up."""
    for slug in ("teacher-ended", "absent-beckside"):
        for told in (client(slug).get("/breaches/report/"), client(slug).post("/breaches/report/", {"whose": "own"})):
            page = told.content.decode()
            assert told.status_code == 200
            assert "Tell the head of the school or centre, or the Education Department, and do it today." in page
            assert "Send the report" not in page
    with as_batch():
        assert not Breach.objects.exists()


def test_a_third_party_of_two_sponsors_is_told_to_choose_one_before_the_report() -> None:
    """R24, R41."""
    browser = client("third-party-two-sponsors")
    answer = browser.get("/breaches/report/")
    assert answer.status_code == 200
    assert "Send the report" not in answer.content.decode()
    assert "Choose one on the home page first" in answer.content.decode()
    browser.post("/acting-for/", {"urn": "999003"})
    assert browser.get("/breaches/report/").status_code == 200


def test_whoever_is_named_twice_is_named_once_and_the_search_stays() -> None:
    """R41: pressed twice, the page of the search says so, with what was found."""
    number, browser = report(asker("governor-beckside")), client("officer-information", EDUNET)
    typed = {"sort": "person", "words": "hussain", "target": str(person("teacher-beckside").pk)}
    page = f"/breaches/{number}/concerned/"
    assert browser.post(page, typed).status_code == 302
    again = browser.post(page, typed)
    assert again.status_code == 422
    words = again.content.decode()
    assert "This name is already on record" in words
    assert "Nadia Hussain: Beckside Primary School" in words
    assert case(number, "officer-information").parties == ("Nadia Hussain",)


def test_who_is_named_by_mistake_is_taken_out_until_it_is_referred() -> None:
    """R41, R43: the wrong one of two people learns nothing, may sit at the desk again, and both truths are kept."""
    number, browser = report(asker("governor-beckside")), client("officer-information", EDUNET)
    page, wrong = f"/breaches/{number}/concerned/", person("teacher-beckside")
    browser.post(page, {"sort": "person", "words": "hussain", "target": str(wrong.pk)})
    steps.name_concerned(manager(), number, sort="person", target=person("office-beckside").pk)
    party, name = case(number, "officer-information").named[0]
    assert name == wrong.name
    for _ in range(2):  # a second click
        said = browser.post(page, {"take_out": str(party)}, follow=True)
        assert (said.status_code, "The name has been taken out." in said.content.decode()) == (200, True)
    told = case(number, "officer-information")
    assert wrong.name not in told.parties
    assert [step.words for step in told.steps if "taken out again" in step.what] == [wrong.name]
    with as_batch():
        rows = LedgerEntry.objects.filter(action="take_out_concerned").order_by("pk")
        assert [row.outcome for row in rows] == ["changed", "shown"]
    for other in (asker("officer-data", EDUNET), asker("head-beckside"), asker("governor-beckside")):
        with pytest.raises(NotAtYourLevel):
            steps.take_out_concerned(other, number, party=told.named[0][0])
    steps.refer_breach(manager(), number, is_personal=False, severity="", refers=True, words="A list.")
    assert [line.id for line in reading.list_breaches(asker("teacher-beckside"), number=1).page] == []
    with pytest.raises(CannotChange):
        steps.take_out_concerned(manager(), number, party=told.named[0][0])
    assert browser.post(page, {"take_out": "x"}).status_code == 404


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


def test_who_has_another_place_that_shares_is_not_told_that_all_is_closed() -> None:
    """A18, R16, R41: the head of two schools, of which one is suspended. What is not there is simply not found."""
    head = client("head-ravensgill")
    panel = ("head-thornley-cross", "head-skelbrook", "officer-data")
    decide(against_establishment(999003, by="governor-beckside"), "suspend_establishment", 2, panel)
    assert head.get(f"/establishments/{BECKSIDE}/").status_code == 200
    assert head.get("/establishments/999004/").status_code == 404  # has left the protocol
    assert head.get("/establishments/123456/").status_code == 404
    page = head.get("/establishments/999003/suspension/").content.decode()
    assert "What other establishments share is closed to you" not in page
    assert "Through your place at another establishment you still read what others share." in page


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


def test_a_panel_that_is_full_takes_nobody_more() -> None:
    """R41: so that nobody is named into a vote that runs."""
    number = against_person("teacher-beckside")
    seat(number)
    vote(number, PANEL[0], "none")
    with pytest.raises(CannotChange):
        seat(number, ("officer-data", "head-larkroyd"))
    with pytest.raises(CannotChange, match="moved on"), transaction.atomic():
        seat(number, ("officer-data",))
    desk = client("officer-information", EDUNET)
    assert "Name the panel" not in desk.get(f"/breaches/{number}/").content.decode()
    assert desk.get(f"/breaches/{number}/panel/").status_code == 404
    vote(number, PANEL[1], "advice")
    vote(number, PANEL[2], "advice")
    with pytest.raises(CannotChange, match="moved on"), transaction.atomic():
        seat(number, ("officer-data",))
    steps.appeal_breach(asker("teacher-beckside"), number, words="It is too much.")
    assert "Name the panel" in desk.get(f"/breaches/{number}/").content.decode()


def test_who_has_not_voted_when_the_case_is_decided_did_not_vote() -> None:
    """R41: three of five decide, and nobody waits for the others."""
    number, others = against_person("teacher-beckside"), ("officer-no-duty", "officer-admissions")
    seat(number)
    with as_batch():
        for slug in others:
            BreachSeat.objects.create(breach_id=number, person=person(slug), name=slug, sitting=1)
    vote(number, PANEL[0], "advice")
    page = reading.show_breach(manager(), number)
    assert [one.voted for one in page.votes if one.name in others] == ["Has not voted yet"] * 2
    for slug in PANEL[1:]:
        vote(number, slug, "advice")
    page = reading.show_breach(manager(), number)
    assert [one.voted for one in page.votes if one.name in others] == ["Did not vote"] * 2


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
