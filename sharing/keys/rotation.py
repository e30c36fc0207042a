"""Putting encrypted values under the key in use (R13): what `manage.py rotate_keys` does to columns.

A child's facts are under the child's own keys (sharing.keys.child_keys): those keys are wrapped again, and the facts
stay as they are. What the website wrote about a child under the key ring moves to a key of the child.

Each batch is a separate transaction: whatever ends the process (even kill -9) leaves each value whole under one key or
the other, and the next run continues with the rest. Readers are not held up; a writer waits for one batch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps  # noqa: TID251 - every model there is, so that no column is forgotten
from django.db import connection, models

from sharing import crypto
from sharing.fields import EncryptedTextField
from sharing.keys import child_keys
from sharing.roles import BATCH, acting_as

ROWS, DOCUMENTS = 500, 20  # in a batch: documents are large
# Documents and files, sealed in code (sharing.crypto.encrypt_bytes) under the name of their column.
SEALED = frozenset(
    {
        "access_register_contract.document",
        "sharing_downloadpiece.sealed",
        "sharing_importpiece.sealed",
        "sharing_report.sealed",
        "sharing_restrictedfile.content",
    }
)
# What a value is bound to besides its column, as SQL: a piece of a file to its import and place, a report to its row.
NOWHERE = "''"
PLACE = {
    "sharing_downloadpiece": "'/' || of_id || '/' || number",
    "sharing_importpiece": "'/' || of_id || '/' || number",
    "sharing_report": "'/' || id",
    child_keys.TABLE: "'/' || replace(id::text, '-', '')",
}
# The ledger's chain: hashes, which are not secret.
NOT_SEALED = frozenset(
    {
        "sharing_ledgerentry.previous_hash",
        "sharing_ledgerentry.hash",
        "sharing_signedhead.hash",
        "sharing_signedhead.signature",
    }
)


@dataclass(frozen=True)
class Sealed:
    """The encrypted columns of one table."""

    table: str
    key: str
    columns: tuple[str, ...]
    batch: int

    @property
    def owner(self) -> str:
        """SQL: the child that a row belongs to; NULL where it belongs to none."""
        return child_keys.OWNERS.get(self.table, "NULL::uuid")


def sealed_tables() -> tuple[Sealed, ...]:
    """Every table with an encrypted column, found by looking at all models."""
    found = [Sealed(child_keys.TABLE, "id", ("wrapped",), ROWS)]
    for model in apps.get_models():
        table = model._meta.db_table
        columns = tuple(str(field.column) for field in model._meta.local_fields if is_sealed(table, field))
        if columns:
            is_text = all(f"{table}.{column}" not in SEALED for column in columns)
            found.append(Sealed(table, str(model._meta.pk.column), columns, ROWS if is_text else DOCUMENTS))
    return tuple(sorted(found, key=lambda sealed: sealed.table))


def is_sealed(table: str, field: models.Field) -> bool:
    return isinstance(field, EncryptedTextField) or f"{table}.{field.column}" in SEALED


def left(sealed: Sealed) -> dict[str, int]:
    """Column -> how many values are not under the key in use."""
    counts = ", ".join(f"count(*) FILTER (WHERE {_is_old(column, sealed.owner)})" for column in sealed.columns)
    heads = [crypto.head_in_use()] * len(sealed.columns)
    with acting_as(BATCH), connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM {sealed.table}", _pairs(heads))  # noqa: S608
        return dict(zip(sealed.columns, cursor.fetchone(), strict=True))


def rotate(sealed: Sealed) -> Iterator[int]:
    """Put the values of a table under the key in use. Yields after each committed batch how many rows it wrote.

    Raises CannotDecrypt where a value's key is not in FIELD_KEYS; then nothing of that batch is written.
    """
    last: Any = None
    while True:
        with acting_as(BATCH):
            rows = _old_rows(sealed, last)
            for row in rows:
                _write(sealed, row)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


def _old_rows(sealed: Sealed, last: Any) -> list[tuple]:
    """The next rows with a value under another key, locked against writers until the batch is committed."""
    is_old = " OR ".join(_is_old(column, sealed.owner) for column in sealed.columns)
    heads = _pairs([crypto.head_in_use()] * len(sealed.columns))
    after = f"AND {sealed.key} > %s" if last is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sealed.key}, {sealed.owner}, {PLACE.get(sealed.table, NOWHERE)}, {', '.join(sealed.columns)} "  # noqa: S608
            f"FROM {sealed.table} WHERE ({is_old}) {after} "
            f"ORDER BY {sealed.key} LIMIT {sealed.batch} FOR UPDATE",
            [*heads, *([last] if last is not None else [])],
        )
        return cursor.fetchall()


def _write(sealed: Sealed, row: tuple) -> None:
    number, child, place, *values = row
    seal = crypto.seal_again if child is None else _under_a_key_of(child)
    anew = [
        seal(value, column=f"{sealed.table}.{column}{place}") if value else value
        for column, value in zip(sealed.columns, values, strict=True)
    ]
    settings = ", ".join(f"{column} = %s" for column in sealed.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {sealed.table} SET {settings} WHERE {sealed.key} = %s", [*anew, number])  # noqa: S608


def _under_a_key_of(child: UUID) -> Callable[..., bytes]:
    key = child_keys.ChildKey.make()
    child_keys.keep([(child, key)])

    def seal(stored: bytes, *, column: str) -> bytes:
        stored = bytes(stored)
        if stored.startswith(child_keys.HEAD):
            return stored
        return key.seal(crypto.decrypt(stored, column=column), column=column)

    return seal


def _is_old(column: str, owner: str) -> str:
    """SQL: there is a value, and it is neither under the key in use nor, if it is a child's, under a key of a child."""
    is_childs = f"substring({column} FROM 1 FOR 1) = '\\x00'"
    under_the_ring = f"substring({column} FROM 1 FOR %s) = %s AND ({owner}) IS NULL"
    return f"(length({column}) > 0 AND NOT ({is_childs} OR {under_the_ring}))"


def _pairs(heads: list[bytes]) -> list[Any]:
    return [part for head in heads for part in (len(head), head)]
