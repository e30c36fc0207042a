"""`migrate`, run as the role that owns the tables, and then the rules that PostgreSQL enforces."""

from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from sharing import rules
from sharing.roles import OWNER, others_of_the_portal, refuse_a_pool, refuse_an_unfit_database, refuse_other_settings

UNDER_WAY = "Another migrate is under way in this database. Wait until it has ended, then run this one again."
SOMEBODY_IS_THERE = (
    "The tables are in use, so this version of them, and its rules of who may see what, are not all in force. Stop "
    "the portal, its worker and the nightly jobs, then run migrate again (docs/operators/upgrade.md)."
)
RUNNING = (
    "Part of the portal is connected ({}). If it started before this migrate, restart it: it is of another version."
)
FROM_BEFORE = (
    "This database is from before 29 November 2026. Run migrate: it takes the database over, and changes no table to "
    "do so."
)
TOO_OLD = (
    "This database was last brought up to date before 29 November 2026. Check out commit 761b22a, run migrate there, "
    "then check out this version and run migrate again (docs/operators/upgrade.md)."
)
# The first and the last of the old migrations, all of which were replaced by today's first ones.
FIRST_BEFORE = ("access_register", "0001_initial")
LAST_BEFORE = {("access_register", "0211_managers_in_a_misuse"), ("sharing", "0276_advice_of_the_council")}
FIRST = {
    ("access_register", "0001_person"),
    ("access_register", "0002_register"),
    ("access_register", "0003_beginning"),
    ("sharing", "0001_initial"),
    ("sharing", "0002_beyond_the_models"),
}


class Command(migrate.Command):
    help = migrate.Command.help + (
        " Runs as portal_owner, with no other migrate beside it. Ends with the rules of */sql and sharing.rls."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_pool()
        with connection.cursor() as cursor:
            refuse_an_unfit_database(cursor)
            refuse_other_settings(cursor)
            cursor.execute(f"SET ROLE {OWNER}; SET statement_timeout = 0")
            # Nobody waits for this lock: an index made concurrently would wait for those who did.
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))")
            is_alone = cursor.fetchone() == (True,)
        try:
            if not is_alone:
                raise CommandError(UNDER_WAY)
            rules.refuse_tables_of_another()
            only_asks = bool(options.get("plan") or options.get("check_unapplied"))
            _take_up_from_before(only_asks=only_asks)
            rules.refuse_a_newer_database()
            super().handle(*args, **options)
            if options.get("check_unapplied"):
                rules.refuse_those_of_another_version()
                if not rules.is_as_made():
                    raise CommandError(f"{rules.NOT_AS_MADE} {rules.MAKE_ANEW}")
            elif not only_asks and not options.get("app_label"):
                self.bring_rules_in_force(verbosity=options["verbosity"])
        except OperationalError as wrong:
            if not isinstance(wrong.__cause__, (DeadlockDetected, LockNotAvailable)):
                raise
            raise CommandError(SOMEBODY_IS_THERE) from None
        finally:
            # It ends with the connection too, but a moment later: a migrate that follows would find it taken.
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_all()")
            connection.close()

    def bring_rules_in_force(self, *, verbosity: int) -> None:
        are_new = rules.bring_in_force()
        if verbosity:
            how = "now as this version says" if are_new else "already as this version says"
            self.stdout.write(f"What PostgreSQL enforces is {how}.")
            if are_new and (others := others_of_the_portal()):
                self.stdout.write(RUNNING.format(", ".join(f"{login}: {number}" for login, number in others)))


def _take_up_from_before(*, only_asks: bool) -> None:
    """Treat a database that has run all the old migrations as one that has run today's first migrations."""
    recorder = MigrationRecorder(connection)
    ran = {step for step in recorder.applied_migrations() if step[0] in ("access_register", "sharing")}
    if FIRST_BEFORE not in ran:
        return
    if not ran >= LAST_BEFORE:
        raise CommandError(TOO_OLD)
    if only_asks:
        raise CommandError(FROM_BEFORE)
    with transaction.atomic(), connection.cursor() as cursor:
        recorder.migration_qs.filter(app__in=("access_register", "sharing")).delete()
        for step in sorted(FIRST):
            recorder.record_applied(*step)
        cursor.execute(
            "ALTER TABLE access_register_protocolversion RENAME CONSTRAINT "
            "access_register_protocolversion_in_force_from_ad5a34f9_uniq TO "
            "access_register_protocolversion_in_force_from_key"
        )
