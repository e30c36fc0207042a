"""Naming somebody who is to have access: if there is an account with the address, it has access at once (A18)."""

from typing import Any

from django import forms


class AsksAboutTheName(forms.Form):
    """For forms with a `name`. When the form asks whose account it is, the box to answer appears."""

    other_name = forms.BooleanField(
        label="The person on record with this address is the one I mean.",
        required=False,
        widget=forms.HiddenInput,
    )

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "other_name":
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)
