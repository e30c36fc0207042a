"""The process that is killed, or whose PostgreSQL is: it does the steps of a scenario and reports when each is done."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from tests.faults.scenarios import SCENARIOS  # noqa: E402
from tests.faults.server import going_to, kill_server  # noqa: E402

PROCESS, SESSION, SERVER = "the process", "one session of PostgreSQL", "PostgreSQL"
TARGETS = (PROCESS, SESSION, SERVER)


@dataclass(frozen=True)
class Strike:
    """kill -9 of the target, `delay` seconds after the statement with this number has begun."""

    target: str
    statement: int
    delay: float


class Striker:
    """Counts the statements of the default connection, and strikes."""

    def __init__(self, strike: Strike | None, postmaster: int) -> None:
        self.strike, self.postmaster, self.seen = strike, postmaster, 0
        self.blow: threading.Thread | None = None

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.seen += 1
        if self.strike and self.seen == self.strike.statement:
            self.begin()
        return execute(*given)

    def begin(self) -> None:
        session = connection.connection.info.backend_pid if connection.connection else 0
        self.blow = threading.Thread(target=self.hit, args=(session,))
        self.blow.start()

    def hit(self, session: int) -> None:
        assert self.strike
        time.sleep(self.strike.delay)
        if self.strike.target == PROCESS:
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.strike.target == SERVER:
            kill_server(self.postmaster)
        elif session:
            with suppress(ProcessLookupError):
                os.kill(session, signal.SIGKILL)


def act(
    tell: Any, home: str, name: str, scenario: str, facts: dict[str, Any], strike: Strike | None, postmaster: int,
    first: int, last: int | None,
) -> None:  # fmt: skip
    """Do the steps from `first` to `last`, or all of them. Reports ("done", step, statements so far), and ("lost", why,
    statements) if it cannot go on.
    """
    going_to(home, name)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    striker = Striker(strike, postmaster)
    try:
        with connection.execute_wrapper(striker):
            for number, step in enumerate(SCENARIOS[scenario].steps):
                if first <= number and (last is None or number <= last):
                    step.do(facts)
                    tell.send(("done", number, striker.seen))
    except Exception as problem:
        tell.send(("lost", repr(problem), striker.seen))
    finally:
        if strike and not striker.blow:
            striker.begin()
        if striker.blow:
            striker.blow.join()
        os._exit(0)
