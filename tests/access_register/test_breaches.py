"""Breaches of the protocol: reported, referred, judged without a conflict, enacted at once, lifted (P17, R41, A16)."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from access_register.breaches import reading, steps
from access_register.models import Breach, Contract, Person, RegisterLine, Sanction
from access_register.rules import CannotChange
from access_register.third_parties import Terms, record_contract
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.models import EstablishmentPermission, LedgerEntry, Participation
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
    assert not any(WHAT in letter.body or "Nadia" in letter.body for letter in outbox.outbox)

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
