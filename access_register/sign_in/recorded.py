"""What somebody changes in how they sign in is in the ledger, as their own (R13, R43): a password, a second factor, a
provider. Whoever has got hold of an account does that first, and a year later nothing else would say when.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver

from access_register.models import Person
from sharing.authorise import Asker, Through
from sharing.ledger import ledger
from sharing.models import LedgerEntry


def record(request: Any, person: Person, *, action: str, **about: str) -> None:
    """Add the row. On a page for nobody signed in, such as behind a link, it is whose account it is."""
    asker = Asker(person.pk, person.name, Through(request.site.slug))
    ledger.write(
        asker, action=action, outcome=LedgerEntry.Outcome.CHANGED, about=about, purpose="It is their own account."
    )


@receiver(password_changed)
def own_password(request: Any, user: Person, **kwargs: Any) -> None:
    record(request, user, action="change_password")


@receiver(password_reset)
def password_behind_a_link(request: Any, user: Person, **kwargs: Any) -> None:
    record(request, user, action="choose_password")


@receiver([authenticator_added, authenticator_reset])
def factor_added(request: Any, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    record(request, user, action="add_second_factor", type=authenticator.type)


@receiver(authenticator_removed)
def factor_removed(request: Any, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    record(request, user, action="remove_second_factor", type=authenticator.type)
