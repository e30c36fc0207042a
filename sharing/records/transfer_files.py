"""What the door says about Common Transfer Files."""

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
    """Whose file may be made. `others`: those leaving for the same establishment who have no file yet. `is_kept`: the
    record is seen after the last day, until the file is made (R8).
    """

    here: Here
    child: Leaver
    destination: str
    expected_on: date | None
    others: tuple[Leaver, ...]
    is_kept: bool
    why: Why


@dataclass(frozen=True)
class TransferFile:
    """A file. `name` is as in formats page 3 and contains no child's name."""

    name: str
    content: bytes
