"""Adds many new rows to one table by COPY, which is three times as fast as INSERT."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from sharing.crypto import encrypt
from sharing.fields import EncryptedTextField
from sharing.keys.child_keys import ChildKey, keep
from sharing.models import Contact, HomeAddress, Pupil

NOTHING = r"\N"
FEW = 200
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def add(model: type[Model], rows: Sequence[Model], *, but: Iterable[str] = ()) -> None:
    """Store new rows. `but`: columns that the database fills itself, such as a serial number."""
    if len(rows) < FEW:
        model._default_manager.bulk_create(rows)
        return
    left_out = {"id" if model._meta.auto_field else "", *but}
    fields = [field for field in model._meta.concrete_fields if field.attname not in left_out]
    keys = _keys_for(model, rows)
    text = StringIO(
        "".join("\t".join([_cell(field, row, keys.get(id(row))) for field in fields]) + "\n" for row in rows)
    )
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        # COPY does not work on tables with row-level security.
        cursor.execute(f"CREATE TEMPORARY TABLE adding ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608
        cursor.copy_expert(f"COPY adding ({columns}) FROM STDIN", text)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM adding; DROP TABLE adding")  # noqa: S608


def sealed(text: str, column: str, key: ChildKey | None = None) -> str:
    """The text encrypted for the column "table.column", in COPY's format; empty text is NULL. `key` is the child's."""
    if not text:
        return NOTHING
    return copied(key.seal(text, column=column) if key else encrypt(text, column=column))


def copied(value: bytes) -> str:
    """Bytes in COPY's format."""
    return rf"\\x{value.hex()}"


def _keys_for(model: type[Model], rows: Sequence[Any]) -> dict[int, ChildKey]:
    """Make and store a key for each row with a child's encrypted text; keyed by the row's `id()`."""
    if model is Pupil:
        children = [row.child_id for row in rows]
    elif model in (HomeAddress, Contact):
        known = dict(Pupil.objects.filter(pk__in={row.pupil_id for row in rows}).values_list("pk", "child_id"))
        children = [known[row.pupil_id] for row in rows]
    else:
        return {}
    keys = [ChildKey.make() for _ in rows]
    keep(zip(children, keys, strict=True))
    return {id(row): key for row, key in zip(rows, keys, strict=True)}


def _cell(field: "Field[Any, Any]", row: Model, key: ChildKey | None) -> str:
    value = getattr(row, field.attname)
    if isinstance(field, EncryptedTextField):
        return sealed(value, f"{row._meta.db_table}.{field.column}", key)
    kind = type(value)
    if kind is str:
        return value.translate(_ESCAPED) if "\\" in value or not value.isprintable() else value
    if value is None:
        return NOTHING
    if kind is bool:
        return "t" if value else "f"
    if isinstance(value, dict):
        return json.dumps(value).translate(_ESCAPED)
    if isinstance(value, list):
        return "{" + ",".join(f'"{each}"' for each in value) + "}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
