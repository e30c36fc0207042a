"""What pages say about a row of the ledger (R43): what it was about, what came of it, whom or how many it was about."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from sharing.ledger.words import ACTS, words_of
from sharing.models import LedgerEntry

OUTCOMES = {
    LedgerEntry.Outcome.SHOWN.value: "Seen",
    LedgerEntry.Outcome.CHANGED.value: "Done",
    LedgerEntry.Outcome.REFUSED.value: "Refused",
}
# Of something to be done: the same was sent twice, or it was done already.
NOTHING_CHANGED = "Nothing changed"
# What a row says of a file, passphrase or report that was not given -> why.
_NOT_GIVEN = {
    ("given", False): "it was no longer there",
    ("too_late", True): "it was too late",
    ("still_being_made", True): "it was still being made",
    ("shown_before", True): "it had been shown before",
    ("not_made_yet", True): "it was not made yet",
}
WHOSE = {"pupils": ("pupil", "pupils"), "staff": ("member of staff", "members of staff")}


def told_of(row: LedgerEntry) -> str:
    """What a row was about. It does not say that somebody got what they were not given."""
    words = words_of(row.action)
    why_not = next((why for (name, told), why in _NOT_GIVEN.items() if row.about.get(name) is told), "")
    return f"{words}: {why_not}" if why_not else words


def came_of(row: LedgerEntry) -> str:
    """What came of it: an act of which the page only showed that there was nothing to do is not called seen."""
    if row.outcome == LedgerEntry.Outcome.SHOWN and row.action in ACTS:
        return NOTHING_CHANGED
    return OUTCOMES[row.outcome]


def names_of(rows: Iterable[LedgerEntry]) -> dict[int, str]:
    """The names of today of those whose access, duty, appointment or account these rows are about."""
    people = {person for row in rows if (person := _other(row))}
    return dict(get_user_model().objects.filter(pk__in=people).values_list("pk", "name")) if people else {}


def whom(row: LedgerEntry, names: Mapping[int, str]) -> str:
    """Whom else a row was about. Their account may have been deleted since: then only its number is left."""
    person = _other(row)
    return names.get(person, f"account {person}, since deleted") if person else ""


def _other(row: LedgerEntry) -> int | None:
    person = row.about.get("person")
    return person if isinstance(person, int) and person != row.person_id else None


def how_many(about: Mapping[str, Any]) -> str:
    """How many children or members of staff were on the page: "50 of 312 pupils". Empty where it was not about any.

    Of a list of both: "1 pupil and 2 members of staff, of 40 people".
    """
    counts = {words: len(about[whose]) for whose, words in WHOSE.items() if isinstance(about.get(whose), list)}
    if not counts:
        return ""
    shown, total = sum(counts.values()), about.get("of")
    total = total if isinstance(total, int) and total > shown else 0
    if len(counts) == 1:
        (words,) = counts
        return f"{shown:,} of {_counted(total, words)}" if total else _counted(shown, words)
    said = " and ".join(_counted(number, words) for words, number in counts.items() if number) or "0 people"
    return f"{said}, of {total:,} people" if total else said


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number:,} {words[number != 1]}"
