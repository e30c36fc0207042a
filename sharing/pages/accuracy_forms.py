"""What is typed about the accuracy of records, on both sites."""

from datetime import date
from typing import Any

from django import forms

from sharing.models import Challenge, ReturnConfirmation
from sharing.pages.form_fields import TextArea, version_field


class ChallengeForm(forms.Form):
    """Which fact is wrong, and why."""

    fact_key = forms.ChoiceField(
        label="What is wrong?", widget=forms.RadioSelect, error_messages={"required": "Choose what is wrong."}
    )
    statement = forms.CharField(
        label="This is wrong because",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="Say what it should be and how you know, for example from which document. It is kept encrypted.",
        error_messages={"required": "Say why it is wrong."},
    )

    def __init__(self, *args: Any, facts: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact_key"].choices = facts  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What became of a challenge."""

    outcome = forms.ChoiceField(
        label="What did you find?",
        choices=[
            (Challenge.Outcome.CORRECTED, "It was wrong, and has been corrected at the source"),
            (Challenge.Outcome.NOT_CHANGED, "It is right, and has not been changed"),
            (Challenge.Outcome.AT_THE_SOURCE, "It has been passed to the source, which has to correct it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you found."},
    )
    answer = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=TextArea(attrs={"rows": 5}),
        help_text="The person who raised it will read this. Say what you looked at, and when a correction will show.",
        error_messages={"required": "Write an answer, even if nothing has been changed."},
    )


class TakeBackForm(forms.Form):
    """Why a challenge is taken back, if whoever raised it wants to say so."""

    because = forms.CharField(
        label="Why are you taking it back? (optional)",
        max_length=500,
        required=False,
        widget=TextArea(attrs={"rows": 3}),
        help_text="Everybody who reads the challenge will read this. It is kept encrypted.",
    )


class ReturnForm(forms.Form):
    """Which return is confirmed, as sent by the page's own button."""

    kind = forms.ChoiceField(choices=ReturnConfirmation.Kind)
    reference_day = forms.DateField(input_formats=["%Y-%m-%d"])
    version = version_field()

    def which(self) -> tuple[str, date]:
        return self.cleaned_data["kind"], self.cleaned_data["reference_day"]
