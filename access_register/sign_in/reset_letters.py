"""The emails with a link to choose a password: how many go to an address is counted by the day (ACCOUNT_RATE_LIMITS).

A sign-in and a new password end the links sent before, so that the count begins anew.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.core import ratelimit
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from access_register.models import Person

LETTERS = "reset_password_letters"  # as ACCOUNT_RATE_LIMITS names them


@receiver([user_logged_in, password_changed, password_reset])
def links_have_ended(request: Any, user: Person, **kwargs: Any) -> None:
    ratelimit.clear(request, action=LETTERS, key=user.email.lower())
