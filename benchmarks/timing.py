"""How long statements take, and which of the rounds counts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection


def quickest(taken: list[float]) -> float:
    """The slowest of the quickest tenth: what else runs on the machine only ever adds."""
    return sorted(taken)[len(taken) // 10]


@contextmanager
def asking() -> Iterator[list[float]]:
    """The seconds of each statement inside."""
    spent: list[float] = []
    with connection.execute_wrapper(partial(_timed, spent)):
        yield spent


@contextmanager
def asking_and_committing() -> Iterator[list[float]]:
    """The same with each COMMIT."""
    with (
        asking() as spent,
        mock.patch.object(connection, "_commit", partial(_timed, spent, connection._commit)),
    ):
        yield spent


def _timed(spent: list[float], do: Callable[..., Any], *given: Any) -> Any:
    began = time.perf_counter()
    try:
        return do(*given)
    finally:
        spent.append(time.perf_counter() - began)
