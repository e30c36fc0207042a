"""What proves that a person is who they say (R13): a second factor, and a recent confirmation that it is still them."""

import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed, password_reset
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

from sharing import crypto
from sharing.authorise import NeedsSecondFactor

ONE_CLICK = "one_click"
"""Marks a session that began with the demonstration's one click. It counts nowhere else."""
COLUMN = "mfa_authenticator.data"
WRONG_CODES = "wrong_codes"  # the name in ACCOUNT_RATE_LIMITS


class SealedFactors(DefaultMFAAdapter):
    """allauth's second factors, with the secrets of apps and recovery codes encrypted at rest."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is wrong or no longer valid. Enter the newest one.",
    }

    def encrypt(self, text: str) -> str:
        return b64encode(crypto.encrypt(text, column=COLUMN)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(b64decode(encrypted_text), column=COLUMN)

    def get_totp_issuer(self) -> str:
        return f"Schools Online and EduNet, {settings.AUTHORITY_NAME}"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {number + 1}"


def _began_with_one_click(request: HttpRequest) -> bool:
    return settings.DEMO and request.session.get(ONE_CLICK) is True


def has_second_factor(user: Any) -> bool:
    """Whether the person has set one up."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def second_factor_given(request: HttpRequest) -> bool:
    """Whether this session has given a second factor: a code, a passkey, or a provider known to ask for one itself."""
    if _began_with_one_click(request):
        return True
    trusted = settings.PROVIDERS_WITH_SECOND_FACTOR
    return any(
        record["method"] == "mfa" or (record["method"] == "socialaccount" and record.get("provider") in trusted)
        for record in get_authentication_records(request, request.user)
    )


def given_first(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a page that changes the password, or reads or changes second factors: somebody who has one gives it first
    (R13). A session may be from before it was set up, and so from a thief who has only the password."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_second_factor(request.user) and not second_factor_given(request):
            raise NeedsSecondFactor
        return view(request, *args, **kwargs)

    return page


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether the person has signed in, or confirmed that it is them, within the last 15 minutes."""
    if _began_with_one_click(request):
        return True
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


@receiver(authenticator_added)
def setting_one_up_is_giving_it(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting up a second factor shows a code or key, which counts as giving it in this session."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(password_reset)
def codes_count_anew(request: Any, user: Any, **kwargs: Any) -> None:
    """Whoever guessed codes had the password, which is now another, chosen by a link that they did not have."""
    ratelimit.clear(request, action=WRONG_CODES, key=str(user.pk))


@receiver(authentication_step_completed)
def the_asker_is_known_better(request: Any, **kwargs: Any) -> None:
    """Update the asker after a confirmation, since a form that waited for it is carried out in the same request."""
    if hasattr(request, "asker"):
        request.asker = replace(
            request.asker, second_factor=second_factor_given(request), confirmed_lately=confirmed_lately(request)
        )
