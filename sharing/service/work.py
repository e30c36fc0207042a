"""The background worker: whatever needs doing without somebody waiting for the page, one thing after another.

Each kind of work has its own table, in which the state of a row says that it waits (docs/adr/0014).
"""

import logging
import os
import time
from collections.abc import Callable
from typing import Final

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection, connections

from sharing.downloads import making as downloads
from sharing.imports import running
from sharing.reports import making
from sharing.retention import working as disposals
from sharing.service import service_runs
from sharing.service.starting import refuse_to_work
from sharing.statistics_store import asking
from sharing.unusual import raising

log = logging.getLogger(__name__)
SECONDS_BETWEEN: Final = 1.0
SECONDS_AFTER_TROUBLE: Final = 5.0
SECONDS_UNTIL_TRIED_AGAIN: Final = 60.0  # one kind of work that failed, while the others have much to do
SECONDS_BETWEEN_SIGNS: Final = 60.0  # between signs of life, for the operations page
# Each looks for one thing to do, does it as portal_batch, and says whether there was one. Layers above add their own.
WORK: list[Callable[[], bool]] = [
    downloads.do_next,
    running.do_next,
    making.do_next,
    asking.do_next,
    disposals.do_next,
    raising.raise_the_worst,
]


def until_nothing_waits(after_each: Callable[[], None] = lambda: None) -> int:
    """Do everything that waits now. Returns how many things were done.

    Raises what one kind of work met with, once the others have been done.
    """
    done, troubles = 0, dict[Callable[[], bool], tuple[Exception, float]]()  # what failed, and when

    def has_done(do: Callable[[], bool]) -> bool:
        if do in troubles and time.monotonic() < troubles[do][1] + SECONDS_UNTIL_TRIED_AGAIN:
            return False
        try:
            is_done = do()
        except Exception as trouble:
            troubles[do] = trouble, time.monotonic()
            return False
        if gone := troubles.pop(do, None):
            _log(do, gone[0])  # nobody else tells it any more
        return is_done

    while any(has_done(do) for do in WORK):
        done += 1
        after_each()
    if troubles:
        if not all(isinstance(trouble, (OperationalError, InterfaceError)) for trouble, _ in troubles.values()):
            service_runs.work_failed()
        # A fault of our own comes first: with one of the database, the worker would go on as if there were no other.
        told = min((trouble for trouble, _ in troubles.values()), key=lambda trouble: isinstance(trouble, Error))
        for do, (trouble, _) in troubles.items():
            if type(trouble) is not type(told):
                _log(do, trouble)
        raise told
    return done


def _log(do: Callable[[], bool], trouble: Exception) -> None:
    log.error("the worker met with this, in %s: %s", do.__module__, type(trouble).__name__)


def until_ended(*, parent: int | None = None) -> None:
    """Work until the process is ended, or until the process `parent`, which started this one, is gone.

    Raises ImproperlyConfigured, also where the database was upgraded meanwhile, or an older copy of it was put back.
    """
    sign_of_life = _signs_of_life()
    while parent is None or os.getppid() == parent:
        try:
            sign_of_life()
            until_nothing_waits(sign_of_life)
            time.sleep(SECONDS_BETWEEN)
        except Error as trouble:
            log.error("the worker could not go on, and tries again: %s", _in_words(trouble))
            connections.close_all()
            sign_of_life = _signs_of_life()
            time.sleep(SECONDS_AFTER_TROUBLE)
        close_old_connections()


def _in_words(trouble: Error) -> str:
    """What the log says: for a missing connection the first line, which names the server and nobody.

    What follows that line may quote a row.
    """
    has_none = connection.connection is None and isinstance(trouble, OperationalError)
    return str(trouble).partition("\n")[0] if has_none else type(trouble.__cause__ or trouble).__name__


def _signs_of_life() -> Callable[[], None]:
    """Tells the operations page that the worker is there, at most every minute, if the database is still fit for it."""
    told = float("-inf")

    def tell() -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_SIGNS:
            told = time.monotonic()
            refuse_to_work()
            service_runs.record(service_runs.Job.WORKER)

    return tell
