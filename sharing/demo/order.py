"""Brings tables in line with what the demonstration wants, and writes nothing where they already are."""

import gc
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from sharing.demo.adding import add

Row = TypeVar("Row", bound=Model)
BATCH_SIZE = 1000


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Suspend garbage collection until all of the demonstration's rows are there, since it takes a second."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def put_in_order(stored: QuerySet[Row], wanted: Sequence[Row], *, key: str = "id", but: Collection[str] = ()) -> int:
    """Make the rows with the wanted keys as wanted, and return how many were added or changed.

    `key` is a unique field; `but` names columns that we do not write. Rows with other keys stay as they are.
    """
    model = stored.model
    columns = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", key)]
    columns = [column for column in columns if column not in but]
    keys = [getattr(row, key) for row in wanted]
    now = {getattr(row, key): _facts(row, columns) for row in stored.filter(**{f"{key}__in": keys})}
    differing = [row for row in wanted if now.get(getattr(row, key)) != _facts(row, columns)]
    add(model, [row for row in differing if getattr(row, key) not in now], but=but)
    model._default_manager.bulk_create(
        [row for row in differing if getattr(row, key) in now],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=columns,
    )
    return len(differing)


def exactly(stored: QuerySet[Row], wanted: Iterable[Row], *, but: Collection[str] = ()) -> int:
    """Make `stored` exactly `wanted`, whatever ids its rows have, and return how many were deleted or added.

    Rows are compared by all columns except those in `but`; encrypted text is compared in clear.
    """
    model = stored.model
    columns = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", *but)]
    facts = attrgetter(*columns)
    missing = {_hashable(facts(row)): row for row in wanted}
    found = stored.values_list("pk", *columns)
    surplus = [row[0] for row in found if missing.pop(_hashable(row[1:]), None) is None]
    if surplus:
        model._default_manager.filter(pk__in=surplus).delete()
    add(model, list(missing.values()), but=but)
    return len(surplus) + len(missing)


def _hashable(facts: Iterable[Any]) -> Hashable:
    return tuple(
        tuple(sorted(value.items())) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value
        for value in facts
    )


def _facts(row: Model, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)
