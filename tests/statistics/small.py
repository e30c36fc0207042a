"""Small catalogues and populations for the tests of open statistics."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import product
from unittest import mock

from hypothesis import strategies as st

from sharing.statistics import rounding
from sharing.statistics.catalogue import Catalogue, Table, place_tree
from sharing.statistics.dimensions import tree
from sharing.statistics.population import OTHER, PRIMARY, SECONDARY, SPECIAL, Population, Pupil, School

PLACES = (("north", "North"), ("south", "South"))
SCHOOLS = tuple(
    School(str(number), f"School {number}", place, ("1", "2"))
    for number, place in enumerate(["north"] * 3 + ["south"] * 3, start=1)
)
DIMENSIONS = {
    dimension.name: dimension
    for dimension in (
        place_tree(PLACES, SCHOOLS),
        tree("year", "Year", "All", [("1", "Year 1", ""), ("2", "Year 2", "")]),
        tree("sex", "Sex", "All", [("F", "Girls", ""), ("M", "Boys", "")]),
        tree("fsm", "Free school meals", "All", [("Y", "Eligible", ""), ("N", "Not eligible", "")]),
        tree("sen", "Needs", "All", [("S", "With", ""), ("K", "Support", "S"), ("E", "Plan", "S"), ("N", "None", "")]),
    )
}
AREAS = ("Total", "north", "south", "special")
NAMES = ("place", "year", "sex", "fsm", "sen")


@contextmanager
def rounded_by(seed: int) -> Iterator[None]:
    """The numbers that a release draws come from this seed, so that a test finds the same each time."""
    with mock.patch.object(rounding, "secrets", mock.Mock(randbits=random.Random(seed).getrandbits)):
        yield


def table(*dimensions: str, name: str = "", **kept: object) -> Table:
    members = {"place": AREAS} if "place" in dimensions else {}
    return Table(name or "_".join(dimensions), " by ".join(dimensions), dimensions, **{"members": members, **kept})


def catalogue(*tables: Table) -> Catalogue:
    impossible = frozenset({frozenset({("place", "special"), ("year", year)}) for year in "12"})
    return Catalogue(DIMENSIONS, tables, impossible)


def population(pupils: Sequence[Pupil]) -> Population:
    return Population(2025, date(2026, 1, 15), PLACES, SCHOOLS, tuple(pupils))


def pupil(school: str = "1", year: str = "1", sex: str = "F", fsm: str = "N", sen: str = "N") -> Pupil:
    return Pupil(school, "PS", year, sex, fsm, sen, "E", "WBRI")


pupils = st.builds(
    pupil,
    st.sampled_from([school.urn for school in SCHOOLS]),
    st.sampled_from("12"),
    st.sampled_from("FM"),
    st.sampled_from("YNNN"),
    st.sampled_from("NNNNKKE"),
)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    """Up to a few hundred pupils: a few drawn kinds, each several times, so that cells are small and large."""
    kinds = draw(st.lists(st.tuples(pupils, st.integers(1, 23)), min_size=1, max_size=25))
    return population([one for one, times in kinds for _ in range(times)])


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """One to five tables of one to three dimensions, the whole of some limited to one member."""
    shapes = draw(
        st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True), min_size=1, max_size=5)
    )
    tables = []
    for number, shape in enumerate(shapes):
        where = {"sex": "F"} if "sex" not in shape and draw(st.booleans()) else {}
        tables.append(table(*shape, name=f"t{number}", where=where))
    return catalogue(*tables)


# --- an authority of the true catalogue -----------------------------------------------------------------------------

PEOPLE_OF = ("phase", "year", "sex", "fsm", "sen", "eal", "ethnicity", "attained", "persistently_absent")
_YEARS = {"primary": tuple("R123456"), "secondary": ("7", "8", "9", "10", "11"), "special": ("2", "6", "7", "11", "X")}


def authority(chance: random.Random, pupils: int, *, skew: float) -> Population:
    """Two Localities, and schools that stand apart, with pupils at random: `skew` is the share of rare ones."""
    schools = [
        School(str(1000 + 100 * at + number), f"School {at} {number}", place, _YEARS[kind])
        for at, (place, kind) in enumerate(product(("north", "south"), ("primary", "secondary")))
        for number in range(chance.choice((3, 4)))
    ]
    schools += [School(str(2000 + n), f"Special {n}", SPECIAL, _YEARS["special"]) for n in range(chance.choice((3, 4)))]
    return Population(
        2025,
        date(2026, 1, 15),
        PLACES,
        tuple(schools),
        tuple(_anybody(chance, chance.choice(schools), skew) for _ in range(pupils)),
    )


def _anybody(chance: random.Random, school: School, skew: float) -> Pupil:
    def rarely(rare: str, usual: str) -> str:
        return chance.choice(rare) if chance.random() < skew else usual

    year = chance.choice(school.years)
    measured = year not in ("R", "X") and chance.random() > 0.02
    absent = rarely("Y", "N") if measured else "U"
    return Pupil(
        school.urn,
        OTHER if school.place == SPECIAL else PRIMARY if year in _YEARS["primary"] else SECONDARY,
        year,
        chance.choice("FM"),
        rarely("Y", "N"),
        rarely("KE", "N"),
        rarely("OU", "E"),
        chance.choice(("APKN", "MWBC", "BAFR", "C")) if chance.random() < skew else "WBRI",
        rarely("N", "Y") if year in ("R", "1", "6", "11") else "",
        absent,
        None if absent == "U" else round(chance.uniform(70, 90) if absent == "Y" else chance.uniform(90.1, 100), 2),
    )
