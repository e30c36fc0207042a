"""Whose access ends soon reads it on the home page, before they stand outside (R35, R36)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import Duty, OfficerAppointment, RegisterLine
from sharing.days import day_in_words
from tests.access_register.handovers import accepted
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
    assert f"Ask the Education Department if it should continue after {day_in_words(in_days(5))}" in page
    assert ASKS not in page


@pytest.mark.parametrize(("days", "is_told"), [(13, True), (15, False)])
def test_an_officer_is_told_of_the_appointment(days: int, is_told: bool) -> None:
    with as_batch():
        OfficerAppointment.objects.filter(person=person(OFFICER)).update(ends_on=in_days(days))
        grants.rebuild(timezone.localdate())
    page = client(OFFICER, EDUNET).get("/").content.decode()
    said = 'href="/my-access/"><strong>1</strong> appointment of yours ends in the next two weeks: ask'
    assert (said in page) == is_told


LAST_DAY = "Last day of this access: "


@pytest.mark.parametrize(("days", "is_told"), [(14, False), (15, True), (300, True), (None, False)])
def test_the_last_day_stands_with_what_ones_access_is(days: int | None, is_told: bool) -> None:
    """R36: where there is one, and once: in the last two weeks what waits says it."""
    set_line(TEACHER, ends_on=days and in_days(days))
    page = home(TEACHER)
    assert (LAST_DAY in page) == is_told
    if days:
        assert page.count(day_in_words(in_days(days))) == 1
        assert (f"{LAST_DAY}{day_in_words(in_days(days))}." in page) == is_told


def test_the_last_day_stands_beside_each_establishment_to_choose() -> None:
    """A18."""
    set_line("teacher-two-schools", ends_on=in_days(40))
    page = home("teacher-two-schools")
    assert page.count(f"{LAST_DAY}{day_in_words(in_days(40))}.") == page.count(LAST_DAY) == 1


def test_of_a_third_party_it_is_the_contracts_where_that_ends_first() -> None:
    """R25: the line has a later day, or none. What waits says nothing of the contract."""
    slug = "third-party-beckside"
    with as_batch():
        line = RegisterLine.objects.get(person=person(slug), establishment__urn=BECKSIDE)
        line.contract.ends_on = in_days(9)
        line.contract.save(update_fields=["ends_on"])
    set_line(slug, ends_on=in_days(50))
    assert f"{LAST_DAY}{day_in_words(in_days(9))}." in home(slug)


def test_an_officer_reads_until_when_their_duties_open_what_they_do() -> None:
    """R9: in a sentence of its own where all end on one day, and the first and the last day otherwise."""
    duties = Duty.objects.filter(appointment__person=person(OFFICER))
    with as_batch():
        duties.update(starts_on=in_days(0), ends_on=in_days(60), confirmed_until=None)
        grants.rebuild(timezone.localdate())
    assert (
        f"The last day of what they open is {day_in_words(in_days(60))}. Look only at"
        in client(OFFICER, EDUNET).get("/").content.decode()
    )
    with as_batch():
        assert duties.count() > 1
        duties.filter(pk=duties.earliest("pk").pk).update(ends_on=in_days(30))
        grants.rebuild(timezone.localdate())
    page = client(OFFICER, EDUNET).get("/").content.decode()
    assert (
        f"Some of what they open ends on {day_in_words(in_days(30))}, the last of it on {day_in_words(in_days(60))}. <a"
        in page
    )
    assert "what they open" not in client("officer-no-duty", EDUNET).get("/").content.decode()


def test_nobody_is_told_whose_access_goes_on_the_next_day() -> None:
    """R35: a deputy who becomes head. Their line ends the day before, and there is nothing to ask the head for."""
    accepted("deputy-beckside", on=in_days(10))
    assert ASKS not in home("deputy-beckside")
    assert ASKS not in home("deputy-beckside", f"/establishments/{BECKSIDE}/dashboard/")
