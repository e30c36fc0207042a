"""What is recorded about third parties, and what their pages show: frozen facts (P10)."""

from dataclasses import dataclass
from datetime import date

from access_register.third_parties.documents import Document
from sharing.records import Here, Why


@dataclass(frozen=True)
class Terms:
    """What is recorded about a contract."""

    organisation: str
    reference: str
    clause: str
    starts_on: date
    ends_on: date
    dbs_confirmed_on: date | None = None
    document: Document | None = None


@dataclass(frozen=True)
class ThirdPartyRecord:
    """A person under a contract. `awaits`: invited, but has not accepted."""

    line_id: int
    name: str
    email: str
    level: int
    ends_on: date | None
    has_access: bool
    awaits: bool


@dataclass(frozen=True)
class ContractRecord:
    """A contract, and who is named under it."""

    id: int
    organisation: str
    reference: str
    clause: str
    starts_on: date
    ends_on: date
    document_name: str
    dbs_confirmed_on: date | None
    recorded_by_name: str
    state: str
    is_over: bool
    lets_people_in: bool
    owes_certificate: bool
    destruction_certified_on: date | None
    people: tuple[ThirdPartyRecord, ...]


@dataclass(frozen=True)
class ThirdPartiesPage:
    """The contracts of one establishment. `owing`: those whose organisation still owes a certificate."""

    here: Here
    contracts: tuple[ContractRecord, ...]
    owing: tuple[ContractRecord, ...]
    why: Why


@dataclass(frozen=True)
class ContractPage:
    """One contract of one establishment."""

    here: Here
    contract: ContractRecord
    why: Why
