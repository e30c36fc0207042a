"""Disposal by the schedules: counting what is due, and deleting it once a second person has approved.

Deleting goes in batches. Each is a separate transaction, together with the keys that it destroys, the traces that it
leaves in `portal_keys.gone`, and the numbers of the certificate. Whatever ends the process (even kill -9) leaves no
batch half done, and the next run continues with the rest.
"""

# ruff: noqa: S608 (the names in the SQL are those of our own tables and columns)

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import F
from django.utils import timezone

from sharing.ledger import ledger
from sharing.models import Disposal, DisposalLine
from sharing.retention.schedules import DISPOSED_OF, Schedule
from sharing.roles import BATCH, acting_as
from sharing.signals import disposal_counted, disposal_stopped

AT_ONCE: Final = 1000
State = Disposal.State
Counts = Counter[tuple[str, int | None]]
"""(kind, establishment or None) -> how many records."""

# What is due and not held. If one of a child's records is held, none of them goes. Nor do they if somebody has asked
# for them, until that is answered (UK GDPR, Article 15; Data Protection Act 2018, section 173). A school is held under
# each of its URNs. What was said of a child who has since become two again holds both, as it does two with one UPN.
_DUE = """
    WITH RECURSIVE due (row, establishment, child) AS MATERIALIZED ({due}),
    holds (child, establishment, at) AS (
        SELECT child_id, establishment_id, placed_at FROM sharing_legalhold
        WHERE lifted_at IS NULL AND (until IS NULL OR until >= %(today)s)
        UNION ALL SELECT child_id, NULL, recorded_at FROM sharing_subjectrequest WHERE state = 'open'),
    meant (child, at) AS (
        SELECT child, at FROM holds WHERE child IS NOT NULL
        UNION SELECT undone.child_id, meant.at FROM meant JOIN sharing_childmerge AS undone ON into_id = meant.child
        WHERE meant.at BETWEEN undone.at AND undone.undone_at),
    held (child) AS (
        SELECT child FROM meant
        UNION SELECT same_as_id FROM meant JOIN sharing_child ON id = child WHERE same_as_id IS NOT NULL
        UNION SELECT child_id FROM meant JOIN sharing_child AS known ON child IN (known.id, known.same_as_id)
        JOIN sharing_pupil USING (upn_index)),
    free AS (SELECT row, establishment, child FROM due WHERE row NOT IN (
                SELECT row FROM due WHERE child IN (SELECT child FROM held) OR establishment IN (
                    SELECT sharing_under_any_urn(ARRAY(SELECT establishment FROM holds WHERE child IS NULL)))
                UNION ALL SELECT row FROM ({tells_of}) AS told (row, child) WHERE child IN (SELECT child FROM held)))
"""
_WITHOUT_CHILDREN = "free.child IS NULL OR free.child NOT IN (SELECT child FROM goes_with_child)"
_NOTE_AS_GONE = "INSERT INTO portal_keys.gone (disposal_id, kind, row_id)"
_AGAIN = "ON CONFLICT (kind, row_id) DO UPDATE SET disposal_id = excluded.disposal_id"
# Only imports wait for these two locks: they settle whose record is whose, and what is held.
_LOCKS = "SELECT pg_advisory_xact_lock(hashtext('sharing_pupil')), pg_advisory_xact_lock(hashtext('sharing_legalhold'))"


def count(as_of: date, of: Collection[Schedule] = DISPOSED_OF) -> Counts:
    """What would go, by kind and establishment: for these kinds, and always for children.

    What goes with its child is not counted a second time. Needs portal_batch.
    """
    counts: Counts = Counter()
    told = {"as_of": as_of, "today": timezone.localdate()}
    child, *others = DISPOSED_OF
    with connection.cursor() as cursor:
        _run(cursor, "DROP TABLE IF EXISTS pg_temp.goes_with_child")
        _run(
            cursor,
            f"CREATE TEMPORARY TABLE goes_with_child ON COMMIT DROP AS {_due(child)} SELECT * FROM free",
            told,
        )
        _run(cursor, "SELECT establishment, count(*) FROM goes_with_child GROUP BY 1")
        counts.update({(child.kind, place): number for place, number in cursor.fetchall()})
        for schedule in others:
            if schedule not in of:
                continue
            asked = f"SELECT establishment, count(*) FROM free WHERE {_WITHOUT_CHILDREN} GROUP BY 1"
            _run(cursor, f"{_due(schedule)} {asked}", told)
            counts.update({(schedule.kind, place): number for place, number in cursor.fetchall()})
    return counts


def due(schedule: Schedule, as_of: date, most: int) -> list[tuple[str, int | None]]:
    """(row, establishment) of what is due and not held, for `most` rows at most. Needs portal_batch."""
    with connection.cursor() as cursor:
        _run(
            cursor,
            f"{_due(schedule)}, taken AS (SELECT DISTINCT row FROM free ORDER BY row LIMIT %(most)s) "
            "SELECT row, establishment FROM free WHERE row IN (SELECT row FROM taken)",
            {"as_of": as_of, "today": timezone.localdate(), "most": most},
        )
        return cursor.fetchall()


def _due(schedule: Schedule) -> str:
    return _DUE.format(due=schedule.due, tells_of=schedule.tells_of)


