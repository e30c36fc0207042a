"""Whose access ends soon reads it on the home page, before they stand outside (R35, R36)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import OfficerAppointment, RegisterLine
from sharing.days import day_in_words
from tests.people import EDUNET, as_batch, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, HEAD, TEACHER, OFFICER = 999002, "head-beckside", "teacher-beckside", "officer-admissions"
ASKS = "Your access here ends soon. Ask the head if you need it after"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def set_line(slug: str, **facts: object) -> None:
    with as_batch():
        RegisterLine.objects.filter(person=person(slug), establishment__urn=BECKSIDE).update(**facts)
        grants.rebuild(timezone.localdate())


def home(slug: str, path: str = "/") -> str:
    return client(slug).get(path).content.decode()


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (14, True), (15, False)])
def test_the_last_two_weeks_are_told_with_the_day_and_lead_to_my_access(days: int, is_told: bool) -> None:
    set_line(TEACHER, ends_on=in_days(days))
    said = f'<a class="govuk-link" href="/my-access/">{ASKS} {day_in_words(in_days(days))}</a>'
    assert (said in home(TEACHER)) == is_told
    assert (said in home(TEACHER, f"/establishments/{BECKSIDE}/dashboard/")) == is_told
    assert ASKS not in home(HEAD)


def test_nobody_is_told_of_access_that_is_not_open() -> None:
    """Suspended, withdrawn, or without a last day; somebody has a place at another establishment meanwhile."""
    slug = "teacher-two-schools"
    set_line(slug, ends_on=in_days(3))
    assert ASKS in home(slug)
    for closed in ({"suspended_at": timezone.now()}, {"suspended_at": None, "ends_on": None}):
        set_line(slug, **closed)
        assert ASKS not in home(slug)


def test_who_chooses_among_several_reads_it_beside_the_one() -> None:
    """A18: the link is to a page of no establishment."""
    set_line("teacher-two-schools", ends_on=in_days(3))
    page = home("teacher-two-schools")
    assert page.count(ASKS) == 1
    assert f'href="/my-access/">{ASKS} {day_in_words(in_days(3))}' in page


def test_who_is_head_until_a_day_is_sent_to_the_department() -> None:
    """R32: an acting head, whom an officer has named."""
    set_line(HEAD, ends_on=in_days(5))
    page = home(HEAD)
    assert f"Ask the Education Department if it is to go on after {day_in_words(in_days(5))}" in page
    assert ASKS not in page


@pytest.mark.parametrize(("days", "is_told"), [(13, True), (15, False)])
def test_an_officer_is_told_of_the_appointment(days: int, is_told: bool) -> None:
    with as_batch():
        OfficerAppointment.objects.filter(person=person(OFFICER)).update(ends_on=in_days(days))
        grants.rebuild(timezone.localdate())
    page = client(OFFICER, EDUNET).get("/").content.decode()
    said = 'href="/my-access/"><strong>1</strong> appointment of yours ends in the next two weeks: ask'
    assert (said in page) == is_told
