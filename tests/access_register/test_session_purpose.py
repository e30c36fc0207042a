"""What an officer works for in a session on EduNet, with the values accepted (P8, R19, R43)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import OfficerAppointment, Person, ProtocolVersion
from access_register.officers import officers, session_purpose
from access_register.protocol.protocol import NotTheTextInForce
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.ledger import proof
from sharing.models import LedgerEntry
from sharing.requests import PURPOSE
from tests.access_register.duties import MANAGER, give
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
OFFICER, HEAD = "officer-admissions", "head-beckside"
GENERAL = "General administration"
PUPILS = f"/establishments/{BECKSIDE}/pupils/"


def fresh(slug: str = OFFICER):
    """A session in which nothing is chosen yet."""
    browser = client(slug, EDUNET)
    browser.cookies["sessionid"] = browser.cookies["edunet_session"].value
    session = browser.session
    del session[PURPOSE]
    session.save()
    del browser.cookies["sessionid"]
    return browser


def chosen(purpose: str, **others: object) -> dict[str, object]:
    version = ProtocolVersion.objects.in_force_on(timezone.localdate()).get().pk
    return {"version": version, "purpose": purpose, "accept": "on"} | others


def purposes(slug: str = OFFICER) -> dict[str, str]:
    return dict(session_purpose.show_purposes(asker(slug, EDUNET)).choices)


def test_nothing_is_seen_before_one_is_chosen() -> None:
    """P8, R19: every page leads there and back, without the query; forms do nothing."""
    officer = fresh()
    assert officer.get(f"{PUPILS}?named=Somebody")["location"] == f"/purpose/?next={PUPILS.replace('/', '%2F')}"
    assert officer.post(f"/establishments/{BECKSIDE}/locality/", {})["location"] == "/purpose/"
    assert officer.get("/my-downloads/")["location"] == "/purpose/?next=%2Fmy-downloads%2F"
    for path in ("/guidance/", "/protocol/", "/protocol/accept/", "/account/"):
        assert officer.get(path).status_code == 200, path
    for incomplete in ({"version": "1"}, chosen("general", accept=""), chosen("no such purpose"), chosen("")):
        assert officer.post("/purpose/", incomplete).status_code == 422
    assert officer.post(f"/purpose/?next={PUPILS}", chosen("general"))["location"] == PUPILS
    assert officer.get(PUPILS).status_code == 200


def test_who_is_suspended_chooses_none_and_gets_to_what_is_open_to_them() -> None:
    """R14, R41: signed in anew, an officer reads their own cases and says what they have destroyed."""
    officer = fresh()
    with as_batch():
        Person.objects.filter(pk=person(OFFICER).pk).update(suspended_until=timezone.localdate())
    assert [officer.get(path).status_code for path in ("/breaches/", "/my-downloads/")] == [200, 200]
    assert [officer.get(path).status_code for path in ("/purpose/", PUPILS)] == [403, 403]


def test_it_stands_in_the_ledger_with_every_look() -> None:
    """R43: with the choice itself, until it is changed; the head reads it, and the chain holds."""
    assert "admissions" in purposes()
    officer = fresh()
    officer.post("/purpose/", chosen("admissions"))
    assert "Session for: <strong>School admissions</strong>" in officer.get(PUPILS).content.decode()
    officer.post("/purpose/", chosen("general"))
    officer.get(PUPILS)
    lines = [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.person == person(OFFICER).name]
    assert [line.purpose.rpartition(". ")[2] for line in lines[:2]] == [
        f"Session for: {GENERAL}", "Session for: School admissions",
    ]  # fmt: skip
    assert lines[0].purpose.startswith("Recorded duty")
    with as_batch():
        choice = LedgerEntry.objects.filter(action="choose_purpose").earliest("pk")
        assert (choice.about["purpose"], choice.outcome) == ("admissions", "changed")
        assert proof.check().is_whole


@pytest.mark.parametrize(("slug", "codes"), [
    ("officer-no-duty", {"general"}),
    ("officer-duty-ended", {"general"}),
])  # fmt: skip
def test_of_ones_own_duties_of_today(slug: str, codes: set[str]) -> None:
    """P8, R9: what one has no duty for is no purpose."""
    assert set(purposes(slug)) == codes
    with pytest.raises(NoSuchRecord):
        session_purpose.choose_purpose(asker(slug, EDUNET), purpose="safeguarding", version_id=1)


def test_a_duty_of_anothers_or_one_that_was_ended_is_no_purpose() -> None:
    """P8, R9: nor for the information manager, who reads everybody's duties."""
    given = give(function="attendance")
    assert "attendance" in purposes("officer-no-duty")
    assert "attendance" not in purposes(MANAGER)
    officers.end_duty(asker(MANAGER, EDUNET), given.appointment_id, given.pk)
    assert "attendance" not in purposes("officer-no-duty")


def test_a_duty_under_an_appointment_that_is_over_is_no_purpose() -> None:
    """P8, R9: it ended with that appointment, and does not come back with a new one."""
    given, today = give(function="attendance"), timezone.localdate()
    with as_batch():
        post = OfficerAppointment.objects.get(pk=given.appointment_id)
        OfficerAppointment.objects.filter(pk=post.pk).update(ends_on=today - timedelta(days=1))
        post.pk, post.starts_on, post._state.adding = None, today, True
        post.save()
        grants.rebuild(today)
    assert set(purposes("officer-no-duty")) == {"general"}


def test_the_values_are_those_of_the_text_in_force() -> None:
    """P8, R42: values read in another text are not the ones to accept."""
    with pytest.raises(NotTheTextInForce):
        session_purpose.choose_purpose(asker(OFFICER, EDUNET), purpose="general", version_id=0)


def test_schools_online_asks_for_none() -> None:
    """P8: of schools' people the register says what for."""
    assert client(HEAD).get("/").status_code == 200
    assert client(HEAD).get("/purpose/").status_code == 404
