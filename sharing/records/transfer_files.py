"""What leaves the door about Common Transfer Files."""

from dataclasses import dataclass
from datetime import date

from sharing.records import Here, Why


@dataclass(frozen=True)
class Leaver:
    """A child whose file may be made. `transfer` is None where the child goes to no establishment of the community."""

    transfer: int | None
    name: str
    made_on: date | None


@dataclass(frozen=True)
class TransferFilePage:
    """`others`: who leaves for the same establishment, and whose file was not made yet."""

    here: Here
    child: Leaver
    destination: str
    expected_on: date | None
    others: tuple[Leaver, ...]
    why: Why


@dataclass(frozen=True)
class TransferFile:
    """`name` as formats page 3 has it: no name of a child is in it."""

    name: str
    content: bytes
