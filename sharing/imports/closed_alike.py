"""Keeps a closed child closed when a file gives the child another number (P7).

A school may send a new UPN without the former one; or two children may share a UPN, and nobody knows which of them is
meant. Until somebody has looked, a new record that may be the closed child's is hidden too. An information manager who
finds that it is another child ends that closing like any other.
"""

from typing import Final

from django.utils import timezone

from sharing.imports.staging import run
from sharing.ledger import ledger
from sharing.models import Closing

LOOK: Final = (
    "{} Closed by an import: a new record has the name and date of birth of a closed child of the same school, or the "
    "UPN of a closed child. End it if it is somebody else."
)
# New records from the file, for an identity that is not closed, which have the name and date of birth of a closed
# child's record at the same establishment, or the UPN of a closed child's record anywhere.
_ALIKE: Final = """
    WITH closed AS (
        SELECT closing.id, record.child_id, record.establishment_id, record.upn_index, record.born_on,
               sharing_plain(record.surname) AS surname, sharing_plain(record.forename) AS forename
        FROM sharing_closing AS closing JOIN sharing_child AS child ON child.id = closing.child_id
        JOIN sharing_pupil AS record ON record.child_id IN (child.id, child.same_as_id)
        WHERE closing.id = ANY (%(in_force)s))
    SELECT DISTINCT closed.id, record.child_id
    FROM closed JOIN told_pupil AS told
      ON told.upn_index = closed.upn_index
      OR (told.establishment_id = closed.establishment_id AND told.born_on = closed.born_on
          AND sharing_plain(told.surname) = closed.surname AND sharing_plain(told.forename) = closed.forename)
    JOIN told_record AS record ON record.n = told.n AND record.known_id IS NULL
    WHERE record.child_id NOT IN (SELECT child_id FROM closed)
    ORDER BY 1, 2
"""


def close() -> None:
    """Close each such child in the way the other is closed: by and for the same people, until the same instant."""
    in_force = list(Closing.objects.in_force(timezone.now()).values_list("pk", flat=True))
    for closing_id, child_id in run(_ALIKE, {"in_force": in_force}) if in_force else ():
        closing = Closing.objects.get(pk=closing_id)
        closing.pk, closing._state.adding, closing.child_id = None, True, child_id
        closing.reason = LOOK.format(str(closing.reason))
        closing.save()
        about = {"closing": closing.pk, "like": closing_id}
        ledger.changed(action="close_alike", about=about)
