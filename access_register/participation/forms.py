"""What is typed on the pages about taking part in the protocol."""

from django import forms

from access_register.models import ResponsiblePerson
from sharing.pages.form_fields import VisibleField, day_field, name_field


class LeaveForm(forms.Form):
    """The head takes the establishment out of the protocol."""

    because = forms.CharField(
        label="Why? (optional)",
        max_length=300,
        required=False,
        help_text="Officers can read this, and so can those who keep your register. Do not name a child.",
    )
    sure = forms.BooleanField(
        label="I have read what happens. We are leaving the protocol now.",
        error_messages={"required": "Tick the box to say that you have read what happens."},
    )


class JoinForm(forms.Form):
    """The head signs the establishment up. `version` is the text that is shown."""

    version = forms.IntegerField(max_value=2**31, widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label="I have read this. I accept it for this establishment, and we will keep to it.",
        error_messages={"required": "Tick the box to accept the protocol. Without it nothing is shared."},
    )


class ResponsibleForm(forms.Form):
    """Who answers for the protocol, or signs for it."""

    part = forms.ChoiceField(
        label="What is their part?",
        choices=[
            (ResponsiblePerson.Part.MANAGER, "Responsible manager: makes sure that the protocol is kept to here"),
            (ResponsiblePerson.Part.SIGNATORY, "Signatory: signs the protocol for this establishment"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which part they have."},
    )
    name = name_field("Full name", "Enter their full name.")
    role = VisibleField(
        label="Their post",
        max_length=200,
        help_text="For example: school business manager.",
        error_messages={"required": "Enter their post."},
    )
    since = day_field("Since when?", "Today or earlier. For example 1/9/2025.", missing="Enter the first day.")
