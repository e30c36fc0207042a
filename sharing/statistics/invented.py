"""Invented populations for tests and benchmarks: the same seed gives the same pupils. Nobody in them is real."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from sharing.statistics.population import OTHER, PRIMARY, SECONDARY, SPECIAL, Population, Pupil, School

_PLACES: Final = (
    ("east", "Bradford East"),
    ("south", "Bradford South"),
    ("west", "Bradford West"),
    ("keighley", "Keighley"),
    ("shipley", "Shipley"),
)
_PRIMARY_YEARS: Final[tuple[str, ...]] = ("N", "R", "1", "2", "3", "4", "5", "6")
_SECONDARY_YEARS: Final[tuple[str, ...]] = ("7", "8", "9", "10", "11")
_SIXTH_FORM: Final[tuple[str, ...]] = ("12", "13")
_ATTAINED: Final = {"R": 0.62, "1": 0.78, "6": 0.60, "11": 0.42}
# Proportions in a mixed northern authority; each place varies them in its own way.
_ETHNICITY: Final = {
    "WBRI": 450, "WIRI": 4, "WIRT": 3, "WROM": 12, "WOTH": 45, "MWBC": 13, "MWBA": 6, "MWAS": 28, "MOTH": 14,
    "AIND": 22, "APKN": 310, "ABAN": 22, "AOTH": 18, "BCRB": 4, "BAFR": 18, "BOTH": 6, "C": 3, "O": 14, "U": 8,
}  # fmt: skip
_LEAN: Final = {"east": 1.2, "south": 0.5, "west": 2.4, "keighley": 1.0, "shipley": 0.3, SPECIAL: 1.0}
_EAL_SHARE: Final = {"W": 0.02, "M": 0.12, "A": 0.62, "B": 0.5, "C": 0.6, "O": 0.7, "U": 0.3}


def invented(seed: int = 1, size: float = 1.0) -> Population:
    """An authority the size of Bradford: 216 schools and about 100,000 pupils, or `size` times as many pupils."""
    chance = random.Random(seed)  # noqa: S311 - invented pupils, the same each time
    schools = tuple(_schools())
    pupils: list[Pupil] = []
    for school in schools:
        poverty = min(0.7, max(0.04, chance.gauss(0.28, 0.14)))
        head = 45 if school.place == SPECIAL else 58 if "R" in school.years else 190
        spread = chance.lognormvariate(0, 0.28)
        for year in school.years:
            shrink = {"N": 0.45, "12": 0.45, "13": 0.4}.get(year, 1.0)
            number = round(head * spread * shrink * size * chance.uniform(0.85, 1.15) * _cohort(school))
            pupils.extend(_pupil(chance, school, year, poverty) for _ in range(number))
    chance.shuffle(pupils)
    return Population(2025, date(2026, 1, 15), _PLACES, schools, tuple(pupils))


def next_term(before: Population) -> Population:
    """The same authority a term later: some pupils leave, some arrive, some change their provision."""
    chance, moved = random.Random(1), 0.02  # noqa: S311 - invented pupils, the same each time
    staying = [pupil for pupil in before.pupils if chance.random() >= moved]
    arrived = [replace(pupil) for pupil in chance.choices(before.pupils, k=len(before.pupils) - len(staying))]
    now = [replace(pupil, fsm="Y") if chance.random() < moved / 2 else pupil for pupil in staying]
    return before.with_pupils([*now, *arrived])


def _schools() -> Iterator[School]:
    urn = 900000
    for place, _ in _PLACES:
        for number in range(32):
            urn += 1
            years = _PRIMARY_YEARS if number % 3 else _PRIMARY_YEARS[1:]
            yield School(str(urn), f"{place.title()} Primary School {number + 1}", place, years)
        for number in range(8 if place == "east" else 7):
            urn += 1
            years = (*_SECONDARY_YEARS, *_SIXTH_FORM) if number < 5 else _SECONDARY_YEARS
            yield School(str(urn), f"{place.title()} Academy {number + 1}", place, years)
    kinds: tuple[tuple[str, int, tuple[str, ...]], ...] = (
        ("Nursery School", 7, ("N",)),
        ("Special School", 10, (*_PRIMARY_YEARS[1:], *_SECONDARY_YEARS, "X")),
        ("Alternative Provision", 3, _SECONDARY_YEARS),
    )
    for kind, how_many, there in kinds:
        for number in range(how_many):
            urn += 1
            yield School(str(urn), f"{kind} {number + 1}", SPECIAL, there)


def _cohort(school: School) -> float:
    """The relative size of a school's year: special schools have small ones, nursery schools one large one."""
    if school.place != SPECIAL:
        return 1.0
    return 1.8 if school.years == ("N",) else 0.3


def _pupil(chance: random.Random, school: School, year: str, poverty: float) -> Pupil:
    weights = [
        share * (_LEAN[school.place] if code[0] in "AB" else 1 / _LEAN[school.place] if code == "WBRI" else 1.0)
        for code, share in _ETHNICITY.items()
    ]
    ethnicity = chance.choices(list(_ETHNICITY), weights)[0]
    sex, fsm = chance.choice("FM"), "Y" if chance.random() < poverty else "N"
    if school.place == SPECIAL:
        sen = "E" if chance.random() < (0.95 if len(school.years) > 6 else 0.3) else "K"
    else:
        sen = chance.choices("NKE", [0.83, 0.14, 0.03] if sex == "F" else [0.75, 0.2, 0.05])[0]
    other_language = chance.random() < _EAL_SHARE[ethnicity[0]]
    eal = "U" if chance.random() < 0.004 else "O" if other_language else "E"
    attained = ""
    if year in _ATTAINED:
        likely = _ATTAINED[year] + {"N": 0.09, "K": -0.25, "E": -0.45}[sen] + (-0.12 if fsm == "Y" else 0.05)
        attained = "Y" if chance.random() < min(0.97, max(0.04, likely)) else "N"
    attendance = None
    absent = "U"
    if year not in ("N", "R", "12", "13", "X") and chance.random() > 0.005:
        mean = (95.5 if year in _PRIMARY_YEARS else 92.5) - (3.5 if fsm == "Y" else 0)
        attendance = round(min(100.0, max(0.0, mean + 5.0 - chance.gammavariate(1.6, 3.4))), 2)
        absent = "Y" if attendance <= 90 else "N"
    phase = OTHER if school.place == SPECIAL else PRIMARY if year in _PRIMARY_YEARS else SECONDARY
    return Pupil(school.urn, phase, year, sex, fsm, sen, eal, ethnicity, attained, absent, attendance)
