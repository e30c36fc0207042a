"""A successor without an account is on no register, so nobody can invite them; they choose a password first.

Nor is a new officer. The view hands `send_link_to_set_password` to the door as its `welcome`, which calls it in the
visit: otherwise they could be on record without the email, and nothing would send it again.
"""

from collections.abc import Callable

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

from access_register.models import Person

Welcome = Callable[[Person], None]


def nobody_written_to(person: Person) -> None:
    """The welcome where the people concerned have accounts."""


def send_link_to_set_password(request: HttpRequest, person: Person) -> None:
    """Send somebody new their way in: the link of "I cannot sign in", with which they set their first password."""
    form = ResetPasswordForm({"email": person.email})
    if not person.has_account and form.is_valid():
        form.save(request)
