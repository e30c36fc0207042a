"""The order in which several establishments are shown (R29, A14): by facts of their context, never by an outcome.

The keys are a closed set. It has no key for what pupils achieve, how they attend or whether they are excluded, so an
order by these cannot be written down: a type checker refuses it, `Comparison` refuses it when it runs, and so do the
QuerySets (`sharing.models.ordered`).
"""

from dataclasses import dataclass
from enum import StrEnum


class NotAnOrder(Exception):
    """Somebody asked for establishments in an order that the protocol does not have."""


class ContextKey(StrEnum):
    """What may decide the order of several establishments. Each has one direction."""

    NAME = "name"
    PHASE = "phase"
    SIZE = "size"
    IDACI = "idaci"
    IMD = "imd"
    FSM = "fsm"
    LIKENESS = "likeness"

    @property
    def label(self) -> str:
        return _LABEL[self]

    @property
    def words(self) -> str:
        return _WORDS[self]


_LABEL = {
    ContextKey.NAME: "Name",
    ContextKey.PHASE: "Phase",
    ContextKey.SIZE: "Pupils on roll",
    ContextKey.IDACI: "Deprivation of children (IDACI)",
    ContextKey.IMD: "Deprivation (IMD)",
    ContextKey.FSM: "Eligible for free school meals",
    ContextKey.LIKENESS: "Distance in context",
}
_WORDS = {
    ContextKey.NAME: "by name",
    ContextKey.PHASE: "by phase, the youngest first, then by name",
    ContextKey.SIZE: "by the number of pupils, the largest first, then by name",
    ContextKey.IDACI: "by the deprivation of children (IDACI), the most deprived first, then by name",
    ContextKey.IMD: "by deprivation (IMD), the most deprived first, then by name",
    ContextKey.FSM: "by the share of pupils eligible for free school meals, the largest first, then by name",
    ContextKey.LIKENESS: "by how alike their context is, the most alike first, then by name",
}


@dataclass(frozen=True)
class Comparison:
    """Several establishments side by side: in which order, and for what purpose. A page states both above the table.

    `purpose` completes "so that ...". Raises NotAnOrder for a key that is not in the set.
    """

    key: ContextKey
    purpose: str

    def __post_init__(self) -> None:
        if not isinstance(self.key, ContextKey):
            raise NotAnOrder(f"{self.key!r} is no context of an establishment.")
        if not self.purpose.strip():
            raise NotAnOrder("A comparison says what it is for.")

    @property
    def words(self) -> str:
        """The sentence above the table."""
        return f"Ordered {self.key.words}, so that {self.purpose}. This is not a ranking."

    @property
    def for_the_ledger(self) -> dict[str, str]:
        return {"order": self.key.value, "for": self.purpose}
