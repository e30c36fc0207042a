"""Names as people look for them and put them in order: O’Brien is O'Brien, and Łukasz stands beside Lukas."""

from typing import Any

from django.db.models import Func, Q, TextField, Value
from django.db.models.lookups import Contains


class Plain(Func):
    """A name as it is compared: small letters, no accents, no apostrophes (sql/in_indexes.sql)."""

    function = "sharing_plain"
    output_field = TextField()


def words_of(text: str) -> list[str]:
    """The words of a name as somebody types it, or copies it from a list: “Hughes, Gwen” has two."""
    return text.replace(",", " ").split()


def each_word(text: str, name: Any) -> Q:
    """The name has each word of `text` in it; accents, capitals, hyphens and apostrophes make no difference."""
    return Q(*(Contains(Plain(name), Plain(Value(word))) for word in words_of(text)))


def in_order_of(*names: str) -> tuple[Plain, ...]:
    """To put rows in order by these names. PostgreSQL by itself may put Łukasz after Zoë, and van Dyk after both."""
    return tuple(Plain(name) for name in names)
