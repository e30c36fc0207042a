"""The kinds of file that can be brought in, by the word that identifies each in addresses and commands."""

from sharing.imports import census, classes, collect, ctf, results, workforce
from sharing.imports.kinds import Kind
from sharing.published import PUBLISHED_KINDS

_ALL: tuple[Kind, ...] = (
    census.KIND,
    collect.KIND,
    ctf.KIND,
    results.KIND,
    classes.KIND,
    workforce.KIND,
    *PUBLISHED_KINDS,
)
KINDS: dict[str, Kind] = {kind.slug: kind for kind in _ALL}
# Kinds that only the command line brings in, with the names that the list of imports shows.
_BY_COMMAND = {"gias": "Establishments (GIAS)"}


def name_of(slug: str) -> str:
    """The kind's name for a page, even for a kind that is brought in by command or no longer exists."""
    kind = KINDS.get(slug)
    return kind.name if kind else _BY_COMMAND.get(slug, slug.capitalize())
