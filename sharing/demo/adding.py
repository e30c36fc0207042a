"""Many new rows of one table, brought in by COPY: three times as fast as INSERT."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from sharing.crypto import encrypt
from sharing.fields import EncryptedTextField

NOTHING = r"\N"
FEW = 200
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def add(model: type[Model], rows: Sequence[Model], *, but: Iterable[str] = ()) -> None:
    """Store new rows. `but`: columns that the database fills by itself, as it does a number that counts up."""
    if len(rows) < FEW:
        model._default_manager.bulk_create(rows)
        return
    left_out = {"id" if model._meta.auto_field else "", *but}
    fields = [field for field in model._meta.concrete_fields if field.attname not in left_out]
    text = StringIO("".join("\t".join([_cell(field, row) for field in fields]) + "\n" for row in rows))
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        # COPY does not go into tables under policies.
        cursor.execute(f"CREATE TEMPORARY TABLE adding ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608
        cursor.copy_expert(f"COPY adding ({columns}) FROM STDIN", text)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM adding; DROP TABLE adding")  # noqa: S608


def sealed(text: str, column: str) -> str:
    """The text encrypted for the column "table.column", as COPY reads it; empty text is NULL."""
    return rf"\\x{encrypt(text, column=column).hex()}" if text else NOTHING


def _cell(field: "Field[Any, Any]", row: Model) -> str:
    value = getattr(row, field.attname)
    if isinstance(field, EncryptedTextField):
        return sealed(value, f"{row._meta.db_table}.{field.column}")
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
