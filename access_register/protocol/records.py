"""What the pages about the protocol show: frozen facts."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class Passage:
    """A piece of the protocol's text: a heading, or a numbered paragraph with its points and the text after them."""

    heading: str = ""
    number: str = ""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class ProtocolText:
    """One version of the protocol, ready to be read."""

    id: int
    number: str
    in_force_from: date
    purpose: str
    values: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Signature:
    """One acceptance: which version, on which day."""

    version: str
    accepted_on: date


@dataclass(frozen=True)
class Signatory:
    """A person who has to accept the protocol. `holds_until` is None while the text in force is not accepted."""

    name: str
    holds_until: date | None
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class SignatoriesPage:
    """The signatory register of one establishment (R19)."""

    here: Here
    signatories: tuple[Signatory, ...]
    why: Why

    @property
    def missing(self) -> int:
        return sum(signatory.holds_until is None for signatory in self.signatories)


@dataclass(frozen=True)
class SignedAt:
    """How many of an establishment's people have accepted the text in force."""

    urn: int
    name: str
    people: int
    accepted: int


@dataclass(frozen=True)
class AllSignatories:
    """The signatory register as far as the asker may read it: by establishment, and the officers by name."""

    establishments: tuple[SignedAt, ...]
    officers: tuple[Signatory, ...]
