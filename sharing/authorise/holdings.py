"""What a person holds today: fetched in the statement that tells PostgreSQL who asks."""

from dataclasses import dataclass

from django.db import connection

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission

# The choice is told first, then who asks; what is out of scope is asked when both are known.
_ENTER = """
    SELECT entered.establishment_id, entered.codename, entered.reason,
           entered.establishment_id IN (SELECT portal_out_of_scope())
    FROM set_config('portal.acting_for', %s, true) AS chosen, LATERAL portal_enter(%s, %s) AS entered
"""


@dataclass(frozen=True)
class Holdings:
    """The live rows of the permission table of one person at one site: (establishment, permission, reason).

    `set_aside` holds the rows of a third party's other sponsors, for whom the person does not act now (R24).
    """

    rows: tuple[tuple[int, str, str], ...]
    set_aside: tuple[tuple[int, str, str], ...] = ()

    @classmethod
    def announced(cls, asker: Asker) -> "Holdings":
        """Tell PostgreSQL who asks, for this transaction, and learn what the person holds."""
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [asker.acting_for, asker.person_id, asker.through.value])
            found = cursor.fetchall()
        return cls(
            tuple((*row,) for *row, is_set_aside in found if not is_set_aside),
            tuple((*row,) for *row, is_set_aside in found if is_set_aside),
        )

    def anywhere(self) -> set[int]:
        """The establishments at which the person holds anything."""
        return {establishment for establishment, _, _ in self.rows}

    def at(self, permission: Permission) -> set[int]:
        return {establishment for establishment, codename, _ in self.rows if codename == permission}

    def best(self, permission: Permission) -> dict[int, str]:
        """Establishment -> why the person holds the permission there."""
        return {establishment: reason for establishment, codename, reason in self.rows if codename == permission}

    def why_known(self, establishment_id: int) -> str:
        """Why the person has a place there at all."""
        return next(reason for establishment, _, reason in self.rows if establishment == establishment_id)

    def to_choose_from(self) -> dict[int, str]:
        """Establishment -> why the person has a place there, also where they do not act now."""
        rows = (*self.rows, *self.set_aside)
        return {
            establishment: reason
            for establishment, codename, reason in rows
            if codename == Permission.VIEW_ESTABLISHMENT
        }
