"""The history of each line: what happened to it, as facts and in words (R36).

To change a line, take its `facts` first, store it, and call `tell`: this is how the register of any past day is known.
"""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from access_register.levels import Level
from access_register.models import LineEvent, RegisterLine
from sharing.days import day_in_words
from sharing.narrowing import in_words

MOST_WORDS = 500
ROLES, BASES = dict(RegisterLine.Role.choices), dict(RegisterLine.Basis.choices)
KEPT = (
    "level", "role", "basis", "basis_words", "given_by_name", "year_groups", "withheld", "reviews_missed",
    "suspended_because", "withdrawn_because", "version",
)  # fmt: skip
KEPT_DAYS = ("starts_on", "ends_on", "level_since", "review_due_on", "confirmed_on")


def facts(line: RegisterLine) -> dict[str, Any]:
    """The line as it is now, in values that JSON can hold."""
    kept = {name: getattr(line, name) for name in KEPT}
    days = {name: day.isoformat() if (day := getattr(line, name)) else None for name in KEPT_DAYS}
    return {
        **kept,
        **days,
        "year_groups": list(line.year_groups),
        "withheld": list(line.withheld),
        "head": line.is_head,
        "pending": line.awaiting_since is not None,
        "suspended": line.suspended_at is not None,
        "withdrawn": line.withdrawn_at is not None,
    }


def tell(
    line: RegisterLine,
    what: str,
    *,
    by_name: str,
    before: dict[str, Any] | None = None,
    because: str = "",
    at: datetime | None = None,
    undo_until: date | None = None,
) -> LineEvent:
    """Add to the line's history. `what` is a key of PAST_TENSE; `because` is the reason typed, or the rule's reason."""
    at, after = at or timezone.now(), facts(line)
    told = PAST_TENSE[what](before or {}, after)
    reason = because or _basis(after) if what in ("given", "raised", "changed") else because
    why = f": {reason}" if reason else ""
    sentence = f"On {day_in_words(timezone.localdate(at))} {by_name} {told}{why}"
    return LineEvent.objects.create(
        line=line,
        establishment_id=line.establishment_id,
        at=at,
        what=what,
        words=sentence if len(sentence) <= MOST_WORDS else f"{sentence[: MOST_WORDS - 1]}…",
        by_name=by_name,
        before=before,
        after=after,
        undo_until=undo_until,
    )


def own_last_day(line: RegisterLine, of_contract: date) -> date | None:
    """The last day that the line has of its own, not by its contract, which ends on `of_contract`: the one that it had
    before the contract was made to end sooner, unless somebody has given it another one since."""
    if line.ends_on != of_contract:
        return line.ends_on
    own = None
    for event in line.events.order_by("-at", "-pk"):
        before, after = (event.before or {}).get("ends_on"), event.after["ends_on"]
        if event.what == "cut":
            own = _day_of(before)
        elif before != after:
            break
    return own


def what_changed(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Which kind of change this edit is: raised, lowered, or changed in another way."""
    if before["level"] == after["level"]:
        return "changed"
    return "raised" if after["level"] < before["level"] else "lowered"


def _day(text: str | None) -> str:
    return day_in_words(date.fromisoformat(text)) if text else "no last day"


def _basis(after: dict[str, Any]) -> str:
    label = BASES.get(after["basis"], "")
    return after["basis_words"] or f"{label[:1].lower()}{label[1:]}"


def _from_level(verb: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    others = _differences(before, after)
    return f"{verb} this line from Level {before['level']} to Level {after['level']}{f', {others}' if others else ''}"


def _differences(before: dict[str, Any], after: dict[str, Any]) -> str:
    words = []
    if before["role"] != after["role"]:
        words.append(f"role from “{ROLES[before['role']]}” to “{ROLES[after['role']]}”")
    if before["starts_on"] != after["starts_on"]:
        words.append(f"first day from {_day(before['starts_on'])} to {_day(after['starts_on'])}")
    if before["ends_on"] != after["ends_on"]:
        words.append(f"last day from {_day(before['ends_on'])} to {_day(after['ends_on'])}")
    if before["level"] == after["level"] and _basis(before) != _basis(after):
        words.append("why Level 2 is needed")
    return ", ".join(words)


def _new(after: dict[str, Any]) -> str:
    days = days_in_words(date.fromisoformat(after["starts_on"]), _day_of(after["ends_on"]))
    return f"Level {after['level']}{_narrowed(after)}{days and f',{days}'}"


def _day_of(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def days_in_words(first: date, last: date | None) -> str:
    """From when a line opens something, if that is in the future, and until when, with a space before."""
    begins = first > timezone.localdate()
    if last:
        return f" from {day_in_words(first)} to {day_in_words(last)}" if begins else f" until {day_in_words(last)}"
    return f" from {day_in_words(first)}" if begins else ""


def _narrowed(after: dict[str, Any]) -> str:
    """How a new line is narrowed, in words. Empty at any level but 2, where narrowing has no effect."""
    left = in_words(after["year_groups"], after["withheld"]) if after["level"] == Level.TWO else ""
    return f", {left}" if left else ""


def _narrowing(after: dict[str, Any]) -> str:
    left = in_words(after["year_groups"], after["withheld"])
    return f"narrowed this line: {left}" if left else "removed the narrowing of this line"


PAST_TENSE: dict[str, Any] = {
    "given": lambda before, after: f"gave this line at {_new(after)}",
    "invited": lambda before, after: f"invited this person to {_new(after)}",
    "carried": lambda before, after: f"carried this line over at {_new(after)}",
    "accepted": lambda before, after: "accepted the invitation",
    "raised": lambda before, after: _from_level("raised", before, after),
    "lowered": lambda before, after: _from_level("lowered", before, after),
    "changed": lambda before, after: f"changed this line: {_differences(before, after) or 'saved again as it was'}",
    "cut": lambda before, after: f"changed this line: {_differences(before, after)}",
    "narrowed": lambda before, after: _narrowing(after),
    "suspended": lambda before, after: "suspended this line",
    "resumed": lambda before, after: "lifted the suspension of this line",
    "confirmed": lambda before, after: "confirmed this line",
    "withdrawn": lambda before, after: "withdrew this line",
    "ended": lambda before, after: f"ended this line on {_day(after['ends_on'])}",
    "missed": lambda before, after: "left this line as it is for now",
    "past": lambda before, after: f"noted that this line's last day was {_day(after['ends_on'])}",
    "renamed": lambda before, after: "recorded another name for this person",
    "moved": lambda before, after: "recorded another email address for this person",
    "undone": lambda before, after: f"undid the last change: Level {after['level']} again",
}
