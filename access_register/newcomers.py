"""People who are written onto a register: the account they have already, or a new one (A18)."""

from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from access_register.models import Person


def known_or_new(name: str, email: str) -> tuple[Person, bool]:
    """(the person with this address, whether the account is new), also when two add the same person at once."""
    known = Person.objects.filter(email__iexact=email.strip())
    person = known.first()
    if person:
        return person, False
    try:
        with transaction.atomic():
            return Person.objects.create_user(email, name), True
    except IntegrityError:
        return known.get(), False


def send_link_to_set_password(request: HttpRequest, person: Person) -> None:
    """A new person's way in: the link of "I cannot sign in", with which they set their first password."""
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)


def is_webmail(email: str) -> bool:
    """Whether the address is anybody's, not an organisation's (R25)."""
    return email.strip().lower().rpartition("@")[2] in settings.WEBMAIL_DOMAINS
