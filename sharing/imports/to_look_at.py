"""The rows of a return to look at before it is applied: who is added, who leaves, and whose identity changes (R22).

These are places in the file. The names behind them are kept apart, for whoever brought it (sharing.imports.people).
A closed child is in none of them: they would say what is known of it here (R18).
"""

from typing import Final

from sharing.imports.pupil_parts import LEAVING
from sharing.imports.staging import run

_IDENTIFYING: Final = ["upn", "surname", "forename", "born_on", "sex"]
_LOOKED_AT: Final = f"""
    WITH open AS (
        SELECT n, row, known_id, changed, place = 1 AND tells AS is_record FROM told_record
        WHERE known_id IS NULL OR known_id <> ALL (ARRAY(SELECT portal_closed())))
    SELECT 'joined' AS what, row FROM open WHERE is_record AND known_id IS NULL
    UNION SELECT 'left', row FROM open JOIN (SELECT told.n {LEAVING}) AS leaving USING (n)
    UNION SELECT what, row FROM open, unnest(changed) AS what WHERE is_record AND what = ANY(%(identifying)s)
    ORDER BY row
"""  # noqa: S608 (our own condition)


def rows_to_look_at() -> list[tuple[str, list[int]]]:
    """The rows of the file that PupilStore has compared: by "joined", "left" and the column that changes."""
    found: dict[str, list[int]] = {}
    for what, row in run(_LOOKED_AT, {"identifying": _IDENTIFYING}):
        found.setdefault(what, []).append(row)
    return [(what, found[what]) for what in ("joined", "left", *_IDENTIFYING) if what in found]
