"""Who has left the protocol judges nobody under it (P6, P17, R2, R16, R41)."""

import pytest

from access_register import participation
from access_register.breaches import steps
from tests.access_register.breaches import PANEL, against_person, seat
from tests.access_register.test_breach_former_teams import may_sit
from tests.people import asker, client

pytestmark = pytest.mark.django_db
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
