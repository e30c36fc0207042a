"""The workforce census facts of an invented member of staff.

Teacher numbers begin with 99 and National Insurance numbers with QQ: neither is given to anybody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sharing.demo.lives.draw import drawn

ABSENCES = (("SIC", 82), ("OTH", 8), ("TRN", 4), ("UNP", 3), ("MAT", 2), ("PRG", 1))
TEACHING_WORDS = ("eacher", "Principal", "Head of", "Special educational needs coordinator")
FULL_TIME = Decimal("32.5")
# Pay range of the workforce census, and its lowest and highest pounds a year.
PAY = {
    "head": ("LD", 68_000, 112_000),
    "leader": ("LD", 52_000, 72_000),
    "teacher": ("MS", 32_916, 45_352),
    "experienced": ("UP", 47_472, 51_048),
    "support": ("", 23_500, 34_000),
}


@dataclass(frozen=True)
class Absence:
    """An absence, with the fields of `StaffAbsence`."""

    first_day: date
    last_day: date
    days_lost: Decimal
    category: str


def is_teaching(post: str) -> bool:
    return any(word in post for word in TEACHING_WORDS) and "assistant" not in post


def teacher_number(rng: Random) -> tuple[str, str]:
    """A teacher number and a National Insurance number."""
    return f"99{rng.randrange(100_000):05}", f"QQ{rng.randrange(1_000_000):06}{rng.choice('ABCD')}"


def paid(rng: Random, post: str, hours: Decimal) -> tuple[str, Decimal]:
    """(pay range, pounds a year for these hours)."""
    if not is_teaching(post):
        kind = "support"
    elif post in ("Head teacher", "Executive head teacher", "Principal", "Teacher in charge"):
        kind = "head"
    elif "head" in post.lower():
        kind = "leader"
    else:
        kind = "experienced" if rng.random() < 0.4 else "teacher"
    pay_range, low, high = PAY[kind]
    whole = Decimal(rng.randrange(low, high))
    return pay_range, (whole * hours / FULL_TIME).quantize(Decimal("0.01"))


def absences_of(rng: Random, this_year: date) -> list[Absence]:
    """Absences in the school year that ended before `this_year`: about 60 in 100 people have any."""
    found: dict[tuple[date, str], Absence] = {}
    if rng.random() < 0.6:
        for _ in range(1 + int(rng.expovariate(1.1))):
            category = drawn(rng, ABSENCES)
            long = category == "MAT"
            days = rng.randrange(120, 250) if long else 1 + int(rng.expovariate(0.4))
            first = this_year.replace(year=this_year.year - 1) + timedelta(days=rng.randrange(5, 300))
            first -= timedelta(days=max(0, first.weekday() - 4))
            last = first + timedelta(days=days - 1)
            lost = Decimal(sum((first + timedelta(days=day)).weekday() < 5 for day in range(days)))
            found[first, category] = Absence(first, last, lost, category)
    return list(found.values())
