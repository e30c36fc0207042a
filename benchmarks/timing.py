"""How long statements take, and which of the rounds counts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection


def quickest(taken: list[float]) -> float:
    """The slowest of the quickest tenth, since whatever else runs on the machine can only add to a time."""
    return sorted(taken)[len(taken) // 10]


@contextmanager
def asking() -> Iterator[list[float]]:
    """Collect the seconds of each statement inside."""
    spent: list[float] = []
    with connection.execute_wrapper(partial(_timed, spent)):
        yield spent


@contextmanager
def asking_and_committing() -> Iterator[list[float]]:
    """Collect the same, with each COMMIT as well."""
    with (
        asking() as spent,
        mock.patch.object(connection, "_commit", partial(_timed, spent, connection._commit)),  # type: ignore[attr-defined]
    ):
        yield spent


def _timed(spent: list[float], do: Callable[..., Any], *given: Any) -> Any:
    began = time.perf_counter()
    try:
        return do(*given)
    finally:
        spent.append(time.perf_counter() - began)
