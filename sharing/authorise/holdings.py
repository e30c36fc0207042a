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


@dataclass(frozen=True)
class Holdings:
    """The live rows of the permission table of one person at one site."""

    rows: tuple[Holding, ...]

    @classmethod
    def announced(cls, asker: Asker) -> "Holdings":
        """Tell PostgreSQL who asks, for this transaction, and learn what the person holds."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM portal_enter(%s, %s)", [asker.person_id, asker.through.value])
            return cls(tuple(Holding(*row) for row in cursor.fetchall()))

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

    def narrowing(self, permission: Permission, establishment_id: int) -> Narrowing:
        """What is left out there. Of two rows, each opens what it opens."""
        rows = [row for row in self.rows if (row.establishment, row.permission) == (establishment_id, permission)]
        years = [frozenset(row.year_groups) for row in rows]
        withheld = [frozenset(row.withheld) for row in rows]
        return Narrowing(
            frozenset().union(*years) if all(years) else frozenset(),
            frozenset.intersection(*withheld) if withheld else frozenset(Withheld),
        )
