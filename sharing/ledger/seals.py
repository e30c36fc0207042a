"""The ledger's head, signed (R43): whoever owns the table can change rows and hash them again, but cannot sign them.

Ed25519 (RFC 8032). The signing key is only in the environment of `run_daily`. Anybody with the public key and the
published heads can check the ledger, and need not trust the database.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sharing.models import LedgerEntry, SignedHead

KEY_EXPECTED = "LEDGER_SIGNING_KEY and each of LEDGER_PUBLIC_KEYS is the base64 of 32 bytes."
NO_KEY = "LEDGER_SIGNING_KEY is not set, so nothing is signed: see docs/operators/ledger.md."
KEY_BYTES = 32


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures. `id`: how a head says which key signed it."""

    id: str
    text: str
    key: Ed25519PublicKey


@dataclass(frozen=True)
class Head:
    """A signed head as it is published. `hash` is hexadecimal, only `signature` is base64, and times are in UTC."""

    number: int
    row: int
    hash: str
    signed_at: str
    key_id: str
    signature: str

    @classmethod
    def of(cls, stored: SignedHead) -> Self:
        return cls(
            number=stored.number,
            row=stored.row,
            hash=bytes(stored.hash).hex(),
            signed_at=stored.signed_at.astimezone(UTC).isoformat(),
            key_id=stored.key_id,
            signature=b64encode(bytes(stored.signature)).decode(),
        )

    def said(self, before: str) -> bytes:
        """The bytes that are signed. `before`: the previous head's signature, so that none can be removed unnoticed."""
        return "\n".join(["ledger head", str(self.number), str(self.row), self.hash, self.signed_at, before]).encode()

    def is_signed(self, keys: dict[str, PublicKey], before: str) -> bool:
        """Whether one of our keys signed exactly this."""
        known = keys.get(self.key_id)
        if known is None:
            return False
        try:
            known.key.verify(b64decode(self.signature), self.said(before))
        except (InvalidSignature, ValueError):
            return False
        return True

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


def sign(now: datetime) -> Head | None:
    """Sign the last row, once; None where it is already signed or there is none. Raises ImproperlyConfigured.

    Needs a role that may read the ledger and add heads. Check first that what was signed before still holds.
    """
    key = _signing_key()
    last = LedgerEntry.objects.order_by("-id").values_list("id", "hash").first()
    newest = SignedHead.objects.order_by("-number").first()
    if last is None or (newest and newest.row == last[0]):
        return None
    before = Head.of(newest) if newest else None
    stored = SignedHead(
        number=before.number + 1 if before else 1,
        row=last[0],
        hash=bytes(last[1]),
        signed_at=now,
        key_id=_known(key.public_key()).id,
        signature=b"",
    )
    stored.signature = key.sign(Head.of(stored).said(before.signature if before else ""))
    stored.save(force_insert=True)
    return Head.of(stored)


def heads() -> list[Head]:
    """All heads, oldest first. They name nobody, so anyone may have them."""
    return [Head.of(stored) for stored in SignedHead.objects.order_by("number")]


def public_keys() -> dict[str, PublicKey]:
    """The keys to check signatures with, by id, with the one in use first. Raises ImproperlyConfigured."""
    return {known.id: known for known in _public_keys()}


def _public_keys() -> Iterator[PublicKey]:
    if settings.LEDGER_SIGNING_KEY:
        yield _known(_signing_key().public_key())
    for text in settings.LEDGER_PUBLIC_KEYS:
        yield _known(Ed25519PublicKey.from_public_bytes(_bytes(text)))


def _signing_key() -> Ed25519PrivateKey:
    if not settings.LEDGER_SIGNING_KEY:
        raise ImproperlyConfigured(NO_KEY)
    return Ed25519PrivateKey.from_private_bytes(_bytes(settings.LEDGER_SIGNING_KEY))


def _known(key: Ed25519PublicKey) -> PublicKey:
    raw = key.public_bytes_raw()
    return PublicKey(hashlib.sha256(raw).hexdigest()[:16], b64encode(raw).decode(), key)


def _bytes(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(KEY_EXPECTED) from error
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(KEY_EXPECTED)
    return raw
