"""Writing the history of the Access Register: what was done to a line, by whom, and how it was left (R36)."""

from datetime import UTC, date, datetime
from typing import Any

from access_register.models import LineEvent, RegisterLine

# All that says what a line opens, and why. What only counts or dates itself (version, last use) is left out.
FACTS = (
    "level", "seat", "role", "basis", "basis_words", "starts_on", "ends_on", "given_by_name", "level_since",
    "awaiting_since", "suspended_at", "suspended_by_name", "suspended_because", "year_groups", "withheld",
    "contract_id", "review_due_on", "confirmed_on", "reviews_missed",
    "withdrawn_at", "withdrawn_by_name", "withdrawn_because",
)  # fmt: skip


def facts(line: RegisterLine) -> dict[str, Any]:
    """The line as it is, in plain values that JSON can hold."""
    return {name: _plain(getattr(line, name)) for name in FACTS}


def record(
    line: RegisterLine,
    what: str,
    words: str,
    by_name: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    undo_until: date | None = None,
) -> LineEvent:
    """Add to the line's story. `before` and `after` are its `facts`; `before` is None for a line that is new.

    `undo_until`: the last day on which the head may undo it in one click.
    """
    return LineEvent.objects.create(
        line=line,
        establishment_id=line.establishment_id,
        what=what,
        words=words,
        by_name=by_name,
        before=before,
        after=after,
        undo_until=undo_until,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, list) else value
