"""Which lists an officer may keep under a name, and with which filters: a closed set, so that no personal data gets in.

Neither words typed to search with nor a page number is ever kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sharing.door.establishments import ORDERS
from sharing.door.release_desk import STATES
from sharing.models import Locality
from sharing.models.establishments import Kind
from sharing.returns import Status


def _localities() -> dict[str, str]:
    return {name: name for name in Locality.objects.by_name().values_list("name", flat=True)}


@dataclass(frozen=True)
class Filter:
    """A filter in the address of a list. `options`: each value it may have, with its words, or the value itself."""

    name: str
    words: str
    options: Callable[[], Mapping[str, str]]
    speaks_for_itself: bool = False

    def says(self, value: str) -> str:
        return value if self.speaks_for_itself else self.options().get(value, value)


TRANSFERS = {"waiting": "Waiting for an answer", "overdue": "Overdue", "declined": "Declined"}
KIND = Filter("kind", "Type", lambda: dict(Kind.choices))
VIEWS: dict[str, tuple[str, tuple[Filter, ...]]] = {
    "establishments": (
        "Establishments", (KIND, Filter("sort", "Order", lambda: {key.value: key.label for key in ORDERS}))
    ),
    "school_finder": ("School Finder", (KIND, Filter("locality", "Locality", _localities, speaks_for_itself=True))),
    "returns_across": ("Returns of establishments", (Filter("state", "State", lambda: {one: one for one in Status}),)),
    "all_transfers": (
        "Transfers", (Filter("only", "Show", lambda: TRANSFERS),)
    ),
    "releases": ("Releases", (Filter("state", "State", lambda: STATES),)),
}  # fmt: skip


def chosen(page: str, typed: Mapping[str, str]) -> list[tuple[Filter, str]]:
    """The filters from the closed set that an address contains, each with its value."""
    return [(one, typed[one.name]) for one in VIEWS[page][1] if typed.get(one.name) in one.options()]


def in_words(page: str, typed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((one.words, one.options()[value]) for one, value in chosen(page, typed))


def as_kept(page: str, kept: Mapping[str, str]) -> str:
    """A view in one line, without asking the database: whatever is kept was once on the list."""
    title, filters = VIEWS[page]
    said = [f"{one.words}: {one.says(kept[one.name])}" for one in filters if one.name in kept]
    return ", ".join([title, *said])


def as_query(page: str, typed: Mapping[str, str]) -> str:
    return urlencode([(one.name, value) for one, value in chosen(page, typed)])
