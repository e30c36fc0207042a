"""A successor without an account is on no register, so nobody can invite them; they choose a password first."""

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

from access_register.models import Person


def send_link_to_set_password(request: HttpRequest, person: Person) -> None:
    """Send a new person their way in: the link of "I cannot sign in", with which they set their first password."""
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)
