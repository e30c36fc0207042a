"""A day as people type it into a form or an address (R30)."""

from datetime import date

import pytest
import time_machine
from django import forms
from django.test import RequestFactory

from edunet.forms import EndTypeForm, MoveForm
from sharing.pages.closing_forms import CloseChildForm
from sharing.pages.form_fields import day_field
from sharing.requests import typed_day

SHORT = ("14/12/26", "14-12-26", "14.12.26", "14 12 26", "14 December 26", "14 Dec 26")
_TO_COME = ((MoveForm, "on"), (EndTypeForm, "last_day"), (CloseChildForm, "last_day"))
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


def test_the_day_given_as_an_example_is_still_to_come_in_later_years() -> None:
    """It was of 2027 in any year, even beside “Today or later” and “At most a year from today”."""
    with time_machine.travel("2029-08-31 12:00", tick=False):
        shown = [str(form.base_fields[name].help_text) for form, name in _TO_COME]
        assert [text.rpartition("For example ")[2] for text in shown] == ["1/9/2029.", "31/8/2029.", "31/8/2029."]
    with time_machine.travel("2029-09-01 12:00", tick=False):
        assert [str(form.base_fields[name].help_text) for form, name in _TO_COME] == [
            "Today or later. For example 1/9/2030.",
            "Today or later. For example 31/8/2030.",
            "At most a year from today. For example 31/8/2030.",
        ]
