"""Whoever adds a person is told in one go all that is amiss, with what was typed kept (R30, R34)."""

import pytest

from access_register.models import Person
from tests.access_register.invitations import BECKSIDE, HEAD
from tests.people import client, person

pytestmark = pytest.mark.django_db
PAGE = f"/establishments/{BECKSIDE}/register/add/"
PAST = {"role": "teacher", "level": "2", "basis": "", "ends_on": "1/9/2020"}


def errors(typed: dict[str, str]) -> dict[str, list[str]]:
    told = client(HEAD).post(PAGE, typed)
    assert told.status_code == 422
    return dict(told.context["form"].errors)


def test_a_form_that_lacks_something_hears_of_the_rest_too() -> None:
    """R34: without a name and a role, what is amiss with Level 2 was told only once these were there."""
    told = errors({"name": "", "email": "n@gmail.com", "level": "2", "basis": "", "ends_on": "1/9/2020"})
    assert set(told) == {"name", "role", "webmail_confirmed", "basis", "ends_on", "confirm"}


def test_the_address_and_the_level_are_told_of_together() -> None:
    """R25, R34."""
    told = errors({"name": "Nadia New", "email": "n@gmail.com", **PAST})
    assert set(told) == {"webmail_confirmed", "basis", "ends_on", "confirm"}
    known = person("teacher-oxenby")
    assert set(errors({"name": "Nadia New", "email": known.email, **PAST})) == {
        "other_name", "basis", "ends_on", "confirm",
    }  # fmt: skip


def test_somebody_on_the_register_already_is_told_of_without_a_name_too() -> None:
    """R36."""
    assert set(errors({"name": "", "email": person("teacher-beckside").email, "level": "3"})) == {
        "name", "email", "role",
    }  # fmt: skip


def test_what_the_protocol_rules_out_is_told_with_the_rest() -> None:
    """R32: a governor at Level 1."""
    told = errors({"name": "", "email": "n@beckside.example", "role": "governor", "level": "1", "ends_on": "1/9/2020"})
    assert set(told) == {"name", "level", "ends_on", "confirm"}


def test_what_was_typed_stays_and_no_account_is_made() -> None:
    browser = client(HEAD)
    page = browser.post(PAGE, {"name": "Nadia New", "email": "nadia@beckside.example", **PAST}).content.decode()
    for kept in ('value="Nadia New"', 'value="nadia@beckside.example"', 'value="1/9/2020"'):
        assert kept in page
    assert not Person.objects.filter(email="nadia@beckside.example").exists()
