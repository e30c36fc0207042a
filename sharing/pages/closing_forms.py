"""What is typed to close a child."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sharing.models import Closing
from sharing.upn import tidy_upn, upn_problem


class CloseChildForm(forms.Form):
    """A legal override that closes: whom, for whom not, by whose authority, why, and until when."""

    upn = forms.CharField(
        label="Unique pupil number (UPN)",
        max_length=30,
        help_text="All 13 characters.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20", "spellcheck": "false"}),
        error_messages={"required": "Enter the UPN."},
    )
    named = forms.CharField(
        label="Who still sees the child (optional)",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Work e-mail addresses, one a line. Each sees what their own access opens, and no more.",
    )
    authoriser = forms.CharField(
        label="Who has decided it",
        max_length=200,
        help_text="Name and post.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter who has decided it."},
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
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Information managers read this. It is kept encrypted.",
        error_messages={"required": "Give the reason."},
    )
    last_day = forms.DateField(
        label="Last day",
        input_formats=["%d/%m/%Y", "%d %m %Y", "%d-%m-%Y", "%Y-%m-%d"],
        help_text="A year from today at most. For example 31/8/2027.",
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"autocomplete": "off", "class": "govuk-input--width-10", "inputmode": "numeric"}
        ),
        error_messages={"required": "Enter the last day.", "invalid": "Enter the last day, for example 31/8/2027."},
    )
    head_barred = forms.BooleanField(
        label="The head must not learn of it",
        required=False,
        help_text="Then nothing about it shows at the school, and another information manager must agree.",
    )
    sure = forms.BooleanField(
        label="This child is to be absent from every page, file and figure",
        error_messages={"required": "Tick the box to say that it is so."},
    )

    def clean_upn(self) -> str:
        upn = tidy_upn(self.cleaned_data["upn"])
        problem = upn_problem(upn)
        if problem:
            raise ValidationError(problem)
        return upn

    def clean_named(self) -> list[str]:
        named = self.cleaned_data["named"].lower().split()
        for address in named:
            validate_email(address)
        return named
