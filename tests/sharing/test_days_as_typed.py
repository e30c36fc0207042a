"""A day as people type it into a form or an address (R30)."""

from datetime import date

import pytest
from django import forms
from django.test import RequestFactory

from sharing.pages.form_fields import day_field
from sharing.requests import typed_day

SHORT = ("14/12/26", "14-12-26", "14.12.26", "14 12 26", "14 December 26", "14 Dec 26")
LONG = ("14/12/2026", "14-12-2026", "14.12.2026", "14 12 2026", "14 December 2026", "14 dec 2026", "2026-12-14")


@pytest.mark.parametrize("typed", [*SHORT, *LONG])
def test_a_year_has_four_digits_or_two(typed: str) -> None:
    """R30: a hurried person writes 14/12/26, and means this century."""
    assert day_field("Last day").clean(typed) == date(2026, 12, 14)
    assert typed_day(RequestFactory().get("/", {"last": typed}), "last") == date(2026, 12, 14)


@pytest.mark.parametrize("typed", ["14/12", "14 December", "14/12/202", "31/2/26", "tomorrow"])
def test_what_is_no_day_is_none(typed: str) -> None:
    """R30: the form says how a day is written, and the list leaves it out."""
    with pytest.raises(forms.ValidationError, match="day, month and year"):
        day_field("Last day").clean(typed)
    assert typed_day(RequestFactory().get("/", {"last": typed}), "last") is None
