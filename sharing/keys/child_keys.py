"""A key for each child's own facts (R13): destroying it makes them unreadable, in every copy of the database too.

A value about a child is sealed under a data key (AES-256), whose id it contains. The data keys are in one table of a
separate schema, `portal_keys.key`, each wrapped under the key ring (sharing.crypto). Ordinary backups do not contain
that schema (docs/operators/retention.md): in an old backup restored beside today's keys, nothing whose key is gone can
be read.

A child has as many keys as there were writes: an import makes the key of a row before it knows whose row it is. A value
that the website writes itself is under the key ring until `manage.py rotate_keys` moves it to a key of the child.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from sharing import crypto
from sharing.crypto import KEY_BYTES, NONCE_BYTES, CannotDecrypt
from sharing.statements import value_of

if TYPE_CHECKING:
    from django.db.models import Model

HEAD = b"\0"  # No key of the ring has an empty name, so no other value begins like this.
ID_BYTES = 16
TABLE, COLUMN = "portal_keys.key", "portal_keys.key.wrapped"
_ONE_FOR_EACH: ContextVar["dict[UUID, ChildKey] | None"] = ContextVar("one_for_each", default=None)


class ChildKey(NamedTuple):
    """A data key that is stored nowhere yet: `keep` stores it, once it is known which child it belongs to."""

    number: bytes
    key: AESGCM
    wrapped: bytes

    @classmethod
    def make(cls) -> Self:
        drawn = os.urandom(ID_BYTES + KEY_BYTES)
        number, secret = drawn[:ID_BYTES], drawn[ID_BYTES:]
        return cls(number, AESGCM(secret), crypto.encrypt_bytes(secret, column=f"{COLUMN}/{number.hex()}"))

    @property
    def id(self) -> str:
        """The id as a UUID, without the hyphens."""
        return self.number.hex()

    def seal(self, text: str, *, column: str) -> bytes:
        """`text` under this key, bound to "table.column"."""
        nonce = os.urandom(NONCE_BYTES)
        return HEAD + self.number + nonce + self.key.encrypt(nonce, text.encode(), column.encode())


class Sealed(bytes):
    """A value that is already sealed, and is stored in its column unchanged."""


def read(stored: bytes, *, column: str) -> str:
    """The text of a value as `portal_with_key` returns it: after its wrapped key, if that is a child's.

    Raises CannotDecrypt where the value was changed or moved to another column, or its key is gone.
    """
    stored = bytes(stored)
    if not stored.startswith(HEAD):
        return crypto.decrypt(stored, column=column)
    cut = 2 + stored[1] if len(stored) > 1 else 0
    wrapped, sealed = stored[2:cut], stored[cut + 1 :]
    number, nonce, rest = sealed[:ID_BYTES], sealed[ID_BYTES:][:NONCE_BYTES], sealed[ID_BYTES + NONCE_BYTES :]
    if not wrapped or stored[cut : cut + 1] != HEAD or len(nonce) < NONCE_BYTES:
        raise CannotDecrypt(column)
    secret = crypto.decrypt_bytes(wrapped, column=f"{COLUMN}/{number.hex()}")
    try:
        return AESGCM(secret).decrypt(nonce, rest, column.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(column) from error


def sealed_for(row: "Model", text: str, *, column: str) -> Sealed | None:
    """The text under a new key of the child whose row it is; None where the website may write such rows.

    The key is stored at once, except within `one_for_each_child`. Needs portal_batch, as do the tables concerned.
    """
    child = _child_of(row)
    if child is None:
        return None
    keys = _ONE_FOR_EACH.get()
    if keys is not None:
        key = keys.get(child) or keys.setdefault(child, ChildKey.make())
    else:
        key = ChildKey.make()
        keep([(child, key)])
    return Sealed(key.seal(text, column=column))


@contextmanager
def one_for_each_child() -> Iterator[None]:
    """Where records of many children are written: all that is written of a child inside is under one key, and the keys
    are stored together at the end. Until then nobody can read these values."""
    keys: dict[UUID, ChildKey] = {}
    before = _ONE_FOR_EACH.set(keys)
    try:
        yield
    finally:
        _ONE_FOR_EACH.reset(before)
    keep(keys.items())


def keep(keys: Iterable[tuple[UUID, ChildKey]]) -> None:
    """Store keys, each with the child that it belongs to. Needs portal_batch."""
    kept = list(keys)
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO portal_keys.key (id, child_id, wrapped) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s)",
                [[key.id for _, key in kept], [child for child, _ in kept], [key.wrapped for _, key in kept]],
            )


def follow(records: Iterable[UUID], child: UUID) -> None:
    """Give the keys of these records' values to the identity that the records have moved to. Needs portal_batch."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"records": list(records), "child": child})


