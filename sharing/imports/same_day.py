"""Returns of one day that were applied before: a school's own, and those in an export of all schools (R22, R23)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Final

from django.db.models import Q
from django.utils import timezone

from sharing.days import day_in_words
from sharing.imports.files import file_hash
from sharing.imports.problems import named
from sharing.models import Import

SINGLE, EXPORT = "census", "collect"
WHICH: Final = {
    (SINGLE, SINGLE): "Another return of this day",
    (SINGLE, EXPORT): "The export of all schools of this day",
    (EXPORT, EXPORT): "Another export of this day",
}


def applied(day: date, urns: Collection[int]) -> list[Import]:
    """Applied imports of that day for any of these establishments, newest first."""
    in_an_export = Q(kind=EXPORT, report__by_establishment__has_any_keys=[str(urn) for urn in urns])
    of_these = Q(kind=SINGLE, establishment__urn__in=urns) | in_an_export
    found = Import.objects.filter(of_these, state=Import.State.APPLIED, as_of=day).defer("report", "problems")
    return list(found.order_by("-finished_at", "-pk"))


def of_a_return(before: Sequence[Import], path: Path) -> Iterator[str]:
    """A note if a single return is not the first of its day: it may be the correction, or the one corrected."""
    if before:
        yield _differs(SINGLE, before[0], path)


def of_an_export(before: Sequence[Import], path: Path, names: Mapping[int, str]) -> Iterator[str]:
    """The same notes for an export: about the last export, and the single returns since. `names` are by key."""
    if export := next((one for one in before if one.kind == EXPORT), None):
        yield _differs(EXPORT, export, path)
    since = {one.establishment_id for one in takewhile(lambda one: one.kind == SINGLE, before)}
    if places := [name for place, name in names.items() if place in since]:
        yield (
            f"Returns of this day have been applied separately: {named(sorted(places))}. Where this export differs "
            "from them, it will count."
        )


def newest(before: Sequence[Import]) -> str:
    """The newest import, for an outcome's digest: whoever has not read about it has not seen what would be undone."""
    return str(before[0].pk) if before else ""


def _differs(kind: str, before: Import, path: Path) -> str:
    applied_on = timezone.localdate(before.finished_at or before.at)
    on = f"{day_in_words(applied_on)} by {before.settled_by or before.by}"
    if before.file_hash == file_hash(path):
        return f"This same file was applied on {on}."
    return f"{WHICH[kind, before.kind]} was applied on {on}. Where the two differ, this one will count."
