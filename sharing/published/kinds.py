"""The kinds of published file that can be brought in, for the pages of an import and for `manage.py import_file`."""

from functools import partial
from typing import Final

from sharing.imports.kinds import Kind
from sharing.published import absence, attendance, census, deprivation, exclusions, eyfsp, ks2, ks4, lait
from sharing.published.store import Reader, bring_in

_YEAR_IN_NAME: Final = "It does not say its year: put it into the file's name, as in 2022-2023 {}.csv."


def _kind(slug: str, name: str, hint: str, read: Reader) -> Kind:
    full = f"published-{slug}"
    return Kind(full, name, (".csv",), hint, for_schools=False, bring_in=partial(bring_in, full, read))


PUBLISHED_KINDS: Final[tuple[Kind, ...]] = (
    _kind("ks2", "Published: Key Stage 2 results", "The ks2final table of the school performance tables.", ks2.read),
    _kind("ks4", "Published: Key Stage 4 results", "The ks4final table of the school performance tables.", ks4.read),
    _kind(
        "census",
        "Published: pupils and their characteristics",
        f"The census table of the school performance tables. {_YEAR_IN_NAME.format('census')}",
        census.read,
    ),
    _kind(
        "absence",
        "Published: absence",
        f"The abs table of the school performance tables. {_YEAR_IN_NAME.format('abs')}",
        absence.read,
    ),
    _kind(
        "exclusions",
        "Published: suspensions and exclusions",
        "Exclusions by geographic level, from Explore Education Statistics.",
        exclusions.read,
    ),
    _kind(
        "eyfsp",
        "Comparators: early years profile",
        "Headline measures of the early years foundation stage profile, from Explore Education Statistics.",
        eyfsp.read,
    ),
    _kind(
        "attendance",
        "Comparators: attendance, year to date",
        "Pupil attendance in the year to date, from Explore Education Statistics.",
        attendance.read_year_to_date,
    ),
    _kind(
        "absence-areas",
        "Comparators: absence by term",
        "Absence by term, from Explore Education Statistics. Whole years are read.",
        attendance.read_by_term,
    ),
    _kind(
        "lait",
        "Comparators: indicators of areas (LAIT)",
        "The long file of the Local Authority Interactive Tool.",
        lait.read,
    ),
    _kind(
        "deprivation",
        "Deprivation of neighbourhoods",
        "Scores of the English Indices of Deprivation by LSOA (File 7), of 2019 or 2025.",
        deprivation.read,
    ),
)
