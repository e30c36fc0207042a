"""Nobody judges who may see nothing: a head who has left the protocol, an officer who waits (P6, P17, R16, R41)."""

import pytest

from access_register.breaches import steps
from access_register.models import OfficerAppointment
from access_register.participation import participation
from tests.access_register.breaches import PANEL, against_person, seat
from tests.access_register.test_breach_former_teams import TODAY, may_sit
from tests.people import as_batch, asker, client, person

pytestmark = [pytest.mark.django_db, pytest.mark.drifts]  # an appointment is written in the table alone
JUDGE, OXENBY = PANEL[0], 999005


def leave() -> None:
    participation.leave_protocol(asker(JUDGE), OXENBY)


def test_a_head_whose_establishment_has_left_is_not_named() -> None:
    """R16, R41: the form offers nobody who may read nothing of other establishments; PostgreSQL takes nobody."""
    number = against_person("teacher-beckside")
    assert may_sit(number, JUDGE)
    leave()
    assert not may_sit(number, JUDGE)
    with pytest.raises(steps.CannotChange):
        seat(number)


def test_a_head_who_sits_loses_the_case_with_the_establishment() -> None:
    """R2, R16, R41, R44: at the next request, on every page."""
    number = against_person("teacher-beckside")
    seat(number)
    browser = client(JUDGE)
    assert browser.get(f"/breaches/{number}/").status_code == 200
    leave()
    assert browser.get(f"/breaches/{number}/").status_code == 404
    assert "Beckside" not in browser.get("/breaches/").content.decode()


def test_an_officer_who_waits_for_a_second_manager_does_not_sit() -> None:
    """R38, R41: such an appointment opens nothing, and no case at Schools Online either."""
    number, slug = against_person("teacher-beckside"), "governor-millbeck"
    with as_batch():
        waiting = OfficerAppointment.objects.create(
            person=person(slug), team="Strategy", starts_on=TODAY, recorded_by_name="x", awaits_second=True
        )
    assert not may_sit(number, slug)
    with as_batch():
        OfficerAppointment.objects.filter(pk=waiting.pk).update(awaits_second=False)
    assert may_sit(number, slug)
