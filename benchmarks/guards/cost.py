"""What asking costs: the time of its statements, and what PostgreSQL's own process worked on them.

The first is what a person waits and grows with whatever else runs on the machine; the second hardly does.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import connection

from benchmarks.timing import asking_and_committing, quickest


class Cost:
    """Milliseconds of the rounds of one way."""

    def __init__(self) -> None:
        self._in_sql: list[float] = []
        self._worked: list[float] = []

    def run(self, ask: Callable[[], object]) -> None:
        before = _worked()
        with asking_and_committing() as spent:
            ask()
        self._worked.append(_worked() - before)
        self._in_sql.append(sum(spent) * 1000)

    @property
    def rounds(self) -> int:
        return len(self._in_sql)

    @property
    def quickest(self) -> float:
        """In SQL: the slowest of the quickest tenth."""
        return quickest(self._in_sql)

    @property
    def median(self) -> float:
        return median(self._in_sql)

    @property
    def worked(self) -> float:
        """Processor time of the connection's process in PostgreSQL (its helpers in parallel plans not), median."""
        return median(self._worked)


def _worked() -> float:
    """So far, in milliseconds, as Linux counts it."""
    pid = connection.connection.get_backend_pid()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
