"""A file that waits to be collected: encrypted once more at rest, in pieces, and deleted after 24 hours (R13, R14)."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from sharing.crypto import decrypt_bytes, encrypt_bytes
from sharing.days import later
from sharing.imports.pieces import PIECE
from sharing.models import Download, DownloadPiece, DownloadSecret

# Letters and digits that cannot be mistaken for each other, and no vowels: four groups of four give 75 bits.
ALPHABET: Final = "bcdfghjkmnpqrstvwxz23456789"
_GROUPS, _LETTERS = 4, 4
LASTS: Final = timedelta(hours=24)  # since it was asked for, if nobody collects it


def new_passphrase() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS))


def keep(download_id: int, content: bytes) -> None:
    """Store the file in encrypted pieces, each bound to its position."""
    DownloadPiece.objects.bulk_create(
        DownloadPiece(
            of_id=download_id,
            number=number,
            sealed=encrypt_bytes(content[start : start + PIECE], column=_place(download_id, number)),
        )
        for number, start in enumerate(range(0, len(content), PIECE))
    )


def take_out(download_id: int) -> bytes:
    """Return the file and delete it here."""
    pieces = DownloadPiece.objects.filter(of=download_id).order_by("number")
    content = b"".join(decrypt_bytes(bytes(piece.sealed), column=_place(download_id, piece.number)) for piece in pieces)
    forget(download_id)
    return content


def forget(*download_ids: int) -> None:
    DownloadPiece.objects.filter(of__in=download_ids).delete()


def oldest() -> datetime:
    """The instant before which a request is too old to be handed out: 24 hours ago, even if the clocks change."""
    return timezone.now() - LASTS


def collect_by(asked_at: datetime) -> datetime:
    """When the file is deleted if nobody collects it."""
    return later(asked_at, LASTS)


def lapse() -> int:
    """Delete files not collected within 24 hours, and every passphrase as old as that. Runs as portal_batch.

    Returns how many files lapsed.
    """
    lapsed = _lapse(Q(asked_at__lt=oldest()))
    DownloadSecret.objects.filter(of__asked_at__lt=oldest()).delete()
    return lapsed


def lapse_at(establishment_id: int) -> None:
    """Delete what waits at an establishment whose records are gone, as nobody can collect it. Runs as portal_batch."""
    _lapse(Q(establishment=establishment_id))


def _lapse(which: Q) -> int:
    waits = [Download.State.WAITING, Download.State.MAKING, Download.State.READY]
    late = Download.objects.filter(which, state__in=waits)
    ids = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if ids:
        forget(*ids)
        Download.objects.filter(pk__in=ids).update(state=Download.State.LAPSED)
    return len(ids)


def _place(download_id: int, number: int) -> str:
    return f"sharing_downloadpiece.sealed/{download_id}/{number}"
