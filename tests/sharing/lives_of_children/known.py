"""What is true of children's lives, in the words of the protocol and without a database (R5, R7, R8, R9).

Days are whole numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

LAPSE, GRACE = 4, 3
"""Days from the expected day until a transfer lapses, and from the last day until the file must be made."""

BEFORE = "beckside before"
"""Where the records of Beckside stay once it has a new URN; nobody asks there any more."""

REASON, TOLD_FROM_OUTSIDE = "NT", "Robin"
"""Why each child leaves, and what Admissions call each."""

Place = tuple[str, str]
"""A child's name, and a school's."""


@dataclass
class Stay:
    first: int
    last: int | None = None
    kind: str = "C"
    reason: str = ""
    file_until: int | None = None
    file_made: int | None = None

    def covers(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: "Stay") -> bool:
        return (self.last is None or other.first <= self.last) and (other.last is None or self.first <= other.last)


@dataclass
class Record:
    """What one school knows of one child. `said_on`: the day of which it last said so;"""

    said_on: int
    forename: str
    class_name: str = ""
    stays: list[Stay] = field(default_factory=list)

    def on_roll(self, day: int) -> Stay | None:
        return next((stay for stay in self.stays if stay.covers(day)), None)

    def told(self) -> list[tuple[int, int | None, str]]:
        return [(stay.first, stay.last, stay.reason) for stay in self.stays]

    @property
    def last_day(self) -> int | None:
        """The last day on the register, of a child who has left or will leave."""
        if not self.stays or any(stay.last is None for stay in self.stays):
            return None
        return max(stay.last for stay in self.stays if stay.last is not None)


@dataclass
class Told:
    """What a return says of one child: on the register since `first`, until `last`."""

    child: str
    forename: str
    first: int
    last: int | None = None
    kind: str = "C"


@dataclass
class Going:
    """A transfer. `sender` is empty for a child from outside."""

    child: str
    sender: str
    receiver: str
    lapses: int
    agreed: int | None = None
    declined: bool = False
    cancelled: bool = False
    arrived: int | None = None
    keeps: int | None = None
    sent: int | None = None

    def is_under_way(self, day: int) -> bool:
        return not self.declined and not self.cancelled and self.arrived is None and day <= self.lapses

    def keeps_on(self, day: int) -> bool:
        return self.keeps is not None and self.keeps >= day

    @property
    def stands(self) -> bool:
        """It was agreed, and nobody has called it off."""
        return self.agreed is not None and not self.cancelled


@dataclass
class Known:
    now: int = 0
    records: dict[Place, Record] = field(default_factory=dict)
    goings: list[Going] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)

    def sees(self, child: str, school: str, day: int) -> bool:
        """R5, R8: attending, transferring to the school, or gone with the transfer file still to be made."""
        record = self.records.get((child, school))
        if record is None:
            return False
        return (
            record.on_roll(day) is not None
            or any(self.is_coming(going, day) for going in self.to(child, school))
            or any(self.keeps(going, day) for going in self.from_(child, school))
            or any(_owes_outside(stay, day) for stay in record.stays)
        )

    def owed(self, school: str) -> set[str]:
        """R8: whose transfer file the school must make today: they have gone, and it has not been made."""
        return {child for child, place in self.records if place == school and self._is_owed(child, school)}

    def missing(self) -> set[str]:
        """R9: whom no school has any more, and nobody expects."""
        stays = [(child, stay) for (child, _), record in self.records.items() for stay in record.stays]
        had = {child for child, stay in stays if stay.last is not None and stay.last < self.now}
        has = {
            child
            for child, stay in stays
            if stay.first <= self.now + 10 and (stay.last is None or stay.last >= self.now)
        }
        return had - has - {going.child for going in self.goings if going.is_under_way(self.now)}

    def is_on_roll(self, child: str, school: str) -> bool:
        record = self.records.get((child, school))
        return record is not None and record.on_roll(self.now) is not None

    def _is_owed(self, child: str, school: str) -> bool:
        if self.is_on_roll(child, school):
            return False
        record = self.records[child, school]
        outside = any(_owes_outside(stay, self.now) and stay.file_made is None for stay in record.stays)
        return outside or child in self.owed_within(school)

    def owed_within(self, school: str) -> set[str]:
        """Those who have gone to a school of the community."""
        return {
            going.child for going in self.goings
            if going.stands and going.sender == school and self.keeps(going, self.now) and going.sent is None
            and not self.is_back(going)
        }  # fmt: skip

    def is_coming(self, going: Going, day: int) -> bool:
        """A4: from the agreement until the child arrives, or the transfer lapses."""
        if going.agreed is None or going.cancelled or not going.agreed <= day <= going.lapses:
            return False
        return going.arrived is None or day < going.arrived

    def keeps(self, going: Going, day: int) -> bool:
        """R8: the sender still has the transfer file to make, or made it on that day."""
        if going.agreed is None or going.cancelled or going.keeps is None:
            return False
        return going.agreed <= day <= min(going.keeps, going.keeps if going.sent is None else going.sent)

    def is_back(self, going: Going) -> bool:
        stays = self.records[going.child, going.sender].stays
        return going.arrived is not None and any(stay.first > going.arrived for stay in stays)

    def to(self, child: str, school: str) -> Iterator[Going]:
        return (one for one in self.goings if one.stands and (one.child, one.receiver) == (child, school))

    def from_(self, child: str, school: str) -> Iterator[Going]:
        return (one for one in self.goings if one.stands and (one.child, one.sender) == (child, school))

    def is_on_the_way(self, child: str) -> bool:
        return any(going.child == child and going.is_under_way(self.now) for going in self.goings)

    def will_be_on_roll(self, child: str, school: str) -> bool:
        record = self.records.get((child, school))
        return record is not None and any(stay.last is None or stay.last >= self.now for stay in record.stays)

    def is_departing(self, going: Going) -> bool:
        if going.cancelled or going.declined:
            return False
        to_send = going.agreed is not None and going.sent is None and going.keeps_on(self.now)
        return (going.arrived is None and going.lapses >= self.now) or to_send


def _owes_outside(stay: Stay, day: int) -> bool:
    """The stay is over, and its file to a school outside is still to be made, or was made on that day."""
    if stay.last is None or stay.file_until is None or stay.file_until <= stay.last:
        return False
    made = stay.file_until if stay.file_made is None else stay.file_made
    return stay.last < day <= min(stay.file_until, made)
