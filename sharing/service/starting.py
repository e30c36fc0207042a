"""What stands in the way of a start: each process looks before it does anything (R6, R13, R38).

Raises ImproperlyConfigured, whose text says what to do: a restored database that was not disposed of again, rules of
another version, or keys that the records were not written with.
"""

from sharing.keys.fit import refuse_keys_of_another, refuse_other_keys
from sharing.retention.replaying import refuse_until_replayed
from sharing.rules import refuse_those_of_another_version


def refuse_to_serve() -> None:
    """For the web application, which reads no child to look at keys."""
    _refuse_this_database()
    refuse_keys_of_another()


def refuse_to_work() -> None:
    """For those who may read any child: the worker and the nightly jobs."""
    _refuse_this_database()
    refuse_other_keys()


def refuse_to_run(command: str) -> None:
    """For what is run by hand or by night. `dispose` may do again what had been disposed of: it alone is not asked."""
    if command == "dispose":
        refuse_those_of_another_version()
    else:
        _refuse_this_database()


def _refuse_this_database() -> None:
    refuse_until_replayed()
    refuse_those_of_another_version()
