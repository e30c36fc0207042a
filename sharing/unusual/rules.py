"""What is unusual about one day of somebody who opens children's records: rules without a database (P17).

A pattern says that something happened more often than the rule lets pass, and nothing about why. All numbers are
settings (UNUSUAL_...); docs/adr/0031 gives the reasons for them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from sharing.days import later
from sharing.models import UnusualPattern
from sharing.school_year import is_school_day

Kind = UnusualPattern.Kind
HOUR: Final = timedelta(hours=1)
# Habits: one explanation covers them for a while.
HABITS: Final = frozenset({Kind.NIGHT, Kind.DAY_OFF, Kind.SURNAME})


@dataclass(frozen=True)
class Look:
    """A child's record that was opened, or taken away in a file. `at` is the time in Bradford.

    `child` is empty for a file.
    """

    at: datetime
    child: str
    is_file: bool = False


@dataclass(frozen=True)
class Reader:
    """Who looked, at one establishment. `role` is the one in the register there, "officer" on EduNet, else "other".

    `last_day`: their last day on that register, if there is one.
    """

    role: str = "other"
    last_day: date | None = None


@dataclass(frozen=True)
class Found:
    """A limit that was exceeded: `number` were counted, `at_most` would pass. `usual`: the busiest hour before."""

    kind: Kind
    number: int
    at_most: int
    usual: int = 0


def children_an_hour(role: str) -> int:
    """How many different children the rule lets pass in any 60 minutes."""
    limits = settings.UNUSUAL_CHILDREN_AN_HOUR
    return int(limits.get(role, limits["other"]))


def children(looks: Sequence[Look]) -> int:
    return len({look.child for look in looks if look.child})


def busiest_hour(looks: Sequence[Look]) -> int:
    """The most children whose records were opened within any 60 minutes. `looks` must be in order of time."""
    within: Counter[str] = Counter()
    most = first = 0
    for look in looks:
        while later(looks[first].at, HOUR) <= look.at:
            within[looks[first].child] -= 1
            if not within[looks[first].child]:
                del within[looks[first].child]
            first += 1
        within[look.child] += 1
        most = max(most, len(within) - ("" in within))
    return most


def is_out_of_hours(at: datetime, role: str) -> bool:
    first, past = settings.UNUSUAL_HOURS.get(role, settings.UNUSUAL_HOURS["other"])
    return not first <= at.hour < past


def many(looks: Sequence[Look], reader: Reader, usual: Callable[[], int]) -> Found | None:
    """Measured against the role and, if that is exceeded, against the person's past: only then is `usual` called."""
    number, at_most = busiest_hour(looks), children_an_hour(reader.role)
    if number <= at_most:
        return None
    before = usual()
    return Found(Kind.MANY, number, at_most, before) if number > before * settings.UNUSUAL_TIMES_USUAL else None


def is_of_the_worst(looks: Sequence[Look], reader: Reader) -> bool:
    """Whether it is too much to wait until tomorrow."""
    at_most = children_an_hour(reader.role)
    return busiest_hour(looks) > at_most * settings.UNUSUAL_WORST_TIMES


def out_of_hours(looks: Sequence[Look], reader: Reader) -> Found | None:
    number = children([look for look in looks if is_out_of_hours(look.at, reader.role)])
    at_most = settings.UNUSUAL_CHILDREN_OUT_OF_HOURS
    return Found(Kind.NIGHT, number, at_most) if number > at_most else None


def on_a_day_off(looks: Sequence[Look], day: date) -> Found | None:
    number, at_most = children(looks), settings.UNUSUAL_CHILDREN_ON_A_DAY_OFF
    return Found(Kind.DAY_OFF, number, at_most) if number > at_most and not is_school_day(day) else None


def before_leaving(looks: Sequence[Look], reader: Reader, day: date) -> Found | None:
    """Many children, or any file taken away, on one of the last days on the register."""
    if reader.last_day is None or not 0 <= (reader.last_day - day).days <= settings.UNUSUAL_LEAVING_DAYS:
        return None
    number, at_most = children(looks), settings.UNUSUAL_CHILDREN_BEFORE_LEAVING
    takes_away = any(look.is_file for look in looks)
    return Found(Kind.LEAVING, number, at_most) if number > at_most or takes_away else None


def of_a_day(looks: Sequence[Look], reader: Reader, day: date, usual: Callable[[], int]) -> list[Found]:
    """What is unusual about one person's looks at one establishment on one day, given in order of time."""
    found = (
        many(looks, reader, usual),
        out_of_hours(looks, reader),
        on_a_day_off(looks, day),
        before_leaving(looks, reader, day),
    )
    return [one for one in found if one]


# For a page: what was counted, and what the harmless reason may be.
COUNTED: Final = {
    Kind.MANY: "Records of {number} different children were opened within one hour. More than {at_most} is unusual in "
    "this role.",
    Kind.NIGHT: "Records of {number} different children were opened early or late in the day. More than {at_most} is "
    "unusual.",
    Kind.DAY_OFF: "Records of {number} different children were opened on a weekend or in a holiday. More than "
    "{at_most} is unusual.",
    Kind.LEAVING: "In the last {leaving} days on the register, records of {number} different children were opened on "
    "one day, or a file was taken away.",
    Kind.SURNAME: "A record was opened of a child with the same surname as the person who opened it. Few children "
    "there have that surname.",
    Kind.REFUSED: "The portal refused {number} requests in one day. More than {at_most} is unusual.",
    Kind.GLASS: "The glass was broken {number} times within 7 days. More than {at_most} is unusual.",
    Kind.AFTER: "Records of {number} different children were opened after their last day there, as it is now "
    "recorded. More than {at_most} is unusual.",
}
INNOCENT: Final = {
    Kind.MANY: "Reports, a trip or a check of the data can need this many.",
    Kind.NIGHT: "Some people work early or late.",
    Kind.DAY_OFF: "Some work is done in the holidays, such as preparing classes.",
    Kind.LEAVING: "People who are leaving hand over their work.",
    Kind.SURNAME: "The two need not be related, and a parent may well teach at their child’s school.",
    Kind.REFUSED: "An old bookmark, or a level that is too low for the work, has the same effect.",
    Kind.GLASS: "One child in danger can need more than one look, and one week can bring several.",
    Kind.AFTER: "The last day may have been recorded late.",
}
