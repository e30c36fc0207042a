"""What prevents a start: each process checks this before it does anything (R6, R13, R38).

Raises ImproperlyConfigured, whose text says what to do: for a database in another encoding or with settings the portal
cannot work with, for tables that do not belong to portal_owner, for a restored database in which disposals were not
repeated, for rules that are missing or of another version, for tables of a newer version, or for keys with which the
records were not written.
"""

from django.db import connection

from sharing.keys.fit import refuse_keys_of_another, refuse_other_keys
from sharing.retention.replaying import disposals_agree, refuse_until_replayed
from sharing.roles import refuse_an_unfit_database, refuse_other_settings
from sharing.rules import (
    refuse_a_newer_database,
    refuse_tables_of_another,
    refuse_tables_without_rules,
    refuse_those_of_another_version,
)


def refuse_to_serve() -> None:
    """The checks of the web application, which reads no child to test keys."""
    _refuse_this_database()
    refuse_keys_of_another()


def refuse_to_work() -> None:
    """The checks of those who may read any child: the worker and the nightly jobs."""
    _refuse_this_database()
    refuse_other_keys()


def refuse_to_run(command: str) -> None:
    """The checks of a command, run by hand or at night. `dispose` repeats disposals, so it may find some to repeat."""
    _refuse_this_database(may_replay=command == "dispose")


def _refuse_this_database(*, may_replay: bool = False) -> None:
    with connection.cursor() as cursor:
        refuse_an_unfit_database(cursor)
        refuse_other_settings(cursor)
    refuse_tables_of_another()
    if may_replay:
        disposals_agree()
    else:
        refuse_until_replayed()
    refuse_those_of_another_version()
    refuse_a_newer_database()
    refuse_tables_without_rules()
