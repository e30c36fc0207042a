"""What is sent twice is done once, and the ledger says so (R43): the other row says that it was looked at."""

import uuid
from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone

from access_register import officers, participation, register, reviews, third_parties
from access_register.breaches import steps as breach_steps
from access_register.third_parties import Terms
from sharing import door
from sharing.door import subject_access
from sharing.door.consents import Wish
from sharing.door.own_groups import Wanted
from sharing.door.subject_access import NewSubjectRequest
from sharing.door.support import NewOffer
from sharing.models import LedgerEntry, RestrictedFile
from sharing.safe_files import SafeFile
from tests.access_register import breaches, duties
from tests.access_register.reviews import due
from tests.confidential.items import CONTENT, in_days, item
from tests.people import EDUNET, as_batch, asker, person
from tests.post import posting
from tests.sharing.challenges import child, raised
from tests.threads import at_once

BECKSIDE, HEAD, TEACHER = 999002, "head-beckside", "teacher-beckside"
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


@pytest.mark.django_db
def test_what_is_sent_twice_is_done_once_and_answered_alike() -> None:
    """R30, R43: of a breach, the desk is written to once."""
    ways, said = steps(), {}
    with posting():
        for action, do in ways.items():
            first, again = do(), do()
            with as_batch():
                rows = LedgerEntry.objects.filter(action=action).order_by("-pk").values_list("outcome", flat=True)
                said[action] = (first == again or action == "confirm_lines", *rows[:2])
    assert {action: came for action, came in said.items() if came != (True, "shown", "changed")} == {}
    told = [letter.to for letter in mail.outbox if letter.subject.startswith("Case ")]
    assert told == [[person(duties.MANAGER).email]]


def test_a_hold_sent_several_times_at_once_is_one(own_database: None) -> None:
    """R13: lifting it lets the record go. Real threads, real commits."""
    of, manager = child(), asker(duties.MANAGER, EDUNET)
    facts = {"upn_key": of.upn_index, "urn": None, "reason": "A claim", "until": None}
    assert len(set(at_once(*[lambda: door.retention.place_hold(manager, **facts) for _ in range(8)]))) == 1
