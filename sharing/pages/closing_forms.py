"""What is typed to close a child."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sharing.models import Closing
from sharing.pages.form_fields import AS_IT_IS, TextArea, UpnForm, coming_end, day_field, upn_field


class CloseChildForm(UpnForm):
    """A legal override that closes a child: who, hidden from whom, on whose authority, why, and until when."""

    upn = upn_field("All 13 characters.", required=True)
    named = forms.CharField(
        label="Who still sees the child (optional)",
        max_length=2000,
        required=False,
        widget=TextArea(attrs={"rows": 3}),
        help_text="Work email addresses, one on each line. Each person sees what their own access opens, and no more.",
    )
    authoriser = forms.CharField(
        label="Who has decided this",
        max_length=200,
        help_text="Name and post.",
        widget=forms.TextInput(attrs=AS_IT_IS),
        error_messages={"required": "Enter who has decided this."},
    )
    basis = forms.ChoiceField(
        label="Legal basis",
        choices=Closing.Basis,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the legal basis."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=TextArea(attrs={"rows": 4}),
        help_text="Information managers read this. It is kept encrypted.",
        error_messages={"required": "Give the reason."},
    )
    last_day = day_field(
        "Last day",
        help_text=coming_end("At most a year from today. For example {}."),
        missing="Enter the last day.",
        invalid="Enter the last day, for example 31/8/2027.",
    )
    head_barred = forms.BooleanField(
        label="The head must not know about it",
        required=False,
        help_text="If so, nothing about it is shown at the school, and another information manager must agree.",
    )
    sure = forms.BooleanField(
        label="This child must be absent from every page, file and figure",
        error_messages={"required": "Tick the box to confirm this."},
    )

    def clean_named(self) -> list[str]:
        named = self.cleaned_data["named"].lower().split()
        for address in named:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"“{address}” is not an email address. Write one on each line.") from None
        return named
