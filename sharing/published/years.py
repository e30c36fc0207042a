"""Finds which academic year a file is for, from the file itself or its name. Nothing is guessed.

Within files: `time_period` 201819 (EES), `Years` of many spellings (LAIT), and columns for earlier years
(`PTRWM_EXP_18` in the tables of 2018/19). Tables without any of these are recognised by the name that the Department's
archive gives them or their folder: 2022-2023/england_abs.csv.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from django.utils import timezone

from sharing.imports.problems import refused
from sharing.school_year import academic_year, in_words

FIRST: Final = 1990
# Years without published school results. A table whose newest earlier results are of 2019 is therefore of a later year.
WITHOUT_RESULTS: Final = frozenset((2019, 2020))
_NAMED: Final = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-_/ ]?((?:19|20)?[0-9]{2})(?![0-9])")


def is_possible(year: int) -> bool:
    """Whether the year is not before published tables began, and has begun by today."""
    return FIRST <= year <= academic_year(timezone.localdate())


def from_time_period(text: str) -> int | None:
    """201819 as 2018. None for anything that is not six digits for two consecutive years."""
    match = re.fullmatch(r"([0-9]{4})([0-9]{2})", text.strip())
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        return None
    return int(match[1]) if is_possible(int(match[1])) else None


def by_columns(stem: str) -> Callable[[Path, Sequence[str]], int]:
    """The year of a table, from the results of earlier years it also has, in columns `stem`_18."""
    return lambda path, header: year_of(path, of_columns(header, stem))


def of_columns(header: Iterable[str], stem: str) -> int | None:
    """The academic year of a table, from the columns `stem`_18.

    The newest of these are of the summer before: a table with those of 2018 is for the year that began in 2018. None if
    there are none, or if the year after had no results.
    """
    matches = (re.fullmatch(rf"{re.escape(stem)}_([0-9]{{2}})", text.strip(), re.IGNORECASE) for text in header)
    year = max((2000 + int(match[1]) for match in matches if match), default=None)
    return None if year in WITHOUT_RESULTS else year


def named(path: Path) -> set[int]:
    """The academic years in a file's name, or, if it has none, in the name of its folder."""
    return _in_name(path.stem) or _in_name(path.parent.name)


def _in_name(name: str) -> set[int]:
    found = ((int(first), int(second) % 100) for first, second in _NAMED.findall(name))
    return {first for first, second in found if (first + 1) % 100 == second}


def by_name(path: Path, header: Sequence[str]) -> int:
    """The year of a table that does not say it: the Department's archive has it in the folder's name."""
    return year_of(path, None)


def year_of(path: Path, told: int | None) -> int:
    """The year that the file's columns give, or the one in its name.

    Raises ImportRefused if neither gives it, if both do and differ, and for a future year.
    """
    names = named(path)
    if len(names) > 1:
        raise refused("", "The file's name has more than one academic year. Keep the one that the figures are for.")
    name = next(iter(names), None)
    if told is not None and name is not None and told != name:
        cure = (
            f"The file's name says {in_words(name)}, its columns say {in_words(told)}. "
            "Rename the file, or download the right one."
        )
        raise refused("", cure)
    year = told if told is not None else name
    if year is None:
        cure = (
            "Nothing in the file says which academic year it is for. Put the year into its name, "
            f"as in 2022-2023_{path.name}, and send it again."
        )
        raise refused("", cure[:300])
    if not is_possible(year):
        raise refused("", f"The academic year {in_words(year)} is still to come, or too long ago.", str(year))
    return year
