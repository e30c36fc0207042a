"""Results of the key stages, for the cohorts that have reached them."""

from dataclasses import dataclass
from random import Random

FREE_MEALS, SUPPORT, PLAN = -0.52, -1.10, -1.95  # in standard deviations
# How far above the expected standard a child with neither need nor free meals is on average.
GOOD_LEVEL, PHONICS, EXPECTED_AT_11 = 0.70, 1.25, 0.66
GRADES = {"N": 4.80, "K": 3.05, "E": 1.40}  # the average GCSE grade without free meals
FREE_MEALS_GRADES = -1.28
AREAS = ("COM", "PSE", "PHY", "LIT", "MAT")  # all at the expected level make a good level of development
OTHER_AREAS = ("UTW", "EXP")
EBACC, OTHERS = ("HIS", "GEO", "FRE", "SPA", "URD"), ("REL", "ART", "PED", "BUS", "DRA", "DAT", "MUS")
YEAR_OF = {"FS": 0, "PH": 1, "MT": 4, "K2": 6, "K4": 11}  # year groups; Reception is 0


@dataclass(frozen=True)
class Reached:
    """A result, with the fields of `Result`."""

    stage: str
    academic_year: int
    subject: str
    component: str
    result: str


def ability_of(rng: Random, sen: str, free_meals: bool) -> float:
    """The child's position among its peers, with 0 for a child without special needs or free meals."""
    return rng.gauss(0, 1) + (FREE_MEALS if free_meals else 0) + {"K": SUPPORT, "E": PLAN}.get(sen, 0)


def results_of(
    rng: Random, ability: float, sen: str, free_meals: bool, reception: int, first_year: int, last_year: int
) -> list[Reached]:
    """Results of the academic years from `first_year` to `last_year`, for a child in Reception in `reception`."""
    found: list[Reached] = []
    for stage, after in YEAR_OF.items():
        year = reception + after
        if first_year <= year <= last_year:
            drawn = _OF_STAGE[stage](rng, ability, sen, free_meals)
            found += [Reached(stage, year, subject, component, result) for subject, component, result in drawn]
    return found


Rows = list[tuple[str, str, str]]


def _profile(rng: Random, ability: float, sen: str, free_meals: bool) -> Rows:
    """Early learning goals by area: 2 expected, 1 emerging."""
    good = ability + GOOD_LEVEL > 0
    areas = {area: "2" if good or rng.random() < 0.6 else "1" for area in AREAS}
    if not good and "1" not in areas.values():
        areas["LIT"] = "1"
    return [(area, "", level) for area, level in areas.items()] + [
        (area, "", "2" if ability + 1.2 + rng.gauss(0, 0.5) > 0 else "1") for area in OTHER_AREAS
    ]


def _phonics(rng: Random, ability: float, sen: str, free_meals: bool) -> Rows:
    """The mark out of 40; 32 is the standard."""
    above = ability + PHONICS
    mark = 32 + min(8, above * 4) if above > 0 else 31 + max(-31, above * 9)
    return [("PHO", "", str(int(mark)))]


def _tables(rng: Random, ability: float, sen: str, free_meals: bool) -> Rows:
    """The multiplication tables check: a mark of 25, A for absent."""
    if rng.random() < 0.02:
        return [("MAT", "MTC", "A")]
    return [("MAT", "MTC", str(max(0, min(25, round(21.5 + 4.4 * ability + rng.gauss(0, 2))))))]


def _age_eleven(rng: Random, ability: float, sen: str, free_meals: bool) -> Rows:
    """Scaled scores (100 is the standard) and the teachers' judgement of writing."""
    above = ability + EXPECTED_AT_11
    scores = {subject: round(101 + 5.2 * above + rng.gauss(0, 3)) for subject in ("REA", "MAT", "GPS")}
    writing = "GDS" if above > 2.0 else "EXS" if above + rng.gauss(0, 0.4) > -0.3 else "WTS"
    if above > 0:
        writing = "EXS" if writing == "WTS" else writing
        scores |= {subject: max(100, scores[subject]) for subject in ("REA", "MAT")}
    elif writing != "WTS" and min(scores["REA"], scores["MAT"]) >= 100:
        weakest = min(("REA", "MAT"), key=lambda subject: scores[subject])
        scores[weakest] = 99 - int(rng.random() * 5)
    kept = {subject: str(max(80, min(120, score))) for subject, score in scores.items()}
    return [("REA", "", kept["REA"]), ("MAT", "", kept["MAT"]), ("GPS", "", kept["GPS"]), ("WRI", "", writing)]


def _age_sixteen(rng: Random, ability: float, sen: str, free_meals: bool) -> Rows:
    """GCSE grades, 0 to 9 (U is ungraded): English twice, mathematics, combined science, and optional subjects."""
    own = ability - (FREE_MEALS if free_meals else 0) - {"K": SUPPORT, "E": PLAN}.get(sen, 0)
    mean = GRADES.get(sen, GRADES["N"]) + (FREE_MEALS_GRADES if free_meals else 0) + 1.75 * own
    chosen = rng.sample(EBACC, 1) + rng.sample(OTHERS, 3)

    def grade() -> str:
        drawn = max(0, min(9, round(mean + rng.gauss(0, 0.9))))
        return str(drawn) if drawn else "U"

    one, two = sorted((grade(), grade()), reverse=True)
    science = f"{one}-{two}" if one != "U" and two != "U" else "U-U"
    return [
        ("ENG", "GCSE", grade()),
        ("ENL", "GCSE", grade()),
        ("MAT", "GCSE", grade()),
        ("SCI", "GCSE", science),
        *[(subject, "GCSE", grade()) for subject in chosen],
    ]


_OF_STAGE = {"FS": _profile, "PH": _phonics, "MT": _tables, "K2": _age_eleven, "K4": _age_sixteen}