def is_one_missing() -> bool:
    """Whether a value of a child is under a key that the store does not have. Needs portal_batch.

    Whoever destroys a key deletes the values too, so the store is then an older one than the database.
    """
    return bool(
        value_of(
            f"SELECT EXISTS (SELECT FROM ({_NAMED_AT_ALL}) AS named WHERE id IS NOT NULL "  # noqa: S608 - our own names
            "AND NOT EXISTS (SELECT FROM portal_keys.key WHERE key.id = named.id))"
        )
    )


def _child_of(row: "Model") -> UUID | None:
    name = row._meta.model_name
    if name == "pupil":
        return row.child_id  # type: ignore[attr-defined]
    return row.pupil.child_id if name in ("homeaddress", "contact") else None  # type: ignore[attr-defined]


def key_of(value: str) -> str:
    """SQL: the id of the key that a value contains, or NULL where it contains none."""
    return (
        f"CASE WHEN substring({value} FROM 1 FOR 1) = '\\x00' "
        f"THEN encode(substring({value} FROM 2 FOR {ID_BYTES}), 'hex')::uuid END"
    )


# Tables with values about a child -> SQL: the child that a row belongs to, or NULL. Their fields say `childs=True`.
OWNERS: dict[str, str] = {
    "sharing_pupil": "child_id",
    "sharing_homeaddress": "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    "sharing_contact": "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    "sharing_challenge": "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    "sharing_transfer": (
        "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = coalesce(pupil_id, leaving_id))"
    ),
    "sharing_opening": "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    "sharing_explanation": (
        "(SELECT child_id FROM sharing_opening JOIN sharing_pupil ON sharing_pupil.id = pupil_id "
        "WHERE sharing_opening.id = opening_id)"
    ),
    "sharing_closing": "child_id",
    "sharing_legalhold": "child_id",
    "sharing_subjectrequest": "child_id",
}
_OF_RECORDS: dict[str, tuple[str, ...]] = {
    "sharing_pupil WHERE id": ("upn", "former_upn", "uln"),
    "sharing_homeaddress WHERE pupil_id": ("address", "postcode"),
    "sharing_contact WHERE pupil_id": ("name", "address", "telephones", "email"),
    "sharing_challenge WHERE pupil_id": ("statement", "answer", "withdrawn_because"),
    "sharing_opening WHERE pupil_id": ("reason",),
    "sharing_explanation WHERE (SELECT pupil_id FROM sharing_opening WHERE sharing_opening.id = opening_id)": ("text",),
    "sharing_transfer WHERE coalesce(pupil_id, leaving_id)": ("upn", "declined_because"),
}
_NAMED = " UNION ALL ".join(
    f"SELECT {key_of(column)} FROM {place} = ANY(%(records)s::uuid[])"  # noqa: S608 - our own names
    for place, columns in _OF_RECORDS.items()
    for column in columns
)
_NAMED_AT_ALL = " UNION ALL ".join(
    f"SELECT {key_of(column)} AS id FROM {place.split()[0]}"  # noqa: S608 - our own names
    for place, columns in _OF_RECORDS.items()
    for column in columns
)
_FOLLOW = f"UPDATE portal_keys.key SET child_id = %(child)s WHERE id IN ({_NAMED})"  # noqa: S608
