"""Names as people search for and sort them: O’Brien is O'Brien, and Łukasz is next to Lukas."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Func, Q, TextField, Value
from django.db.models.lookups import Contains

from sharing.statements import rows_of


class Plain(Func):
    """A name in the form in which it is compared: lower case, no accents, no apostrophes (sql/in_indexes.sql)."""

    function = "sharing_plain"
    output_field = TextField()


def plainly(names: Iterable[str]) -> dict[str, str]:
    """Each of these names with the form in which it is compared, for names that are not in a table yet."""
    return dict(rows_of("SELECT name, sharing_plain(name) FROM unnest(%s::text[]) AS name", list({*names})))


def words_of(text: str) -> list[str]:
    """The words of a name as somebody types it, or copies it from a list: “Hughes, Gwen” has two."""
    return text.replace(",", " ").split()


def each_word(text: str, name: Any) -> Q:
    """The name contains each word of `text`, whatever the accents, capitals, hyphens and apostrophes."""
    return Q(*(Contains(Plain(name), Plain(Value(word))) for word in words_of(text)))


def in_order_of(*names: str) -> tuple[Plain, ...]:
    """What to sort rows by, for the order of these names.

    By itself PostgreSQL may put Łukasz after Zoë, and van Dyk after both.
    """
    return tuple(Plain(name) for name in names)
