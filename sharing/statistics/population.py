"""Pupils and schools as the statistics see them: codes, and nothing that identifies anybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

SPECIAL: Final = "special"
"""The authority-wide group of special, alternative and nursery schools: by Locality they would be one or two."""

PRIMARY, SECONDARY, OTHER = "PS", "SS", "OT"

# Codes that few schools use are counted under a broader code, so that the school cannot be recognised by its code.
_ETHNICITY_FOR_STATISTICS: Final[Mapping[str, str]] = {
    "ABRI": "AOTH",
    "AWEL": "AOTH",
    "BBRI": "BOTH",
    "BWEL": "BOTH",
    "CHNE": "C",
    "OOTH": "O",
    "REFU": "U",
    "NOBT": "U",
    "": "U",
}
_NURSERY: Final = frozenset({"E1", "E2", "N1", "N2"})


def ethnicity_for_statistics(main: str) -> str:
    """The statistics' code for one of the Department's main codes."""
    return _ETHNICITY_FOR_STATISTICS.get(main, main)


def year_for_statistics(nc_year: str) -> str:
    """The statistics' code for a National Curriculum year: nursery years together, Year 14 with Year 13."""
    if nc_year in _NURSERY:
        return "N"
    return "13" if nc_year == "14" else nc_year


@dataclass(frozen=True, slots=True)
class School:
    """An establishment. Its place is a Locality's code or SPECIAL; its years are those in which it may have pupils.

    `years` are the statistics' codes. As everybody knows, no pupil there can be in another year.
    """

    urn: str
    name: str
    place: str
    years: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pupil:
    """One pupil on a roll, as codes of the catalogue's dimensions.

    `phase` is the phase of the pupil's education: PS, SS or, in the authority-wide group, OT. `attained` is Y or N for
    everybody in a year that is assessed (a pupil who was absent or disapplied is N, as the Department counts), and
    empty elsewhere. `persistently_absent` is Y, N, or U where attendance is not measured. `attendance` is the pupil's
    own share of possible sessions attended, in per cent; it is None for the same pupils whose persistent absence is U.
    """

    school: str
    phase: str
    year: str
    sex: str
    fsm: str
    sen: str
    eal: str
    ethnicity: str
    attained: str = ""
    persistently_absent: str = "U"
    attendance: float | None = None


@dataclass(frozen=True)
class Population:
    """Everybody counted in one release, on one day. `places` are the Localities' codes and names."""

    academic_year: int
    as_of: date
    places: tuple[tuple[str, str], ...]
    schools: tuple[School, ...]
    pupils: tuple[Pupil, ...]

    def with_pupils(self, pupils: Iterable[Pupil]) -> "Population":
        return Population(self.academic_year, self.as_of, self.places, self.schools, tuple(pupils))
