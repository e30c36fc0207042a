"""A third party acts for one sponsor at a time (R24, R35, R44; docs/adr/0012)."""

import pytest
from django.core.management import call_command

from access_register.models import RegisterLine
from access_register.register import register
from sharing.authorise import Asker, NotYourEstablishment, Permission, visit
from sharing.door import list_pupils, my_places, show_establishment
from sharing.models import Pupil
from tests.access_register.under_contract import BECKSIDE, RAVENSGILL, asker_of
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
SLUG = "third-party-two-sponsors"


def somebody(acting_for: str = "") -> Asker:
    return asker_of(person(SLUG), acting_for)


def test_without_a_choice_neither_is_in_scope() -> None:
    """R24: but both are there to choose from."""
    for urn in (BECKSIDE, RAVENSGILL):
        with pytest.raises(NotYourEstablishment):
            list_pupils(somebody(), urn)
    assert {place.urn for place in my_places(somebody())} == {BECKSIDE, RAVENSGILL}


def test_the_choice_opens_one_and_closes_the_other() -> None:
    """R24, R44: in the browser, and on the next request."""
    browser = client(SLUG)
    browser.post("/acting-for/", {"urn": BECKSIDE})
    assert browser.get(f"/establishments/{BECKSIDE}/pupils/").status_code == 200
    browser.post("/acting-for/", {"urn": RAVENSGILL})
    assert browser.get(f"/establishments/{BECKSIDE}/pupils/").status_code == 404
    assert browser.get(f"/establishments/{RAVENSGILL}/pupils/").status_code == 403


def test_the_second_lock_knows_the_choice() -> None:
    """R24: PostgreSQL shows no child of a sponsor for whom the person does not act."""
    for chosen, expected in (("", False), (str(BECKSIDE), True), (str(RAVENSGILL), False), ("999004", False)):
        with visit(somebody(chosen), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            assert Pupil.objects.exists() is expected, chosen
            here.showed()


def test_a_suspended_line_is_no_sponsor() -> None:
    """R35: with the other one suspended, there is nothing to choose."""
    with as_batch():
        line = RegisterLine.objects.get(person=person(SLUG), establishment__urn=RAVENSGILL)
    register.suspend_access(asker("head-ravensgill"), RAVENSGILL, line.pk, because="away")
    assert list_pupils(somebody(), BECKSIDE).page.rows
    call_command("check_permissions")


def test_with_one_sponsor_and_for_staff_there_is_nothing_to_choose() -> None:
    """A18: a teacher of two schools is confined to neither."""
    assert show_establishment(asker("third-party-beckside"), BECKSIDE).here.is_own
    assert show_establishment(asker("teacher-two-schools"), RAVENSGILL).here.is_own
