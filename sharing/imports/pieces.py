"""An uploaded file while it waits: in pieces of 1 MB, each encrypted and bound to its place (R13)."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from django.db import connection

from sharing.crypto import decrypt_bytes, encrypt_bytes
from sharing.models import Import, ImportPiece

PIECE: Final = 1024 * 1024  # bytes


class FileChanged(Exception):
    """What is stored is no longer the file that was uploaded."""


def _place(import_id: int, number: int) -> str:
    return f"sharing_importpiece.sealed/{import_id}/{number}"


def keep(import_id: int, content: Iterable[bytes]) -> None:
    """Encrypt the file and store it. The web application may write pieces and cannot read any back."""
    with connection.cursor() as cursor:
        for number, piece in enumerate(content):
            sealed = encrypt_bytes(piece, column=_place(import_id, number))
            cursor.execute(
                "INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, %s, %s)",
                [import_id, number, sealed],
            )


@contextmanager
def plain_file(row: Import) -> Iterator[Path]:
    """The file under its own name, for as long as it is read. Raises FileChanged.

    Its content has no name on the disk, so it disappears if the worker is killed. Only a link to it is in a directory
    that nobody else may enter.
    """
    with tempfile.TemporaryDirectory(prefix="portal-import-") as directory, tempfile.TemporaryFile() as content:
        _write_out(row, content)
        path = Path(directory) / (Path(str(row.file_name)).name or "file")
        opened = Path(f"/proc/{os.getpid()}/fd/{content.fileno()}")
        if opened.exists():
            path.symlink_to(opened)
        else:  # this machine has no /proc
            content.seek(0)
            with path.open("wb") as copy:
                shutil.copyfileobj(content, copy)
        yield path


def _write_out(row: Import, content: IO[bytes]) -> None:
    seen = sha256()
    for number in range(row.pieces.count()):
        piece = ImportPiece.objects.get(of=row, number=number)
        plain = decrypt_bytes(bytes(piece.sealed), column=_place(row.pk, number))
        seen.update(plain)
        content.write(plain)
    content.flush()
    if seen.hexdigest() != row.file_hash:
        raise FileChanged
