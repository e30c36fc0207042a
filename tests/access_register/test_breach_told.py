"""Who has to be told of a breach, by when, and what is on record of it (R41)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.breaches import steps
from access_register.models import Breach
from access_register.register.rules import CannotChange
from tests.access_register.breaches import against_person, case, manager, report
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


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
    seen = case(number, "teacher-beckside")
    assert (seen.tellings, seen.hours_left) == ((), None)
    steps.record_told(manager(), number, whom="people")
    whole = [step.what for step in case(number, "officer-information").steps]
    assert whole[-2:] == ["Told: The Information Commissioner", "Told: The people concerned"]


@pytest.mark.parametrize(("is_personal", "runs"), [(None, True), (True, True), (False, False)])
def test_the_72_hours_are_shown_until_it_is_said_that_no_personal_data_were_in_it(
    is_personal: bool | None, runs: bool
) -> None:
    """R41, UK GDPR 33."""
    number = report(asker("governor-beckside"))
    with as_batch():
        Breach.objects.filter(pk=number).update(is_personal=is_personal)
    assert (case(number, "officer-information").hours_left is not None) is runs


def test_a_page_offers_to_say_who_was_told_while_somebody_is_left() -> None:
    """R41: first whoever has to be told; then, among what they are told, the others; and at last nobody."""
    number = against_person("teacher-beckside")
    browser = client("officer-information", EDUNET)
    form, offered = f"/breaches/{number}/told/", "Say who has been told</a>"

    def page() -> str:
        return browser.get(f"/breaches/{number}/").content.decode()

    assert page().count(form) == page().count(offered) == 1
    assert browser.get(form).content.decode().count('name="whom"') == 2
    assert browser.post(form, {"whom": "ico"}).status_code == 302
    assert offered not in page()
    assert "The people concerned: not told." in page()
    choices = browser.get(form).content.decode()
    assert 'value="people"' in choices
    assert 'value="ico"' not in choices
    assert browser.post(form, {"whom": "ico"}).status_code == 422
    assert browser.post(form, {"whom": "people"}).status_code == 302
    assert form not in page()
    assert browser.get(form).status_code == 404


@pytest.mark.parametrize(("severity", "is_offered"), [("unlikely", True), ("high", True), ("risk", False)])
def test_after_the_commissioner_whoever_else_has_to_be_told_is_left(severity: str, is_offered: bool) -> None:
    """R41: with a high risk the people; where nobody has to be told, whoever was told first."""
    number = report(asker("governor-beckside"))
    steps.name_concerned(manager(), number, sort="person", target=person("teacher-beckside").pk)
    steps.refer_breach(manager(), number, is_personal=True, severity=severity, refers=True, words="To be judged.")
    if severity != "unlikely":
        steps.record_told(manager(), number, whom="ico")
    found = case(number, "officer-information")
    assert ("tell" in found.may and not found.all_are_told) == is_offered
