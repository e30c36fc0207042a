"""Possible and missed sessions, term by term and code by code."""

from dataclasses import dataclass
from datetime import date
from random import Random

from sharing.demo.days import SESSIONS, last_census
from sharing.demo.lives.draw import drawn
from sharing.models.pupil_details import Term
from sharing.school_year import term_counted_at

TERMS_OF_A_YEAR = (Term.AUTUMN, Term.SPRING, Term.SUMMER)
TERM_BEGINS = {Term.AUTUMN: (9, 1), Term.SPRING: (1, 1), Term.SUMMER: (4, 13)}
TERM_ENDS = {Term.AUTUMN: (12, 31), Term.SPRING: (4, 12), Term.SUMMER: (7, 21)}
AUTHORISED = (("I", 0.72), ("M", 0.14), ("C", 0.05), ("R", 0.05), ("T", 0.02), ("J1", 0.02))
UNAUTHORISED = (("O", 0.55), ("G", 0.30), ("U", 0.10), ("N", 0.05))


@dataclass(frozen=True)
class Counted:
    """A pupil's term, with the fields of `Attendance`."""

    academic_year: int
    term: int
    possible: int
    absent: int
    unauthorised: int
    by_code: dict[str, int]


def counted_terms(today: date, how_many: int) -> list[tuple[int, int]]:
    """(academic year, term) of the last terms that a census has counted, newest first."""
    academic_year, term = term_counted_at(last_census(today)[0])
    newest = academic_year * 3 + TERMS_OF_A_YEAR.index(term)
    return [(place // 3, TERMS_OF_A_YEAR[place % 3]) for place in range(newest, newest - how_many, -1)]


def term_begins(academic_year: int, term: int) -> date:
    month, day = TERM_BEGINS[Term(term)]
    return date(academic_year + (month < 9), month, day)


def term_ends(academic_year: int, term: int) -> date:
    month, day = TERM_ENDS[Term(term)]
    return date(academic_year + (month < 9), month, day)


def miss_rate(rng: Random, *, is_secondary: bool, often: bool) -> float:
    """The share of sessions that this child misses: few for most, many for some; `often` at a pupil referral unit."""
    if often:
        return rng.betavariate(1.3, 2.4)
    hardly_ever_comes, rest = (0.07, (1.0, 12.9)) if is_secondary else (0.006, (1.0, 17.6))
    if rng.random() < hardly_ever_comes:
        return rng.uniform(0.45, 0.8)
    return rng.betavariate(*rest)


def attended(rng: Random, rate: float, terms: list[tuple[int, int]]) -> list[Counted]:
    """The terms, with about `rate` of the sessions missed in each."""
    return [_term(rng, rate, academic_year, term) for academic_year, term in terms]


def _term(rng: Random, rate: float, academic_year: int, term: int) -> Counted:
    possible = SESSIONS[term]
    absent = min(possible, int(possible * rate * (0.7 + 0.6 * rng.random()) + rng.random()))
    unauthorised = int(absent * min(1.0, rate * 2.5 + 0.1) * rng.random() * 1.4 + 0.4)
    unauthorised = min(absent, unauthorised)
    by_code: dict[str, int] = {}
    _split(rng, absent - unauthorised, AUTHORISED, by_code)
    _split(rng, unauthorised, UNAUTHORISED, by_code)
    return Counted(academic_year, term, possible, absent, unauthorised, by_code)


def _split(rng: Random, sessions: int, shares: tuple[tuple[str, float], ...], by_code: dict[str, int]) -> None:
    """Assign sessions to codes. They are mostly whole days, so a few draws are enough for any number of sessions."""
    while sessions > 0:
        part = min(sessions, 1 + int(rng.random() * max(4, sessions * 0.8)))
        code = drawn(rng, shares)
        by_code[code] = by_code.get(code, 0) + part
        sessions -= part
