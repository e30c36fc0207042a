"""What is typed on the pages of a headship."""

from typing import Any

from django import forms

from access_register.register.name_forms import AsksAboutTheName
from sharing.pages.form_fields import address_field, coming_start, day_field, name_field, version_field


class SuccessorForm(AsksAboutTheName):
    """Who is head next, and from which day."""

    field_order = ["name", "email", "other_name"]

    name = name_field("Full name of the successor", "Enter the full name of the successor.")
    email = address_field(
        "Their work email address",
        "Enter their work email address.",
        help_text="Someone who already uses Schools Online keeps their account.",
    )
    on = day_field("First day as head")
    until = day_field(
        "Last day, for an acting head only",
        help_text="The head’s own line continues the day after. Leave this empty for a new head.",
        required=False,
    )


class FirstHeadForm(AsksAboutTheName):
    """Who is the first head of an establishment."""

    field_order = ["version", "name", "email", "other_name"]

    version = version_field()
    name = name_field("Full name of the head", "Enter the full name of the head.")
    email = address_field(
        "Their work email address",
        "Enter their work email address.",
        help_text="They get an email with a link that works once. Recording somebody again ends an older link.",
    )
    on = day_field("First day as head", help_text=coming_start("Today or later. For example {}."))


class CancelForm(forms.Form):
    because = forms.CharField(label="Why? (optional)", max_length=300, required=False)


class SureForm(forms.Form):
    """A box to tick before something that matters."""

    sure = forms.BooleanField(error_messages={"required": "Tick the box to say that it is so."})

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = label


class ConfirmForm(SureForm):
    """Confirming a register: `version` is of the lines that the page showed."""

    version = version_field()
