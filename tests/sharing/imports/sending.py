"""Sending a file as the upload page does, and looking at what became of it."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from sharing import door
from sharing.authorise import Asker
from sharing.imports.uploads import received
from sharing.models import Import
from tests.people import as_batch
from tests.sharing.imports.tiny import SCHOOL

TABLES = ("pupil", "enrolment", "child", "pupilneeds", "attendance", "transfer")


def send(asker: Asker, text: str, *, urn: int | None = SCHOOL, kind: str = "tiny", name: str = "tiny.txt") -> int:
    """Upload a file. Answers the import's id."""
    chosen = next(one for one in door.list_imports(asker, urn).kinds if one.slug == kind)
    with received([SimpleUploadedFile(name, text.encode())], chosen) as upload:
        return door.upload_import(asker, urn, kind=kind, upload=upload)


def now(import_id: int) -> Import:
    with as_batch():
        return Import.objects.get(pk=import_id)


def force(import_id: int, **facts: Any) -> None:
    """What a worker leaves behind that was killed."""
    with as_batch():
        Import.objects.filter(pk=import_id).update(**facts)


def store() -> dict[str, Any]:
    """The whole store of pupils as it stands on disk, and the length of the ledger of imports."""
    found: dict[str, Any] = {}
    with as_batch(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)) FROM sharing_{table} AS t")
            found[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM sharing_ledgerentry WHERE action = 'apply_import'")
        found["applied in the ledger"] = cursor.fetchone()[0]
    return found


def pieces(import_id: int) -> int:
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sharing_importpiece WHERE of_id = %s", [import_id])
        return cursor.fetchone()[0]


def as_file(text: str, name: str = "tiny.txt") -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = name
    return file
