"""What is sent twice is done once, and the ledger says so (R43): the other row says that it was looked at."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core import mail
from django.utils import timezone

from access_register.breaches import steps as breach_steps
from access_register.casework import casework
from access_register.casework.casework import NewCasework
from access_register.headships import handovers
from access_register.models import CarriedRegister, Duty, Handover, Person
from access_register.officers import officers
from access_register.participation import participation
from access_register.protocol import protocol
from access_register.register import register
from access_register.reviews import reviews
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing import door
from sharing.authorise import Through
from sharing.demo.days import year_told
from sharing.door import localities, subject_access
from sharing.door.consents import Wish
from sharing.door.own_groups import Wanted
from sharing.door.subject_access import NewSubjectRequest
from sharing.door.support import NewOffer
from sharing.files.safe_files import SafeFile
from sharing.models import LedgerEntry, Locality, LocalityMembership, LocalityMove, RestrictedFile, SavedView, VisitNote
from sharing.returns import expected
from tests import factories
from tests.access_register import breaches, duties
from tests.access_register import casework as cases
from tests.access_register.reviews import due
from tests.confidential.items import CONTENT, consent, in_days, item
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.sharing import closings, glass
from tests.sharing.challenges import child, raised
from tests.sharing.test_returns import came
from tests.threads import at_once

BECKSIDE, RAVENSGILL, HEAD, TEACHER = 999002, 999003, "head-beckside", "teacher-beckside"
TODAY = timezone.localdate()


def steps() -> dict[str, Callable[[], object]]:
    """Action -> how it is done, in the order in which it can be."""
    head, officer, manager = asker(HEAD), asker("officer-school-improvement", EDUNET), asker(duties.MANAGER, EDUNET)
    pupil, found, appointment = child(), item(BECKSIDE), duties.appointment(duties.FIONA).pk
    terms, key, line = Terms("Heron", "H-9", "7", TODAY, in_days(9)), uuid.uuid4(), due(TEACHER, on=TODAY)
    asked = NewSubjectRequest(door.Exactly(pupil.upn_index), "parent", "Parent Askwith", "photo", TODAY)
    offer = door.publish_offer(head, BECKSIDE, wish=NewOffer("maths", "We do sums.", "All", "Ask.", in_days(9)))
    case = breaches.against_person(TEACHER)
    file = SafeFile("more.csv", RestrictedFile.Kind.CSV, CONTENT)
    nadia = {"name": "Nadia", "role": "Head", "since": TODAY}
    remote = {"reason": "Snow", "starts_on": TODAY, "ends_on": in_days(9)}
    return {
        "ask_for_statistics": lambda: door.ask_for_statistics(asker("officer-data", EDUNET), year=year_told(TODAY)),
        "raise_challenge": lambda: raised(pupil),
        "record_contract": lambda: third_parties.record_contract(head, BECKSIDE, terms=terms),
        "record_subject_request": lambda: subject_access.record_subject_request(head, BECKSIDE, request=asked),
        "write_note": lambda: door.write_note(officer, BECKSIDE, text="Ask about reading", for_head=True),
        "add_restricted_file": lambda: door.add_restricted_file(officer, found.pk, file=file),
        "give_consent": lambda: door.give_consent(head, found.pk, wish=Wish("community", TODAY, TODAY)),
        "give_duty": lambda: officers.give_duty(manager, appointment, duty=duties.new_duty()),
        "authorise_remote_use": lambda: officers.authorise_remote_use(manager, appointment, **remote),
        "make_own_group": lambda: door.make_own_group(head, BECKSIDE, Wanted("Girls", "criteria", {"sex": ["F"]})),
        "report_misuse": lambda: door.report_misuse(head, "school-finder", form_key=key, happened="A table"),
        "report_breach": lambda: breaches.report(head, form_key=key),
        "attach_evidence": lambda: breach_steps.attach_evidence(manager, case, urn=BECKSIDE, first=TODAY, last=TODAY),
        "answer_breach": lambda: breach_steps.answer_breach(asker(TEACHER), case, words="It was not I."),
        "withdraw_offer": lambda: door.withdraw_offer(head, BECKSIDE, offer),
        "record_responsible": lambda: participation.record_responsible(head, BECKSIDE, part="manager", **nadia),
        "place_hold": lambda: door.retention.place_hold(
            manager, upn_key=pupil.upn_index, urn=None, reason="A claim", until=None
        ),
        "confirm_lines": lambda: reviews.confirm_lines(head, BECKSIDE, versions={line.pk: line.version}),
        "suspend_access": lambda: register.suspend_access(head, BECKSIDE, line.pk, because="absent"),
        "resume_access": lambda: register.resume_access(head, BECKSIDE, line.pk),
    }


def confirmed() -> dict[str, Callable[[], object]]:
    """The same, of what says yes to something that is there, or makes it what it is to be."""
    head, officer, manager = asker(HEAD), asker("officer-school-improvement", EDUNET), asker(duties.MANAGER, EDUNET)
    pupil, found, duty, version = child(), item(BECKSIDE), duties.give(), protocol.text_in_force().id
    given = consent(found, stands_for_id=person(duties.MANAGER).pk).pk
    wish = NewOffer("maths", "We do sums.", "All", "Ask.", in_days(9))
    offer = door.publish_offer(asker("head-ravensgill"), RAVENSGILL, wish=wish)
    census = next(one.reference_day for one in expected(TODAY) if one.kind == "census")
    came("census", census)
    group = door.make_own_group(head, BECKSIDE, Wanted("By hand", "hand"))
    door.write_note(officer, BECKSIDE, text="Ask about reading", for_head=True)
    opening, appointment = glass.break_it(glass.child()).pk, duties.appointment(duties.FIONA).pk
    casework_for = NewCasework((), "looked-after", "Education of children in care", TODAY, in_days(9))
    with as_batch():
        note = VisitNote.objects.latest("pk").pk
        Duty.objects.filter(pk=duty.pk).update(confirmed_until=TODAY)
        Person.objects.filter(pk=head.person_id).update(protocol_accepted_until=TODAY)
        CarriedRegister.objects.create(establishment=factories.establishment(BECKSIDE), from_name="Before", on=TODAY)
    return {
        "confirm_return": lambda: door.confirm_return(head, BECKSIDE, kind="census", reference_day=census),
        "ask_for_support": lambda: door.ask_for_support(head, BECKSIDE, offer, words="May we come?"),
        "confirm_consent": lambda: door.confirm_consent(head, found.pk, given),
        "narrow_item": lambda: door.narrow_item(head, found.pk, level_1_only=True),
        "change_members": lambda: door.change_members(head, BECKSIDE, group, put_in=[pupil.pk]),
        "archive_own_group": lambda: door.archive_own_group(head, BECKSIDE, group, archived=True),
        "change_note": lambda: door.change_note(officer, BECKSIDE, note, text="Ask", for_head=True),
        "mark_opening": lambda: door.mark_opening(head, BECKSIDE, opening, mark="explained"),
        "confirm_duty": lambda: officers.confirm_duty(manager, appointment, duty.pk),
        "give_casework": lambda: casework.give_casework(manager, appointment, duty=casework_for),
        "confirm_register": lambda: handovers.confirm_register(head, BECKSIDE),
        "accept_protocol": lambda: protocol.accept_protocol(head, version_id=version),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "desk"), [(steps, [duties.MANAGER]), (confirmed, [])])
def test_what_is_sent_twice_is_done_once_and_answered_alike(make: Callable[[], Any], desk: list[str]) -> None:
    """R30, R43: of a breach, the desk is written to once."""
    ways, said = make(), {}
    with posting():
        for action, do in ways.items():
            first, again = do(), do()
            with as_batch():
                rows = LedgerEntry.objects.filter(action=action).order_by("-pk").values_list("outcome", flat=True)
                said[action] = (first == again or action == "confirm_lines", *rows[:2])
    assert {action: rows for action, rows in said.items() if rows != (True, "shown", "changed")} == {}
    told = [letter.to for letter in mail.outbox if letter.subject.startswith("Case ")]
    assert told == [[person(slug).email] for slug in desk]


def ended() -> dict[str, tuple[str, str]]:
    """Action -> by whom, and the address of its button, of what is ended, lifted or agreed to on EduNet."""
    manager, officer = asker(duties.MANAGER, EDUNET), f"officers/{duties.appointment(duties.FIONA).pk}"
    second = duties.second_manager("officer-school-improvement")
    pupil, there = child(), duties.appointment(duties.FIONA).pk
    officers.authorise_remote_use(manager, there, reason="Snow", starts_on=TODAY, ends_on=in_days(9))
    (remote,) = officers.show_officer(manager, there).officer.remote
    another, _, _ = officers.record_officer(
        manager, name=person(duties.FIONA).name, email="second@council.example", team="T", post="", manager="",
        starts_on=TODAY, ends_on=None,
    )  # fmt: skip
    order, duty = cases.order(pupil), cases.give()
    known, ravensgill = person("deputy-beckside"), factories.establishment(RAVENSGILL)
    handovers.name_successor(asker(HEAD), BECKSIDE, name=known.name, email=known.email, on=in_days(4))
    with as_batch():
        handover = Handover.objects.latest("pk").pk
        there = LocalityMembership.objects.get(establishment=ravensgill, ends_on=None).locality_id
    localities.move_establishment(
        manager, RAVENSGILL, locality=Locality.objects.exclude(pk=there)[0].pk, on=in_days(9), reason="Nearer"
    )
    with as_batch():
        move = LocalityMove.objects.latest("pk").pk
    hold = door.retention.place_hold(manager, upn_key=pupil.upn_index, urn=None, reason="A claim", until=None)
    visits = "officer-school-improvement"
    door.write_note(asker(visits, EDUNET), BECKSIDE, text="Ask about reading", for_head=True)
    door.save_view(asker(visits, EDUNET), "establishments", {"kind": "nursery"}, name="Small ones")
    with as_batch():
        note, view = VisitNote.objects.latest("pk").pk, SavedView.objects.latest("pk").pk
    return {
        "remove_note": (visits, f"establishments/{BECKSIDE}/visit/notes/{note}/remove/"),
        "forget_view": (visits, f"saved-views/{view}/remove/"),
        "end_duty": (duties.MANAGER, f"{officer}/duty/{duties.give().pk}/end/"),
        "end_remote_use": (duties.MANAGER, f"{officer}/remote/{remote.id}/end/"),
        "take_child_out": (duties.MANAGER, f"{officer}/casework/{duty}/{cases.name(duty, pupil)}/take-out/"),
        "confirm_officer": (second, f"officers/{another}/confirm/"),
        "authorise_order": (cases.AUTHORISER, f"legal-overrides/{order}/authorise/"),
        "end_order": (duties.MANAGER, f"legal-overrides/{order}/end/"),
        "verify_successor": (duties.FIONA, f"handovers/{handover}/verify/"),
        "take_back_move": (duties.MANAGER, f"establishments/{RAVENSGILL}/locality/{move}/take-back/"),
        "lift_hold": (duties.MANAGER, f"retention/holds/{hold}/lift/"),
        "end_opening": (glass.FIONA, f"break-glass/yours/{glass.break_it(glass.child()).pk}/end/"),
        "agree_closing": (second, f"closed-children/{closings.close(pupil).pk}/agree/"),
        "end_closing": (duties.MANAGER, f"closed-children/{closings.close(closings.child()).pk}/end/"),
    }


def taken_back() -> dict[str, tuple[str, str]]:
    """The same on Schools Online. `?`: what is typed."""
    wish, other = NewOffer("maths", "We do sums.", "All", "Ask.", in_days(9)), asker("head-ravensgill")
    theirs = door.publish_offer(other, RAVENSGILL, wish=wish)
    mine = door.publish_offer(asker(HEAD), BECKSIDE, wish=wish)
    asked = door.ask_for_support(asker(HEAD), BECKSIDE, theirs, words="May we come?")
    asks = door.ask_for_support(other, RAVENSGILL, mine, words="May we come?")
    here = f"establishments/{BECKSIDE}"
    return {
        "take_back_support_request": (HEAD, f"{here}/support/requests/{asked}/take-back/"),
        "answer_support_request": (HEAD, f"{here}/support/requests/{asks}/?accepts=yes&answer=Come"),
        "take_back_challenge": (TEACHER, f"{here}/challenges/{raised(child())}/take-back/?because=A+slip"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "site"), [(ended, EDUNET), (taken_back, SCHOOLS_ONLINE)])
def test_a_second_click_on_what_is_ended_or_agreed_to_lands_where_the_first_did(make: Any, site: Through) -> None:
    """R30, R43: with the same words, and once in the ledger."""
    differ = {}
    for action, (slug, sent) in make().items():
        browser, (address, _, typed) = client(slug, site), sent.partition("?")
        first, again = (browser.post(f"/{address}", dict(parse_qsl(typed)), follow=True) for _ in range(2))
        landed = [(page.redirect_chain, [str(said) for said in page.context["messages"]]) for page in (first, again)]
        with as_batch():
            rows = LedgerEntry.objects.filter(action=action).order_by("-pk").values_list("outcome", flat=True)
            if landed[0] != landed[1] or not landed[0][0] or (*rows,) != ("shown", "changed"):
                differ[action] = (first.status_code, again.status_code, landed, (*rows,))
    assert differ == {}


@pytest.mark.django_db
def test_a_headship_accepted_by_two_clicks_is_accepted() -> None:
    """R30, R32: and nothing says that it was cancelled."""
    known = person("deputy-beckside")
    handovers.name_successor(asker(HEAD), BECKSIDE, name=known.name, email=known.email, on=in_days(4))
    with as_batch():
        number = Handover.objects.latest("pk").pk
    handovers.verify_successor(asker(duties.FIONA, EDUNET), number)
    browser = client("deputy-beckside")
    for _ in range(2):
        page = browser.post(f"/headship/{number}/", {"sure": "on"}, follow=True)
        assert [str(said) for said in page.context["messages"]] == ["You have accepted."]


def test_a_hold_sent_several_times_at_once_is_one(own_database: None) -> None:
    """R13: lifting it lets the record go. Real threads, real commits."""
    of, manager = child(), asker(duties.MANAGER, EDUNET)
    facts = {"upn_key": of.upn_index, "urn": None, "reason": "A claim", "until": None}
    assert len(set(at_once(*[lambda: door.retention.place_hold(manager, **facts) for _ in range(8)]))) == 1
