"""What is typed on the pages of a release."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.http import QueryDict

from sharing.pages.form_fields import day_field

MORNING = time(9, 30)


class ScheduleForm(forms.Form):
    """When a release comes out: a day and a time, by the clock in Bradford."""

    day = day_field("Day", missing="Enter the day on which it goes out.")
    at = forms.TimeField(
        label="Time",
        help_text="For example 09:30.",
        initial=MORNING,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={
            "invalid": "Enter it as hours and minutes, for example 09:30.",
            "required": "Enter the time at which it goes out.",
        },
    )

    def clean(self) -> dict[str, Any]:
        """Combine both as `instant`. Raises an error for an hour that the clocks skip or repeat."""
        given = self.cleaned_data
        if given.get("day") and given.get("at"):
            try:
                given["instant"] = from_current_timezone(datetime.combine(given["day"], given["at"]))
            except ValidationError:
                self.add_error("at", "The clocks change in that hour. Choose another time.")
        return given


class PostponeForm(forms.Form):
    """The form beside the one that withdraws, which has a field of the same name: so its ids differ."""

    because = forms.CharField(
        label="Why is it put off?",
        help_text="Everybody can read this in the calendar. Do not name a school or a child.",
        max_length=300,
        error_messages={"required": "Say why it is put off. Everybody can read it in the calendar."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="id_put_off_%s")


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label="Why is it withdrawn?",
        help_text="If it has been in the calendar, everybody can read this there. Do not name a school or a child.",
        max_length=300,
        error_messages={"required": "Say why it is withdrawn. It stays on record."},
    )


class StopForm(forms.Form):
    because = forms.CharField(
        label="Why are these figures stopped?",
        help_text="Everybody can read this where the figures were. Do not name a school, and never say where a child "
        "can be found.",
        max_length=300,
        error_messages={"required": "Say why the figures are stopped. Everybody can read it where they were."},
    )


class StatisticsForm(forms.Form):
    """Which school year's open statistics are to be prepared, and how."""

    year = forms.TypedChoiceField(
        label="School year",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a school year.", "invalid_choice": "Choose one of these school years."},
    )
    because = forms.CharField(
        label="Why is there a new version?",
        help_text="For example: a school has sent its census again. Leave it empty for the first version.",
        max_length=300,
        required=False,
    )
    coarsen = forms.BooleanField(
        label="Show less if a school would be recognised",
        help_text="A table then shows the authority as a whole, or is left out. Otherwise nothing is prepared.",
        required=False,
    )

    def __init__(self, *args: Any, years: Iterable[tuple[int, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            (year, f"{words} (there is a version {version} already)" if version else words)
            for year, words, version in years
        ]
