"""What a query costs: the time of its statements, and the processor time of PostgreSQL's own process for them.

The first is how long a person waits, and grows with whatever else runs on the machine; the second hardly does.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import connection

from benchmarks.timing import asking_and_committing, quickest


class Cost:
    """The cost of the rounds of one way, in milliseconds."""

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
        """Time in SQL: the slowest of the quickest tenth."""
        return quickest(self._in_sql)

    @property
    def median(self) -> float:
        return median(self._in_sql)

    @property
    def worked(self) -> float:
        """Median processor time of the connection's process in PostgreSQL, without its helpers in parallel plans."""
        return median(self._worked)


def _worked() -> float:
    """Processor time so far, in milliseconds, as Linux counts it."""
    pid = connection.connection.get_backend_pid()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
