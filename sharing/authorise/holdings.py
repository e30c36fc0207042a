"""What a person holds today: fetched in the statement that tells PostgreSQL who asks."""

from dataclasses import dataclass

from django.db import connection

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission


@dataclass(frozen=True)
class Holdings:
    """The live rows of the permission table of one person at one site: (establishment, permission, reason)."""

    rows: tuple[tuple[int, str, str], ...]

    @classmethod
    def announced(cls, asker: Asker) -> "Holdings":
        """Tell PostgreSQL who asks, for this transaction, and learn what the person holds."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM portal_enter(%s, %s)", [asker.person_id, asker.through.value])
            return cls(tuple(cursor.fetchall()))

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
