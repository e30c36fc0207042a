"""What an information manager types on the pages of officers and duties."""

import re
from typing import Any, cast

from django import forms
from django.conf import settings

from access_register.models import Duty
from access_register.officers import officers
from access_register.officers.functions import FUNCTIONS
from access_register.officers.officers import NewDuty
from access_register.register.name_forms import AsksAboutTheName
from access_register.register.rules import CannotChange
from sharing.models.establishments import Kind
from sharing.pages.form_fields import AS_IT_IS, VisibleField, address_field, day_field, name_field

DATA = [(value, label) for value, label in Duty.Data.choices if value != Duty.Data.DUTIES]
WHERE = ("whole_community", "localities", "kinds", "urns")
A_YEAR = "A year at most."
NO_LOCALITY = "There are no Localities yet. Whoever runs the service brings in the first ones from a file."


def function_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="For which statutory function?",
        choices=[("", "Choose one"), *((function.code, function.words) for function in FUNCTIONS)],
        error_messages={"required": "Choose the statutory function."},
    )


def team_field() -> forms.CharField:
    return forms.CharField(label="Team", max_length=100, error_messages={"required": "Enter their team."})


def post_field() -> forms.CharField:
    return forms.CharField(label="Post", max_length=100, error_messages={"required": "Enter their post."})


class ChangeOfficerForm(forms.Form):
    """An officer's details, to be changed. `version` shows whether somebody else has changed them meanwhile."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    team = team_field()
    post = post_field()
    manager = VisibleField(
        label="Name of their manager",
        max_length=200,
        required=False,
        help_text="This can be anybody else, on EduNet or not. Leave it empty if they have no manager.",
        widget=forms.TextInput(attrs=AS_IT_IS),
    )

    ends_on = day_field("Last day, if there is one", required=False)


class OfficerForm(AsksAboutTheName):
    """A member of the Education Department."""

    field_order = ["name", "email", "other_name"]

    name = name_field("Full name", "Enter their full name.")
    email = address_field(
        "Their Council email address",
        "Enter their Council email address.",
        help_text="It must be their own address. Someone who already uses the portal keeps their account.",
    )
    team = team_field()
    post = post_field()
    manager = VisibleField(
        label="Name of their manager", max_length=200, error_messages={"required": "Enter the name of their manager."}
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day, if there is one", required=False)


class DutyForm(forms.Form):
    """A duty: what it opens, where, for which function and until when."""

    opens = forms.MultipleChoiceField(
        label="What does it open?",
        choices=DATA,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what the duty opens."},
    )
    function = function_field()
    reason = forms.CharField(
        label="What is the work?",
        max_length=300,
        help_text="Heads can read this. For example: arranges places for children who move within the year.",
        error_messages={"required": "Say what the work is."},
    )
    whole_community = forms.BooleanField(label="Where? Everywhere in the community", required=False)
    localities = forms.TypedMultipleChoiceField(
        label="Or in these Localities", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        label="Or at these kinds of establishment",
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    urns = forms.CharField(
        label="Or at the establishments with these URNs or DfE numbers",
        max_length=2000,
        required=False,
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day", help_text=A_YEAR)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        localities = cast(forms.ChoiceField, self.fields["localities"])
        localities.choices = officers.choices_of_localities()
        localities.help_text = "" if localities.choices else NO_LOCALITY
        dfe_number = f"{settings.AUTHORITY_CODE}/2001"
        self.fields["urns"].help_text = f"Put a space between them. Write a DfE number like this: {dfe_number}."

    def clean_urns(self) -> list[int]:
        numbers = [text for text in re.split(r"[\s,;]+", self.cleaned_data["urns"]) if text]
        try:
            return officers.urns_of(dict.fromkeys(numbers))
        except CannotChange as cannot:
            raise forms.ValidationError(cannot.message) from cannot

    def clean(self) -> dict[str, Any]:
        """Report a missing place together with the other errors, rather than only after those have been corrected."""
        typed = cast(dict[str, Any], super().clean())
        if not any(field in self.errors or typed.get(field) for field in WHERE):
            self.add_error("urns", officers.NO_PLACE)
        return typed

    def duty(self) -> NewDuty:
        typed = dict(self.cleaned_data)
        return NewDuty(data=typed.pop("opens"), **typed)


class RemoteForm(forms.Form):
    """Use of EduNet through Citrix."""

    reason = forms.CharField(
        label="Why do they need it?", max_length=300, error_messages={"required": "Say why they need it."}
    )
    starts_on = day_field("First day")
    ends_on = day_field("Last day", help_text=A_YEAR)


class RemoveNoteForm(forms.Form):
    because = forms.CharField(
        label="Why is it removed?",
        help_text="The ledger keeps this. Do not name a child.",
        max_length=300,
        error_messages={"required": "Say why the note is removed. The ledger keeps it."},
    )
