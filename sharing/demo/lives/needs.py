"""Special needs, free school meals and suspensions."""

from datetime import date, timedelta
from random import Random

from sharing.demo.lives.attendance import term_begins, term_ends
from sharing.demo.lives.draw import drawn
from sharing.school_year import is_school_day

WITH_A_PLAN = (
    ("ASD", 38), ("SLCN", 18), ("SEMH", 14), ("SLD", 8), ("MLD", 8), ("PD", 5), ("PMLD", 3), ("HI", 2), ("VI", 1),
    ("SPLD", 2), ("DS", 1),
)  # fmt: skip
WITH_SUPPORT = (
    ("SLCN", 32), ("SEMH", 22), ("SPLD", 13), ("MLD", 15), ("ASD", 8), ("PD", 2), ("HI", 2), ("VI", 1), ("OTH", 3),
    ("NSA", 2),
)  # fmt: skip
REASONS = (("DB", 46), ("VA", 17), ("PP", 15), ("PA", 6), ("OW", 3), ("BU", 2), ("DA", 3), ("DM", 3), ("VP", 5))
SECONDARY_AND_SUSPENDED = 0.175  # of a secondary school's pupils in a year: 49.2 suspensions for every 100 pupils
PRIMARY_AND_SUSPENDED = 0.0085  # 2.25 for every 100


def needs_of(rng: Random, sen: str) -> list[str]:
    """Codes of the types of need, the primary one first; none without provision."""
    if sen not in ("K", "E"):
        return []
    kinds = WITH_A_PLAN if sen == "E" else WITH_SUPPORT
    needs = [drawn(rng, kinds)]
    if rng.random() < (0.45 if sen == "E" else 0.18) and (second := drawn(rng, kinds)) not in needs:
        needs.append(second)
    return needs


def meals_periods(rng: Random, eligible: bool, since: date, until: date) -> list[tuple[date, date | None]]:
    """(first, last day) of eligibility. An eligible child has an open period; a few of the others have had one."""
    days = max(1, (until - since).days)
    if eligible:
        return [(since + timedelta(days=int(days * rng.random() ** 2)), None)]
    if rng.random() < 0.04 and days > 120:
        began = since + timedelta(days=rng.randrange(days // 2))
        return [(began, began + timedelta(days=rng.randrange(30, max(31, days // 2 - 10))))]
    return []


def suspended(
    rng: Random, terms: list[tuple[int, int]], *, is_secondary: bool
) -> list[tuple[str, date, int, list[str]]]:
    """(category, first day, sessions, reasons) in these terms."""
    chance = SECONDARY_AND_SUSPENDED if is_secondary else PRIMARY_AND_SUSPENDED
    found: dict[tuple[str, date], tuple[int, list[str]]] = {}
    for academic_year in sorted({year for year, _ in terms}):
        if rng.random() >= chance:
            continue
        within = [term for term in terms if term[0] == academic_year]
        for _ in range(min(15, 1 + int(rng.expovariate(1 / 2.4)))):
            first, last = term_begins(*rng.choice(within)), term_ends(*rng.choice(within))
            day = first + timedelta(days=rng.randrange(max(1, abs((last - first).days))))
            if not is_school_day(day):
                day = _next_school_day(day)
            category = "PERM" if rng.random() < 0.004 else "SUSP"
            reasons = [drawn(rng, REASONS)]
            if rng.random() < 0.2 and (second := drawn(rng, REASONS)) not in reasons:
                reasons.append(second)
            sessions = 0 if category == "PERM" else 2 * (1 + int(rng.expovariate(1.2)))
            found[category, day] = (sessions, reasons)
    return [(category, day, *facts) for (category, day), facts in sorted(found.items())]


def _next_school_day(day: date) -> date:
    while not is_school_day(day):
        day += timedelta(days=1)
    return day
