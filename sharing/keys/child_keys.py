"""A key for each child's own facts (R13): destroying it makes them unreadable, in every copy of the database too.

A value of a child is sealed under a data key (AES-256), and names it. The data keys lie in one table of a schema of its
own, `portal_keys.key`, each wrapped under the key ring (sharing.crypto). Ordinary backups do not hold that schema
(docs/operators/retention.md): an old backup beside today's keys cannot be read where the key is gone.

A child has as many keys as there were writings: an import makes the key of a row before it knows whose row it is. A
value that the website writes itself is under the key ring until `manage.py rotate_keys` moves it to the child's.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from sharing import crypto
from sharing.crypto import KEY_BYTES, NONCE_BYTES, CannotDecrypt

if TYPE_CHECKING:
    from django.db.models import Model

HEAD = b"\0"  # No key of the ring has an empty name, so no other value begins so.
ID_BYTES = 16
TABLE, COLUMN = "portal_keys.key", "portal_keys.key.wrapped"


class ChildKey(NamedTuple):
    """A data key that is kept nowhere yet: `keep` stores it, once it is known whose it is."""

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
        """As a UUID is written, without the hyphens."""
        return self.number.hex()

    def seal(self, text: str, *, column: str) -> bytes:
        """`text` under this key, bound to "table.column"."""
        nonce = os.urandom(NONCE_BYTES)
        return HEAD + self.number + nonce + self.key.encrypt(nonce, text.encode(), column.encode())


class Sealed(bytes):
    """What is sealed already, and goes into its column as it is."""


def read(stored: bytes, *, column: str) -> str:
    """The text of a value as `portal_with_key` answers with it: the wrapped key before it, where a child's key it is.

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
    """The text under a key of the child whose row it is, kept now; None where the website may write such rows.

    Needs portal_batch, as the tables that it answers for do.
    """
    child = _child_of(row)
    if child is None:
        return None
    key = ChildKey.make()
    keep([(child, key)])
    return Sealed(key.seal(text, column=column))


def keep(keys: Iterable[tuple[UUID, ChildKey]]) -> None:
    """Store keys, each with the child whose it is. Needs portal_batch."""
    kept = list(keys)
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO portal_keys.key (id, child_id, wrapped) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s)",
                [[key.id for _, key in kept], [child for child, _ in kept], [key.wrapped for _, key in kept]],
            )


def follow(records: Iterable[UUID], child: UUID) -> None:
    """Records have gone over to another identity: the keys of their values go with them. Needs portal_batch."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"records": list(records), "child": child})


def _child_of(row: "Model") -> UUID | None:
    name = row._meta.model_name
    if name == "pupil":
        return row.child_id  # type: ignore[attr-defined]
    return row.pupil.child_id if name in ("homeaddress", "contact") else None  # type: ignore[attr-defined]


def key_of(value: str) -> str:
    """SQL: the id of the key that a value names, NULL where it names none."""
    return (
        f"CASE WHEN substring({value} FROM 1 FOR 1) = '\\x00' "
        f"THEN encode(substring({value} FROM 2 FOR {ID_BYTES}), 'hex')::uuid END"
    )


# Tables with values of a child -> SQL: whose row it is, NULL where it is no child's. Their fields say `childs=True`.
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
_FOLLOW = f"UPDATE portal_keys.key SET child_id = %(child)s WHERE id IN ({_NAMED})"  # noqa: S608
