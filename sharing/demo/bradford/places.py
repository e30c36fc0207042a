"""The 227 invented establishments: how many of each kind, their names, their year groups and how many pupils.

URNs from 980001 belong to no real establishment. The establishments where children begin come first, so that a child is
known before the school they move on to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from sharing import codes
from sharing.demo.places import LA

BRADFORD = "Invented Bradford"  # the source of every row
PUPILS = 104_412
LOCALITIES = ("Northfell", "Southbeck", "Eastmoor", "Westcrag", "Midvale")
FIRST_URN = 980_001
FEWEST_PUPILS = 600
MOST_PUPILS = 400_000  # with more, a cohort of a school has more children than serial numbers

NURSERY, INFANT, JUNIOR, PRIMARY, SECONDARY, SPECIAL, AP, INDEPENDENT = (
    "nursery", "infant", "junior", "primary", "secondary", "special", "ap", "independent",
)  # fmt: skip
INFANT_YEARS, JUNIOR_YEARS = ("R", "1", "2"), ("3", "4", "5", "6")
SECONDARY_YEARS, SIXTH_FORM = ("7", "8", "9", "10", "11"), ("12", "13")
# Sizes relative to a cohort of a year group in which everybody is at school.
WEIGHT_OF_YEAR = {"N1": 0.4, "N2": 0.8, "12": 0.4, "13": 0.35}
# Pupils of each phase in the census of 2022/23: primary, secondary, nursery, special, alternative provision.
SHARES = {PRIMARY: 56_966, SECONDARY: 41_881, NURSERY: 891, SPECIAL: 1_469, AP: 102}
PHASE_OF_SHAPE = {INFANT: PRIMARY, JUNIOR: PRIMARY}
COUNTS = {NURSERY: 7, INFANT: 8, PRIMARY: 140, JUNIOR: 8, SECONDARY: 36, SPECIAL: 8, AP: 3, INDEPENDENT: 17}
FIRST_NUMBER = {
    NURSERY: 1000, INFANT: 2000, PRIMARY: 2020, JUNIOR: 2010, SECONDARY: 4000, SPECIAL: 7000, AP: 1100,
    INDEPENDENT: 6000,
}  # fmt: skip
TYPES: Mapping[str, tuple[int, ...]] = {
    NURSERY: (15,),
    INFANT: (1, 1, 34),
    JUNIOR: (1, 1, 34),
    PRIMARY: (1, 34, 1, 28, 2, 34, 3, 1, 34, 35, 5, 34),
    SECONDARY: (34, 28, 1, 34, 35, 2, 28, 5, 34, 41),
    SPECIAL: (7, 44, 7, 36),
    AP: (14, 14, 42),
    INDEPENDENT: (11, 11, 11, 10),
}
AGES = {
    NURSERY: (3, 5), INFANT: (4, 7), JUNIOR: (7, 11), PRIMARY: (4, 11), SECONDARY: (11, 16), SPECIAL: (4, 16),
    AP: (11, 16),
}  # fmt: skip
PHASE_CODE = {NURSERY: 1, INFANT: 2, PRIMARY: 2, JUNIOR: 2, SECONDARY: 4}
LAST_WORD = {
    NURSERY: "Nursery School", INFANT: "Infant School", JUNIOR: "Junior School", PRIMARY: "Primary School",
    SECONDARY: "High School", SPECIAL: "School", AP: "Centre", INDEPENDENT: "House School",
}  # fmt: skip
BEGINNINGS = (
    "Alder", "Birk", "Crow", "Dene", "Elder", "Fern", "Gaunt", "Hollin", "Ing", "Jenny", "Kell", "Lam", "Maple", "Nab",
    "Owl", "Pen", "Quarm", "Rook", "Stain", "Thorn", "Ulley", "Wether",
)  # fmt: skip
ENDS = ("bank", "by", "cliffe", "dale", "field", "gate", "holme", "hurst", "ley", "royd", "thwaite", "wick")


@dataclass(frozen=True)
class Place:
    """One establishment. `roll`: year group -> pupils on roll. `meals`: the share of them with free school meals."""

    urn: int
    number: int
    shape: str
    name: str
    town: str
    type_code: int
    locality: str
    roll: Mapping[str, int]
    meals: float

    @property
    def kind(self) -> str:
        return codes.community_kind(self.type_code, PHASE_CODE.get(self.shape, 0)) or ""

    @property
    def size(self) -> int:
        return sum(self.roll.values())

    @property
    def dfe_number(self) -> str:
        return f"{LA:03}{self.number:04}"


def places(pupils: int) -> tuple[Place, ...]:
    """All establishments, with `pupils` pupils on roll in total. Raises ValueError for too few or too many."""
    if not FEWEST_PUPILS <= pupils <= MOST_PUPILS:
        raise ValueError(f"Between {FEWEST_PUPILS} and {MOST_PUPILS} pupils, please.")
    rng = Random("the places of Bradford")  # noqa: S311 - invented establishments, not secrets
    names = [f"{beginning}{end}" for beginning in BEGINNINGS for end in ENDS]
    rng.shuffle(names)
    shapes = [shape for shape, count in COUNTS.items() for _ in range(count)]
    sizes = _sizes(shapes, pupils, rng)
    return tuple(_places(shapes, names, sizes, rng))


def _places(shapes: list[str], names: list[str], sizes: list[int], rng: Random) -> Iterator[Place]:
    seen = dict.fromkeys(COUNTS, 0)
    for index, shape in enumerate(shapes):
        nth, seen[shape] = seen[shape], seen[shape] + 1
        # An infant and a junior school of one place share a name.
        town = names[shapes.index(INFANT) + nth] if shape == JUNIOR else names[index]
        kind = TYPES[shape]
        last = {41: "Studio School", 10: "School"}.get(kind[nth % len(kind)], LAST_WORD[shape])
        if kind[nth % len(kind)] in (28, 34, 44) and shape not in (SPECIAL, AP):
            last = last.replace("School", "Academy")
        yield Place(
            urn=FIRST_URN + index,
            number=FIRST_NUMBER[shape] + nth,
            shape=shape,
            name=f"{town} {last}",
            town=town,
            type_code=kind[nth % len(kind)],
            locality="" if shape == INDEPENDENT else LOCALITIES[nth % len(LOCALITIES)],
            roll=_roll(sizes[index], _years(shape, nth)),
            meals={SPECIAL: 0.36, AP: 0.52}.get(shape, 0.12 + 0.31 * rng.random()),
        )


def _sizes(shapes: list[str], pupils: int, rng: Random) -> list[int]:
    """The number of pupils of each establishment: by weight within its phase, at least one, `pupils` in total."""
    phases = [PHASE_OF_SHAPE.get(shape, shape) for shape in shapes]
    weights = [
        (len(_years(shape, 0)) if shape in (INFANT, JUNIOR, PRIMARY) else 1) * (0.55 + 0.9 * rng.random())
        for shape in shapes
    ]
    total = sum(SHARES.values())
    sizes = []
    for phase, weight in zip(phases, weights, strict=True):
        of_phase = pupils * SHARES[phase] / total if phase in SHARES else 0
        among = sum(w for p, w in zip(phases, weights, strict=True) if p == phase)
        sizes.append(max(1, round(of_phase * weight / among)) if of_phase else 0)
    sizes[sizes.index(max(sizes))] += pupils - sum(sizes)
    return sizes


def _years(shape: str, nth: int) -> tuple[str, ...]:
    if shape == NURSERY:
        return ("N1", "N2")
    if shape == PRIMARY:
        return (*(("N2",) if nth % 5 < 3 else ()), *INFANT_YEARS, *JUNIOR_YEARS)
    if shape == SECONDARY:
        return (*SECONDARY_YEARS, *(SIXTH_FORM if nth % 9 < 4 else ()))
    return {
        INFANT: INFANT_YEARS,
        JUNIOR: JUNIOR_YEARS,
        SPECIAL: (*INFANT_YEARS, *JUNIOR_YEARS, *SECONDARY_YEARS),
        AP: SECONDARY_YEARS[1:],
    }.get(shape, ())


def _roll(size: int, years: tuple[str, ...]) -> dict[str, int]:
    """The pupils of each year group: by weight, with the remainder in the first ones."""
    weights = {year: WEIGHT_OF_YEAR.get(year, 1.0) for year in years}
    total = sum(weights.values())
    roll = {year: int(size * weight / total) for year, weight in weights.items()}
    for year in years[: size - sum(roll.values())]:
        roll[year] += 1
    return roll
