"""What officers type on the pages of EduNet."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from sharing.door.community import KINDS
from sharing.pages.form_fields import coming_end, coming_start, day_field, version_field


class SaveViewForm(forms.Form):
    """The name of a view."""

    name = forms.CharField(
        label="What do you want to call it?",
        max_length=80,
        help_text="For example: Nurseries by size. Do not name a child or any other person.",
        error_messages={"required": "Give the view a name."},
    )


class MoveForm(forms.Form):
    """Moving an establishment to another Locality."""

    locality = forms.TypedChoiceField(
        label="Which Locality is it moving to?", coerce=int, error_messages={"required": "Choose the Locality."}
    )
    on = day_field("First day in it", coming_start("Today or later. For example {}."))
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        help_text="Officers can read this. For example: the partnership agreed it at its meeting in June.",
        error_messages={"required": "Say why the establishment moves."},
    )

    def __init__(self, *args: Any, localities: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["locality"]).choices = [("", "Choose one"), *localities]


class TypeForm(forms.Form):
    """A type of establishment that counts as part of the community from now on."""

    type_code = forms.TypedChoiceField(
        label="Type in the national register", coerce=int, error_messages={"required": "Choose the type."}
    )
    kind = forms.ChoiceField(
        label="Counts as",
        choices=[("", "Choose one"), *KINDS],
        error_messages={"required": "Choose the kind it counts as."},
    )
    reason = forms.CharField(
        label="Why?", max_length=300, error_messages={"required": "Say why the type belongs to the community."}
    )
    decided_on = day_field("Day of the decision", "Today or earlier. For example 1/9/2026.")

    def __init__(self, *args: Any, types: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["type_code"]).choices = [("", "Choose one"), *types]


class EndTypeForm(forms.Form):
    """A type that counts until a given day."""

    version = version_field()
    last_day = day_field("Last day on which it counts", coming_end("Today or later. For example {}."))
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        error_messages={"required": "Say why the type no longer belongs to the community."},
    )
    sure = forms.BooleanField(
        label="I have read what happens to these establishments",
        error_messages={"required": "Tick that you have read it."},
    )


class CloseCentreForm(forms.Form):
    """Closing a children's centre."""

    version = version_field()
    last_day = day_field("Last day on which it is open", coming_end("Today or later. For example {}."))
    sure = forms.BooleanField(
        label="I have read what happens", error_messages={"required": "Tick that you have read it."}
    )


class ReopenCentreForm(forms.Form):
    """Reopening a children's centre whose last day was a mistake."""

    version = version_field()
    reason = forms.CharField(
        label="Why?", max_length=300, error_messages={"required": "Say why the centre stays open, or opens again."}
    )


class CentreForm(forms.Form):
    """A children's centre, which the national register does not contain."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name."})
    street = forms.CharField(label="Street", max_length=100, error_messages={"required": "Enter the street."})
    town = forms.CharField(label="Town", max_length=100, error_messages={"required": "Enter the town."})
    postcode = forms.CharField(label="Postcode", max_length=10, error_messages={"required": "Enter the postcode."})
    telephone = forms.CharField(label="Telephone (optional)", max_length=30, required=False)
    manager = forms.CharField(
        label="Job title of the person who runs it",
        max_length=100,
        initial="Centre manager",
        error_messages={"required": "Enter the job title."},
    )
    locality = forms.TypedChoiceField(label="Locality", coerce=int, empty_value=None, required=False)
    starts_on = day_field("Takes part from", "For example 1/9/2026.", missing="Enter the day from which it takes part.")

    def __init__(self, *args: Any, localities: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["locality"]).choices = [("", "None yet"), *localities]
