"""What a person holds today: fetched in the statement that tells PostgreSQL who asks."""

from dataclasses import dataclass

from django.db import connection

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission, Withheld


@dataclass(frozen=True)
class Narrowing:
    """How far the head has narrowed what a person sees of the pupils (R35). No year groups named: all of them."""

    year_groups: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Holding:
    """A live row of the permission table."""

    establishment: int
    permission: str
    reason: str
    year_groups: list[str]
    withheld: list[str]


# The choice is told first, then who asks; what is out of scope is asked when both are known.
_ENTER = """
    SELECT entered.establishment_id, entered.codename, entered.reason, entered.year_groups, entered.withheld,
           entered.establishment_id IN (SELECT portal_out_of_scope())
    FROM set_config('portal.acting_for', %s, true) AS chosen, LATERAL portal_enter(%s, %s) AS entered
"""


@dataclass(frozen=True)
class Holdings:
    """The live rows of the permission table of one person at one site.

    `set_aside` holds the rows of a third party's other sponsors, for whom the person does not act now (R24).
    """

    rows: tuple[Holding, ...]
    set_aside: tuple[Holding, ...] = ()

    @classmethod
    def announced(cls, asker: Asker) -> "Holdings":
        """Tell PostgreSQL who asks, for this transaction, and learn what the person holds."""
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [asker.acting_for, asker.person_id, asker.through.value])
            found = [(Holding(*row), is_set_aside) for *row, is_set_aside in cursor.fetchall()]
        return cls(
            tuple(holding for holding, is_set_aside in found if not is_set_aside),
            tuple(holding for holding, is_set_aside in found if is_set_aside),
        )

    def anywhere(self) -> set[int]:
        """The establishments at which the person holds anything."""
        return {row.establishment for row in self.rows}

    def at(self, permission: Permission) -> set[int]:
        return {row.establishment for row in self.rows if row.permission == permission}

    def best(self, permission: Permission) -> dict[int, str]:
        """Establishment -> why the person holds the permission there."""
        return {row.establishment: row.reason for row in self.rows if row.permission == permission}

    def why_known(self, establishment_id: int) -> str:
        """Why the person has a place there at all."""
        return next(row.reason for row in self.rows if row.establishment == establishment_id)

    def to_choose_from(self) -> dict[int, str]:
        """Establishment -> why the person has a place there, also where they do not act now."""
        rows = (*self.rows, *self.set_aside)
        return {row.establishment: row.reason for row in rows if row.permission == Permission.VIEW_ESTABLISHMENT}

    def narrowing(self, permission: Permission, establishment_id: int) -> Narrowing:
        """What is left out there. Of two rows, each opens what it opens."""
        rows = [row for row in self.rows if (row.establishment, row.permission) == (establishment_id, permission)]
        years = [frozenset(row.year_groups) for row in rows]
        withheld = [frozenset(row.withheld) for row in rows]
        return Narrowing(
            frozenset().union(*years) if all(years) else frozenset(),
            frozenset.intersection(*withheld) if withheld else frozenset(Withheld),
        )
