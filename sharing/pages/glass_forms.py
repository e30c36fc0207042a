"""What is typed to break the glass."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sharing.models import Opening
from sharing.upn import tidy_upn, upn_problem


class ExactlyForm(forms.Form):
    """One child, exactly: a UPN, or both names and the date of birth."""

    upn = forms.CharField(
        label="Unique pupil number (UPN)",
        max_length=30,
        required=False,
        help_text="All 13 characters. If you know it, leave the rest empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20", "spellcheck": "false"}),
    )
    forename = forms.CharField(
        label="Forename", max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    surname = forms.CharField(
        label="Surname", max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    born_on = forms.DateField(
        label="Date of birth",
        required=False,
        input_formats=["%d/%m/%Y", "%d %m %Y", "%d-%m-%Y", "%Y-%m-%d"],
        help_text="For example 31/8/2017.",
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"autocomplete": "off", "class": "govuk-input--width-10", "inputmode": "numeric"}
        ),
        error_messages={"invalid": "Enter the date of birth as day, month and year, for example 31/8/2017."},
    )

    def clean_upn(self) -> str:
        upn = tidy_upn(self.cleaned_data["upn"])
        problem = upn_problem(upn) if upn else None
        if problem:
            raise ValidationError(problem)
        return upn

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if not self.errors and not typed["upn"] and not all(typed[name] for name in ("forename", "surname", "born_on")):
            raise ValidationError("Type the UPN, or the forename, the surname and the date of birth.")
        return typed


class BreakForm(forms.Form):
    """Why the glass is broken, and whether the head is told."""

    because = forms.ChoiceField(
        label="What is it about?",
        choices=Opening.Because,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    reason = forms.CharField(
        label="Why do you need this record now?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The information manager reads this, and the head unless you say otherwise below. It is kept "
        "encrypted.",
        error_messages={"required": "Say why you need this record now."},
    )
    head_barred = forms.BooleanField(
        label="Do not tell the head: it would put the child at risk",
        required=False,
        help_text="The information manager is told, and sees that the head was not.",
    )
    sure = forms.BooleanField(
        label="I need it for safeguarding, and I look at what that needs and no more",
        error_messages={"required": "Tick the box to say that it is so."},
    )
