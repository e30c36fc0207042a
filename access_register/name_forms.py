"""Whether the account with an address is who was meant: somebody with an account has access at once (A18)."""

from typing import Any

from django import forms


class AsksAboutTheName(forms.Form):
    """With the question whose the account is, the box to answer it appears."""

    other_name = forms.BooleanField(
        label="The person on record with this address is the one I mean.",
        required=False,
        widget=forms.HiddenInput,
    )

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "other_name":
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)
