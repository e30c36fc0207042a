"""The rows of a return to look at before it is applied: who is added, who leaves, and whose identity changes (R22).

These are places in the file. The names behind them are kept apart, for whoever brought it (sharing.imports.people).
A closed child is in none of them: they would say what is known of it here (R18).
"""

from typing import Final

from sharing.imports.pupil_parts import LEAVING
from sharing.imports.staging import run

_IDENTIFYING: Final = ["upn", "surname", "forename", "born_on", "sex"]
_NOBODY_LEAVES: Final = "FROM told_record AS told WHERE false"
_LOOKED_AT: Final = """
    WITH open AS (
        SELECT n, row, known_id, changed, place = 1 AND tells AS is_record FROM told_record
        WHERE known_id IS NULL OR known_id <> ALL (ARRAY(SELECT portal_closed())))
    SELECT 'joined' AS what, row FROM open WHERE is_record AND known_id IS NULL
    UNION SELECT 'left', row FROM open JOIN (SELECT told.n {leaving}) AS leaving USING (n)
    UNION SELECT what, row FROM open, unnest(changed) AS what WHERE is_record AND what = ANY(%(identifying)s)
    ORDER BY row
"""

_ON_RECORD: Final = """
    SELECT row, on_record FROM told_record WHERE known_id <> ALL (ARRAY(SELECT portal_closed()))
"""


def rows_to_look_at(*, has_stays: bool) -> list[tuple[str, list[int]]]:
    """The rows of the file that PupilStore has compared: by "joined", "left" and the column that changes.

    `has_stays`: the file says when its pupils joined and left.
    """
    found: dict[str, list[int]] = {}
    looked_at = _LOOKED_AT.format(leaving=LEAVING if has_stays else _NOBODY_LEAVES)
    for what, row in run(looked_at, {"identifying": _IDENTIFYING}):
        found.setdefault(what, []).append(row)
    return [(what, found[what]) for what in ("joined", "left", *_IDENTIFYING) if what in found]


def names_on_record() -> dict[int, str]:
    """Row -> "Surname, Forename" on record, also where the record is newer and keeps its name."""
    return dict(run(_ON_RECORD))