def write_preview(disposal: Disposal) -> None:
    """Store the lines that the second person looks at."""
    with acting_as(BATCH):
        DisposalLine.objects.filter(disposal=disposal).delete()
        DisposalLine.objects.bulk_create(
            DisposalLine(disposal=disposal, kind=kind, establishment_id=place, counted=number)
            for (kind, place), number in sorted(count(disposal.as_of).items(), key=lambda one: str(one[0]))
        )
        if Disposal.objects.filter(pk=disposal.pk, state=State.ASKED).update(state=State.COUNTED):
            disposal_counted.send(sender=Disposal, disposal=disposal)


def dispose(disposal: Disposal) -> Iterator[int]:
    """Delete what was approved. Yields after each committed batch how many records it was.

    If more is due by now than was approved, nothing more is deleted and the disposal is overtaken. That is checked for
    all kinds before the first batch, and for its own kind with each batch.
    """
    try:
        if not disposal.gone:
            with acting_as(BATCH):
                _check_as_approved(disposal, DISPOSED_OF)
        for schedule in _still_to_do(disposal):
            while number := _batch(disposal, schedule):
                yield number
    except _HasGrown:
        settle(disposal, State.OVERTAKEN)
    else:
        settle(disposal, State.DONE)


def delete(schedule: Schedule, rows: list[str], disposal: Disposal) -> None:
    """Delete the rows of a kind and note that in the store of the keys, in the caller's transaction as portal_batch."""
    with connection.cursor() as cursor:
        _run(
            cursor,
            "INSERT INTO portal_keys.disposal (id, at, as_of, gone) VALUES (%(id)s, now(), %(as_of)s, %(gone)s) "
            "ON CONFLICT (id) DO UPDATE SET gone = disposal.gone + excluded.gone",
            {"id": disposal.number, "as_of": disposal.as_of, "gone": len(rows)},
        )
        if schedule.joined:
            told = {"id": disposal.number, "kind": joined_to(schedule.kind), "rows": rows}
            _run(
                cursor,
                f"{_NOTE_AS_GONE} SELECT %(id)s, %(kind)s, row FROM ({schedule.joined}) AS joined (row) {_AGAIN}",
                told,
            )
        for statement in schedule.deletes:
            _run(cursor, statement, {"rows": rows})
        _run(
            cursor,
            f"{_NOTE_AS_GONE} SELECT %(id)s, %(kind)s, unnest(%(rows)s) {_AGAIN}",
            {"id": disposal.number, "kind": schedule.kind, "rows": rows},
        )


def joined_to(kind: str) -> str:
    """The kind under which the store of the keys notes rows that went along with those that were counted."""
    return f"joined to {kind}"


def _still_to_do(disposal: Disposal) -> Sequence[Schedule]:
    """The kinds in their order, from the one at which an earlier run ended. What the later kinds made due among those
    before it, such as a contract whose last line has gone, waits for the next disposal."""
    with acting_as(BATCH):
        begun = set(disposal.lines.filter(disposed__gt=0).values_list("kind", flat=True))
    last = max((place for place, schedule in enumerate(DISPOSED_OF) if schedule.kind in begun), default=0)
    return DISPOSED_OF[last:]


class _HasGrown(Exception):
    """More is due than was approved."""


def _check_as_approved(disposal: Disposal, of: Collection[Schedule]) -> None:
    left = {(line.kind, line.establishment_id): line.counted - line.disposed for line in disposal.lines.all()}
    if any(number > left.get(what, 0) for what, number in count(disposal.as_of, of).items()):
        raise _HasGrown


def _batch(disposal: Disposal, schedule: Schedule) -> int:
    with acting_as(BATCH):
        with connection.cursor() as cursor:
            _run(cursor, _LOCKS)
        _check_as_approved(disposal, (schedule,))
        found = due(schedule, disposal.as_of, AT_ONCE)
        rows = sorted({row for row, _ in found})
        if rows:
            delete(schedule, rows, disposal)
            Disposal.objects.filter(pk=disposal.pk).update(gone=F("gone") + len(rows))
            note(disposal, schedule, Counter(place for _, place in found))
    return len(found)


def note(disposal: Disposal, schedule: Schedule, numbers: "Counter[int | None]") -> None:
    """Add to the certificate's lines how many records of the kind were deleted, by establishment."""
    for place, number in numbers.items():
        lines = DisposalLine.objects.filter(disposal=disposal, kind=schedule.kind, establishment=place)
        if not lines.update(disposed=F("disposed") + number):
            DisposalLine.objects.create(
                disposal=disposal, kind=schedule.kind, establishment_id=place, counted=0, disposed=number
            )


def settle(disposal: Disposal, state: Disposal.State) -> None:
    """Record that it is over, with what has gone by then, and tell people where it is not done: all or nothing, even if
    the worker is killed."""
    with acting_as(BATCH), ledger.written_last():
        Disposal.objects.filter(pk=disposal.pk).update(state=state, done_at=timezone.now())
        numbers: Counter[str] = Counter()
        for line in disposal.lines.all():
            numbers[line.kind] += line.disposed
        about: dict[str, Any] = {"disposal": disposal.pk, "state": state.value, "disposed": dict(numbers)}
        ledger.changed(action="dispose", about=about)
        if state != State.DONE:
            disposal_stopped.send(sender=Disposal, disposal=disposal)


def _run(cursor: Any, statement: str, params: dict[str, Any] | None = None) -> None:
    cursor.execute(statement, params)
