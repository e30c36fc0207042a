"""Encryption of identifying fields at rest (R13): AES-256-GCM with a ring of keys; a blind index for look-ups."""

import hmac
import os
from base64 import b64decode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES, KEY_BYTES = 12, 32
LONGEST_ID = 255  # bytes: its length is in one, before each value
KEYS_EXPECTED = "FIELD_KEYS is id:base64 of 32 bytes, each id once, comma-separated, the key in use first."
SAME_KEY = "FIELD_KEYS: the key in use is there under another id too. Put a new key in front."


class CannotDecrypt(Exception):
    """The stored bytes were changed, belong to another column, or their key is not in the ring."""


@lru_cache
def _ring(configured: str) -> dict[str, AESGCM]:
    try:
        pairs = [entry.strip().split(":", 1) for entry in configured.split(",") if entry.strip()]
        keys = {key_id: b64decode(key, validate=True) for key_id, key in pairs}
    except ValueError as error:
        raise ImproperlyConfigured(KEYS_EXPECTED) from error
    if not all(keys) or not keys or len(keys) < len(pairs) or any(len(key) != KEY_BYTES for key in keys.values()):
        raise ImproperlyConfigured(KEYS_EXPECTED)
    if any(len(key_id.encode()) > LONGEST_ID for key_id in keys):
        raise ImproperlyConfigured(KEYS_EXPECTED)
    in_use, *others = keys.values()
    if in_use in others:
        raise ImproperlyConfigured(SAME_KEY)
    return {key_id: AESGCM(key) for key_id, key in keys.items()}


@lru_cache
def _in_use(configured: str) -> tuple[bytes, AESGCM]:
    """The bytes with which every value under the first key of the ring begins, and that key."""
    key_id, key = next(iter(_ring(configured).items()))
    return bytes([len(key_id.encode())]) + key_id.encode(), key


def encrypt(text: str, *, column: str) -> bytes:
    """`text` under the first key of the ring, bound to `column` ("table.column"): it can be read back nowhere else."""
    return encrypt_bytes(text.encode(), column=column)


def decrypt(stored: bytes, *, column: str) -> str:
    """What `encrypt` was given. Raises CannotDecrypt, never returns changed text."""
    try:
        return decrypt_bytes(stored, column=column).decode()
    except UnicodeDecodeError as error:
        raise CannotDecrypt(column) from error


def encrypt_bytes(content: bytes, *, column: str) -> bytes:
    """`content` under the first key of the ring, bound to `column`, as `encrypt` does with text."""
    head, key = _in_use(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + key.encrypt(nonce, content, column.encode())


def key_in_use() -> str:
    """The name of the first key of the ring, which is not a secret."""
    return next(iter(_ring(settings.FIELD_KEYS)))


def head_in_use() -> bytes:
    """The bytes with which every value under the first key of the ring begins."""
    return _in_use(settings.FIELD_KEYS)[0]


def seal_again(stored: bytes, *, column: str) -> bytes:
    """The same content under the first key of the ring. What is already under that key stays as it is."""
    stored = bytes(stored)
    if stored.startswith(head_in_use()):
        return stored
    return encrypt_bytes(decrypt_bytes(stored, column=column), column=column)


def decrypt_bytes(stored: bytes, *, column: str) -> bytes:
    """What `encrypt_bytes` was given. Raises CannotDecrypt, never returns a changed document."""
    stored = bytes(stored)
    if not stored:
        raise CannotDecrypt(column)
    cut = 1 + stored[0]
    key = _ring(settings.FIELD_KEYS).get(stored[1:cut].decode(errors="replace"))
    nonce, sealed = stored[cut : cut + NONCE_BYTES], stored[cut + NONCE_BYTES :]
    if key is None:
        raise CannotDecrypt(column)
    try:
        return key.decrypt(nonce, sealed, column.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(column) from error


def blind_index(text: str) -> str:
    """The same 64 letters for the same text, which say nothing about it without the key. For `=` look-ups."""
    return index_under(settings.BLIND_INDEX_KEY, text)


def index_under(key: str, text: str) -> str:
    """The blind index of `text` under a key that may differ from the one in use (sharing.keys.index_renewal)."""
    return hmac.digest(key.encode(), text.strip().upper().encode(), "sha256").hex()
