"""The kinds of file that can be brought in, by the word that stands for each in addresses and commands."""

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
# Kinds that only the command line brings in, as the list of imports names them.
_BY_COMMAND = {"gias": "Establishments (GIAS)"}


def name_of(slug: str) -> str:
    """The kind's name for a page, also of one that is brought in by command or not known any more."""
    kind = KINDS.get(slug)
    return kind.name if kind else _BY_COMMAND.get(slug, slug.capitalize())
