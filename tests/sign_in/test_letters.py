"""Emails about signing in: what they say to whoever did not do it (R13)."""

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.utils import timezone

NOT_ONES_OWN_DOING = (
    "account/email/new_device", "account/email/password_changed", "account/email/password_reset",
    "mfa/email/recovery_codes_generated", "mfa/email/totp_activated", "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added", "mfa/email/webauthn_removed", "socialaccount/email/account_connected",
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("service@council.example", "the person who manages access where you work, and service@council.example."),
        ("", "the person who manages access where you work."),
    ],
    ids=["with an address", "without"],
)
@pytest.mark.parametrize("kind", NOT_ONES_OWN_DOING)
def test_whom_to_tell_if_it_was_somebody_else(settings: Any, kind: str, address: str, whom: str) -> None:
    """Nobody reads answers to the address that they come from, and whoever manages access may be on holiday."""
    settings.SERVICE_EMAIL = address
    letter = get_adapter().render_mail(kind, "nadia@beckside.example", {"at": timezone.now()})
    for text in (letter.body, *(form for form, _ in letter.alternatives)):
        assert f"ell {whom}" in text
