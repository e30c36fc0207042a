"""What a person holds today: fetched in the same statement that tells PostgreSQL who asks."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission, Withheld
from sharing.statements import rows_of


@dataclass(frozen=True)
class Narrowing:
    """How far the head has narrowed what a person sees of the pupils (R35). No year groups means all of them."""

    year_groups: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()

    def admits(self, year_group: str) -> bool:
        """Whether the narrowing leaves in the children of this year group."""
        return not self.year_groups or year_group in self.year_groups


@dataclass(frozen=True)
class Holding:
    """What is held for one reason: the live rows of the permission table that differ only in the establishment.

    `set_aside`: held at a third party's other sponsors, for whom the person is not acting now (R24). `ends_on`: the
    last day.
    """

    establishments: frozenset[int]
    permission: str
    reason: str
    year_groups: Sequence[str] = ()
    withheld: Sequence[str] = ()
    set_aside: bool = False
    ends_on: date | None = None


_COLUMNS = "establishments, codename, reason, year_groups, withheld, set_aside, ends_on"
_ENTER = f"SELECT {_COLUMNS} FROM portal_enter(%s, %s, %s, %s, %s, %s)"  # noqa: S608 - our own column names
_REST = f"SELECT {_COLUMNS} FROM portal_holdings(NULL, NULL)"  # noqa: S608 - our own column names


@dataclass(frozen=True)
class Holdings:
    """What one person holds at one site.

    `told` is what this visit needs: everything held at the establishment `urn`, or wherever `permission` is held. The
    rest is only fetched on demand, because an officer for all of them holds hundreds of establishments four times over.
    """

    told: tuple[Holding, ...]
    urn: int | None = None
    permission: Permission | None = None

    @classmethod
    def announced(
        cls,
        asker: Asker,
        urn: int | None = None,
        permission: Permission | None = None,
        *,
        seen_at: int | None = None,
    ) -> "Holdings":
        """Tell PostgreSQL who asks, for this transaction, and fetch what the person holds.

        It is everything, unless `urn` or `permission` says what is needed. `seen_at`: the URN of the one establishment
        whose pupils may be seen in this transaction.
        """
        wanted = permission.value if permission else None
        told = _fetched(_ENTER, [asker.person_id, asker.through.value, asker.acting_for, urn, wanted, seen_at])
        return cls(told, urn, None if urn else permission)

    @cached_property
    def entered(self) -> tuple[Holding, ...]:
        """What the person holds at the establishment that is visited; nothing where there is none."""
        return _in_scope(self.told) if self.urn else ()

    @property
    def are_all_told(self) -> bool:
        return not (self.urn or self.permission)

    @cached_property
    def everything(self) -> tuple[Holding, ...]:
        """Everything that the person holds, including what is set aside."""
        return self.told if self.are_all_told else _fetched(_REST)

    @cached_property
    def rows(self) -> tuple[Holding, ...]:
        return _in_scope(self.everything)

    def _with(self, permission: Permission) -> list[Holding]:
        rows = _in_scope(self.told) if permission == self.permission else self.rows
        return [row for row in rows if row.permission == permission]

    def anywhere(self) -> set[int]:
        """The establishments at which the person holds anything."""
        return {place for row in self.rows for place in row.establishments}

    def at(self, permission: Permission) -> set[int]:
        return {place for row in self._with(permission) for place in row.establishments}

    def best(self, permission: Permission) -> dict[int, str]:
        """Establishment -> why the person holds the permission there."""
        return _by_place(self._with(permission))

    def reasons(self, establishment_id: int) -> dict[str, str]:
        """Permission -> why the person holds it there."""
        return {row.permission: row.reason for row in self._of(establishment_id)}

    def holds(self, permission: Permission, establishment_id: int) -> bool:
        return permission in self.reasons(establishment_id)

    def to_choose_from(self) -> dict[int, Holding]:
        """Establishment -> what gives the person a place there, even where they are not acting for it now."""
        return {place: row for row in self._places() for place in row.establishments}

    def ends_by(self, day: date) -> bool:
        """Whether a place of the person's ends by that day, even where they are not acting for it now."""
        return any(row.ends_on and row.ends_on <= day for row in self._places())

    def last_days(self, permissions: Collection[Permission]) -> set[date]:
        """The days on which a row that opens one of these permissions ends, at any establishment."""
        return {row.ends_on for row in self.rows if row.permission in permissions and row.ends_on}

    def narrowing(self, permission: Permission, establishment_id: int) -> Narrowing:
        """What is left out of the person's view there. Several rows add up: what one of them shows is shown."""
        rows = [row for row in self._of(establishment_id) if row.permission == permission]
        years = [frozenset(row.year_groups) for row in rows]
        withheld = [frozenset(row.withheld) for row in rows]
        return Narrowing(
            frozenset().union(*years) if all(years) else frozenset(),
            frozenset.intersection(*withheld) if withheld else frozenset(Withheld),
        )

    def narrowed(self) -> set[int]:
        """Where every line that shows pupils is narrowed to year groups, including lines that are set aside (R35)."""
        lines = [row for row in self.everything if row.permission == Permission.VIEW_PUPILS]
        whole = {place for row in lines if not row.year_groups for place in row.establishments}
        return {place for row in lines for place in row.establishments} - whole

    def _places(self) -> Iterator[Holding]:
        return (row for row in self.everything if row.permission == Permission.VIEW_ESTABLISHMENT)

    def _of(self, establishment_id: int) -> list[Holding]:
        """The rows of one establishment. For the one that was entered, this fetches nothing more."""
        entered = [row for row in self.entered if establishment_id in row.establishments]
        return entered or [row for row in self.rows if establishment_id in row.establishments]


def _fetched(statement: str, params: Sequence[Any] = ()) -> tuple[Holding, ...]:
    return tuple(Holding(frozenset(places), *row) for places, *row in rows_of(statement, *params))


def _in_scope(rows: Iterable[Holding]) -> tuple[Holding, ...]:
    return tuple(row for row in rows if not row.set_aside)


def _by_place(rows: Iterable[Holding]) -> dict[int, str]:
    return {place: row.reason for row in rows for place in row.establishments}
