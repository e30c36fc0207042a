"""What officers type on the pages of EduNet."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from sharing.pages.transfer_forms import day_field


class MoveForm(forms.Form):
    """An establishment goes to another Locality."""

    locality = forms.TypedChoiceField(
        label="To which Locality?", coerce=int, error_messages={"required": "Choose the Locality."}
    )
    on = day_field("First day in it", "Today or later. For example 1/9/2027.")
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        help_text="Officers read this. For example: the partnership agreed it at its meeting in June.",
        error_messages={"required": "Say why the establishment moves."},
    )

    def __init__(self, *args: Any, localities: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["locality"]).choices = [("", "Choose one"), *localities]
