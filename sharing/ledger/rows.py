"""What pages say about a row of the ledger: what it was about, what came of it, and how many it was about (R43)."""

from collections.abc import Mapping
from typing import Any

from sharing.ledger.words import words_of
from sharing.models import LedgerEntry

OUTCOMES = {
    LedgerEntry.Outcome.SHOWN.value: "Seen",
    LedgerEntry.Outcome.CHANGED.value: "Done",
    LedgerEntry.Outcome.REFUSED.value: "Refused",
}


def told_of(row: LedgerEntry) -> str:
    """What a row was about. It does not say that somebody got a file that was no longer there."""
    words = words_of(row.action)
    return f"{words}: it was no longer there" if row.about.get("given") is False else words


def how_many(about: Mapping[str, Any]) -> str:
    """How many children or members of staff were on the page: "50 of 312 pupils". Empty where it was not about any."""
    for whose, one, several in (("pupils", "pupil", "pupils"), ("staff", "member of staff", "members of staff")):
        shown = about.get(whose)
        if isinstance(shown, list):
            total = about.get("of")
            of = f" of {total:,}" if isinstance(total, int) and total > len(shown) else ""
            return f"{len(shown)}{of} {one if len(shown) == 1 and not of else several}"
    return ""
