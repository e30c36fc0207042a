"""After a restore: what had been disposed of is deleted again, before the portal serves anybody (R13).

The store of the keys (portal_keys) knows each row that was disposed of. It agrees with the database when both count the
same number of rows for each disposal. Until then neither the portal, nor its worker, nor a command starts.
"""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import ProgrammingError, connection
from django.utils import timezone
from psycopg2.errors import UndefinedFunction

from sharing import children
from sharing.keys import child_keys
from sharing.ledger import ledger
from sharing.models import Disposal
from sharing.retention.disposing import AT_ONCE, joined_to, note
from sharing.retention.schedules import BY_KIND
from sharing.roles import BATCH, acting_as
from sharing.statements import rows_of, values_of

REPLAY = (
    "An older copy of the database was put back: records that were disposed of are in it again. "
    "Run `manage.py dispose --replay` before anything starts."
)
OLDER = (
    "The store of the children's keys is older than the database. Put back the newest copy of the schema portal_keys "
    "(docs/operators/retention.md)."
)
NO_STORE = "The store of the children's keys (schema portal_keys) is not there. Put back its newest copy."
NO_TABLES = (
    "The tables of the portal are not in the database that DATABASE_URL names, or are those of an older version. "
    "Run `manage.py migrate` with owner.env, or put right the name of the database."
)
BY_NAME = "The service, after a restore"
# Merges, newest first, of identities of which some were disposed of and others were not: since this copy was made, they
# had been undone.
_UNDONE_SINCE = """
    SELECT done.id FROM sharing_childmerge AS done
    JOIN sharing_child AS one ON one.id = ANY (
        ARRAY[done.child_id, done.into_id] || ARRAY(SELECT jsonb_array_elements_text(done.moved)::uuid))
    LEFT JOIN portal_keys.gone ON gone.row_id = one.id::text AND gone.kind = ANY (%s)
    WHERE done.undone_at IS NULL
    GROUP BY done.id HAVING count(DISTINCT gone.row_id) NOT IN (0, count(DISTINCT one.id)) ORDER BY done.id DESC
"""


class NotReplayed(CommandError, ImproperlyConfigured):
    """Nothing may start on this database. The text says what to do; it ends a command and also gunicorn."""


class KeyStoreIsOlder(Exception):
    """Nothing can be replayed. The text says what to do."""


def refuse_until_replayed() -> None:
    """The single check of the web application, the worker and the commands.

    Raises NotReplayed while the database still has what was disposed of, and OperationalError where it does not answer.
    """
    if not disposals_agree():
        raise NotReplayed(REPLAY)


def disposals_agree() -> bool:
    """Whether the store of the keys and the database count the same disposals.

    Raises NotReplayed where either is not there, and OperationalError where the database does not answer.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_disposals_agree()")
            return bool(cursor.fetchone()[0])
    except ProgrammingError as error:
        if error.__cause__ is None or error.__cause__.pgcode is None:  # type: ignore[attr-defined]
            raise  # the address itself is not valid
        raise NotReplayed(NO_TABLES if isinstance(error.__cause__, UndefinedFunction) else NO_STORE) from error


def replay() -> Iterator[tuple[str, int]]:
    """Delete again what the store of the keys knows to be disposed of. Yields kind and number, batch by batch.

    Raises KeyStoreIsOlder. Repeating it does no harm: a disposal counts as replayed once its last batch is committed.
    """
    with acting_as(BATCH), connection.cursor() as cursor:
        cursor.execute("SELECT id, as_of, at, gone FROM portal_keys.disposal ORDER BY at")
        known = {number: (as_of, at, gone) for number, as_of, at, gone in cursor.fetchall()}
        here = dict(Disposal.objects.filter(gone__gt=0).values_list("number", "gone"))
    if any(gone > known.get(number, (None, None, 0))[2] for number, gone in here.items()):
        raise KeyStoreIsOlder(OLDER)
    _undo_merges_undone_since()
    for number, (as_of, at, gone) in known.items():
        if here.get(number) != gone:
            yield from _replay(number)
            with acting_as(BATCH), ledger.written_last():
                disposal, _ = Disposal.objects.update_or_create(
                    number=number,
                    defaults={"gone": gone},
                    create_defaults={
                        "gone": gone, "as_of": as_of, "asked_by_name": BY_NAME, "decided_by_name": BY_NAME,
                        "decided_at": at,
                    },
                )  # fmt: skip
                _certify(disposal)
                about = {"disposal": disposal.pk, "gone": gone}
                ledger.changed(action="replay_disposal", about=about)
    with acting_as(BATCH):
        if child_keys.is_one_missing():
            raise KeyStoreIsOlder(OLDER)


def _undo_merges_undone_since() -> None:
    """Make identities two again, so that each child's records are with the child: only theirs go."""
    with acting_as(BATCH):
        undone = values_of(_UNDONE_SINCE, ["child", joined_to("child")])
    for merge in undone:
        children.undo(merge, by_name=BY_NAME)


def _replay(number: UUID) -> Iterator[tuple[str, int]]:
    for kind, schedule in BY_KIND.items():
        last = ""
        while schedule.deletes:
            with acting_as(BATCH), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT row_id FROM portal_keys.gone WHERE disposal_id = %s AND kind = ANY (%s) AND row_id > %s "
                    "ORDER BY row_id LIMIT %s",
                    [number, [kind, joined_to(kind)], last, AT_ONCE],
                )
                rows = [row for (row,) in cursor.fetchall()]
                for statement in schedule.deletes if rows else ():
                    cursor.execute(statement, {"rows": rows})
            if not rows:
                break
            last = rows[-1]
            yield kind, len(rows)


def _certify(disposal: Disposal) -> None:
    """Mark it as done again, with lines by kind as the store of the keys counts them."""
    counted = rows_of(
        "SELECT kind, count(*) FROM portal_keys.gone WHERE disposal_id = %s AND kind = ANY (%s) GROUP BY kind",
        disposal.number, list(BY_KIND),
    )  # fmt: skip
    disposal.lines.all().delete()
    for kind, number in counted:
        note(disposal, BY_KIND[kind], Counter({None: number}))
    now = timezone.now()
    Disposal.objects.filter(pk=disposal.pk).update(
        state=Disposal.State.DONE, done_at=now, decided_at=disposal.decided_at or now
    )
