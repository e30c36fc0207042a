"""Whether the account with an address is who was meant: somebody with an account has access at once (A18)."""

from typing import Any

from django import forms


class AsksAboutTheName(forms.Form):
    """With the question about an account of another name, the box to answer it appears."""

    other_name = forms.BooleanField(
        label="The account with this address has another name, and it is the same person.",
        required=False,
        widget=forms.HiddenInput,
    )

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "other_name":
            self.fields[field].widget = forms.CheckboxInput()
        super().add_error(field, error)
