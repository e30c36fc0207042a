"""Brings the secrets of second factors under the key in use (R13): they are encrypted inside allauth's JSON."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator

from access_register.sign_in.second_factors import COLUMN
from sharing import crypto
from sharing.roles import BATCH, acting_as

BATCH_SIZE = 200
# The kinds with a secret of ours; a passkey's public key is not a secret.
WITH_SECRETS = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def factors_left() -> int:
    """How many second factors have a secret that is not under the key in use."""
    with acting_as(BATCH):
        factors = Authenticator.objects.filter(type__in=WITH_SECRETS)
        return sum(sealed_again(factor.data) != factor.data for factor in factors.iterator())


def rotate_factors() -> Iterator[int]:
    """As sharing.keys.rotation.rotate, for second factors."""
    last = 0
    while True:
        with acting_as(BATCH):
            factors = Authenticator.objects.select_for_update().filter(type__in=WITH_SECRETS, pk__gt=last)
            held = list(factors.order_by("pk")[:BATCH_SIZE])
            written = 0
            for factor in held:
                anew = sealed_again(factor.data)
                if anew != factor.data:
                    Authenticator.objects.filter(pk=factor.pk).update(data=anew)
                    written += 1
        if not held:
            return
        last = held[-1].pk
        if written:
            yield written


def sealed_again(data: Any) -> Any:
    """The same JSON, with each secret in it under the key in use."""
    if isinstance(data, dict):
        return {name: sealed_again(value) for name, value in data.items()}
    if isinstance(data, list):
        return [sealed_again(value) for value in data]
    return _secret_again(data) if isinstance(data, str) else data


def _secret_again(text: str) -> str:
    """The secret under the key in use. A string that is not a secret of ours stays as it is."""
    try:
        stored = b64decode(text, validate=True)
        return b64encode(crypto.seal_again(stored, column=COLUMN)).decode()
    except (ValueError, crypto.CannotDecrypt):
        return text
