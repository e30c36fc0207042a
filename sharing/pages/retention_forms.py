"""What is typed to hold records."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sharing.pages.form_fields import TextArea, UpnForm, coming_end, day_field, upn_field


class HoldForm(UpnForm):
    """A legal hold: of a child or of an establishment, why, and until when."""

    upn = upn_field(
        "All 13 characters. Leave it empty to hold an establishment.", label="Unique pupil number (UPN) of the child"
    )
    urn = forms.IntegerField(
        label="URN of the establishment",
        required=False,
        min_value=1,
        max_value=999_999,
        help_text="6 digits. Everything held about the establishment is kept.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter the 6 digits of the URN."),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="For example a claim, an inquiry or an appeal. Information managers read it. It is kept encrypted.",
        error_messages={"required": "Give the reason."},
    )
    until = day_field(
        "Last day (optional)",
        required=False,
        help_text=coming_end("Without one, the hold is in force until somebody lifts it. For example {}."),
        invalid="Enter the last day, for example 31/8/2027.",
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and bool(told.get("upn")) == bool(told.get("urn")):
            raise ValidationError("Enter the UPN of a child or the URN of an establishment, not both.")
        return told
