"""What a person who was invited types."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from access_register.models import Person
from access_register.sign_in.invitations import Invited


class AcceptForm(forms.Form):
    """Nothing to type: the person is signed in already."""

    def __init__(self, *args: Any, invited: Invited, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited = invited


class ChoosePasswordForm(AcceptForm):
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        help_text="At least 12 characters. Three unrelated words make a good password.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Person(name=self.invited.name, email=self.invited.email))
        return password
