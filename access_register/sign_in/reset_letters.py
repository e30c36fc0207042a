"""The emails with a link to choose a password: how many go to one address in a day is limited (ACCOUNT_RATE_LIMITS).

A sign-in or a new password ends the links sent before, so the count starts again.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.core import ratelimit
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from access_register.models import Person

LETTERS = "reset_password_letters"  # the name in ACCOUNT_RATE_LIMITS


@receiver([user_logged_in, password_changed, password_reset])
def links_have_ended(request: Any, user: Person, **kwargs: Any) -> None:
    ratelimit.clear(request, action=LETTERS, key=user.email.lower())
