"""A place elsewhere opens and closes nothing here: who sees what, for people with several parts (A18, R9, R33, R38).

The rows are those of the table of who sees what. Each person in them gets other parts besides, and reads the same.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import service
from access_register.levels import Level
from access_register.models import Duty, OfficerAppointment, RegisterLine
from sharing.models import Establishment
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, person
from tests.test_who_sees_what import BECKSIDE, CASES, PAGES, STATUS, ids_of_beckside

pytestmark = pytest.mark.django_db
OXENBY, TODAY = 999005, timezone.localdate()
HERE = f"establishments/{BECKSIDE}/"
OF_BECKSIDE = {page: path for page, path in PAGES.items() if path.startswith(HERE)}
EXPECTED = {(slug, site): cells for slug, site, cells in CASES}
AT_SCHOOLS = ("deputy-beckside", "teacher-beckside", "assistant-beckside", "governor-beckside", "third-party-beckside")
OFFICERS = ("officer-school-improvement", "officer-data", "officer-information", "officer-no-duty")


def line(slug: str, urn: int, **facts: object) -> None:
    """A named place at Level 1 of that register."""
    with as_batch():
        service.place_line(
            RegisterLine(
                person=person(slug), establishment=Establishment.objects.get(urn=urn), starts_on=TODAY,
                level_since=TODAY, given_by_name="x", level=Level.ONE, **{"role": "teacher", "seat": 1} | facts,
            )
        )  # fmt: skip


def officer(slug: str) -> None:
    """An officer whose duties open everything everywhere, on EduNet."""
    with as_batch():
        appointment = service.appoint_officer(
            OfficerAppointment(person=person(slug), team="Strategy", starts_on=TODAY, recorded_by_name="x")
        )
        for data in ("view_pupils", "view_staff", "keep_records", "view_restricted"):
            service.record_duty(
                Duty(
                    appointment=appointment, data=data, reason="x", starts_on=TODAY, ends_on=TODAY,
                    recorded_by_name="x", whole_community=True,
                )
            )  # fmt: skip


def seen(slug: str, through: str, pages: dict[str, str]) -> dict[str, str]:
    ids, browser = ids_of_beckside(), client(slug, through)
    return {page: STATUS[browser.get(f"/{path.format(**ids)}").status_code] for page, path in pages.items()}


@pytest.mark.parametrize("slug", AT_SCHOOLS)
def test_who_has_level_1_elsewhere_and_every_duty_sees_no_more_at_the_school(slug: str) -> None:
    """A18, R33, R38: neither a level of another school nor a duty counts here at Schools Online."""
    line(slug, OXENBY)
    officer(slug)
    expected = {page: EXPECTED[slug, "schools"][page] for page in OF_BECKSIDE}
    assert seen(slug, SCHOOLS_ONLINE, OF_BECKSIDE) == expected


@pytest.mark.parametrize("slug", OFFICERS)
def test_an_officer_with_level_1_at_the_school_sees_no_more_on_edunet(slug: str) -> None:
    """A18, R9, R38: on EduNet, a line of the register opens nothing."""
    with as_batch():
        RegisterLine.objects.filter(person=person("deputy-beckside")).update(ends_on=TODAY - timedelta(days=1))
    line(slug, BECKSIDE)
    assert seen(slug, EDUNET, PAGES) == EXPECTED[slug, "edunet"]
