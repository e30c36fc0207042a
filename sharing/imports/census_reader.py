"""Reading a School Census return, as a school's MIS exports it for COLLECT (formats page 4.1).

`read_header` says whose return it is before any pupil is read, so that the caller can compare it with the establishment
it was sent for. `read_pupils` streams the pupils (told.py).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sharing.codes import TERM
from sharing.imports.census_groups import leaves, xml_date
from sharing.imports.census_pupil import read_pupil
from sharing.imports.problems import ImportRefused, Problem, another_file, mask_upn, refused
from sharing.imports.told import OF_A_RETURN, ToldPupil
from sharing.imports.xml_stream import local_name, stream
from sharing.models import Enrolment

PUPILS: Final = ("PupilOnRoll", "PupilNoLongerOnRoll")
_MONTHS: Final = {"AUT": range(9, 13), "SPR": range(1, 5), "SUM": range(4, 9)}
# COLLECT knows it by the code alone (`schoolcensus.collection` of its export, formats page 4.2).
_COLLECTION: Final = ("sc", "school census")
_IN_THE_HEADER: Final = ("collection", "term", "year", "referencedate", "lea", "la", "estab", "serialno")
_WANTED: Final = "School Census"
_TRANSFER_FILE: Final = "ctfile"
_OTHER_FILES: Final = {
    _TRANSFER_FILE: "a Common Transfer File",
    "html": "a web page",
    "atfile": "an Admissions Transfer File",
    "transferfile": "an Admissions Transfer File",
}


@dataclass(frozen=True)
class CensusHeader:
    """Whose return it is and for which day.

    `term` is AUT, SPR or SUM. The year is that of the reference date, since the year written in the return may be one
    out. `urn` is None where the return does not say. `serial` counts the exports of one return.
    """

    term: str
    reference_date: date
    la: int
    establishment_number: int
    urn: int | None
    serial: str

    @property
    def dfe_number(self) -> str:
        """LA and establishment number, as seven digits."""
        return f"{self.la:03}{self.establishment_number:04}"

    @property
    def source(self) -> str:
        return f"{OF_A_RETURN}{TERM[self.term].lower()} {self.reference_date.year}"


def read_pupils(
    path: Path, header: CensusHeader, progress: Callable[[int], None] = lambda percent: None
) -> Iterator[ToldPupil | Problem]:
    """Each pupil, after the queries about it; or, instead of the pupil, what is wrong with it.

    A leaver who is on roll again yields one more enrolment, with a query. Raises ImportRefused for what concerns the
    file as a whole; for one that is cut short or has no pupils, only at the end. So apply nothing before then.
    """
    on_roll_count = 0
    first_seen: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for row, element in enumerate(stream(path, PUPILS, progress=progress, are_rows=True), start=1):
        on_roll = local_name(element) == PUPILS[0]
        on_roll_count += on_roll
        pupil, problems = read_pupil(element, row, on_roll, header.reference_date)
        yield from problems
        if pupil is None:
            continue
        repeated = _repeated(pupil, on_roll, first_seen)
        if repeated:
            yield repeated
            pupil.record, pupil.parts = {}, {Enrolment: pupil.parts[Enrolment]}
        if not (repeated and repeated.fatal):
            pupil.dfe_number = header.dfe_number
            yield pupil
    if not on_roll_count:
        cure = "The return contains no pupils on roll. Choose the pupils in your MIS, and export again."
        raise refused("PupilsOnRoll", cure)


def _repeated(pupil: ToldPupil, on_roll: bool, first_seen: dict[bool, dict[str, int]]) -> Problem | None:
    """A fatal problem for two pupils on roll, or two leavers, with one UPN; a query for a leaver on roll again."""
    first = first_seen[on_roll].setdefault(pupil.upn, pupil.row)
    if first != pupil.row:
        cure = f"Pupil {first} of this file has the same UPN. Find out whose it is."
        return Problem(pupil.row, "UPN", mask_upn(pupil.upn), cure, also=first)
    if not on_roll and (other := first_seen[True].get(pupil.upn)):
        cure = (
            f"Pupil {other} of this file has the same UPN. One is on roll, and the other has left. Did the pupil "
            "return?"
        )
        return Problem(pupil.row, "UPN", mask_upn(pupil.upn), cure, fatal=False, also=other)
    return None


def read_header(path: Path) -> CensusHeader:
    """Whose return this is. Raises ImportRefused, with every problem found, if the header is not valid."""
    _check_root(path)
    texts: dict[str, str] = {}
    school: dict[str, str] = {}
    log: list[Problem] = []

    def say(field: str, value: str, cure: str, fatal: bool) -> None:
        if field.lower() in _IN_THE_HEADER:
            log.append(Problem(None, field, value, cure, fatal))

    for element in stream(path, ("Header", "School", *PUPILS)):
        if local_name(element) == "Header":
            texts = texts or leaves(element, say)
        elif local_name(element) == "School":
            school = school or leaves(element)
        else:
            break
    if not texts:
        raise refused("Header", "The return has no header. Export it again from your MIS.")
    return _header(texts, school, log)


def _check_root(path: Path) -> None:
    root = next(stream(path, ("*",), starts=True), None)
    name = "" if root is None else local_name(root)
    if name != "Message":
        what = _OTHER_FILES.get(name.lower(), "not a census return")
        raise another_file(what, _WANTED, is_ours=name.lower() == _TRANSFER_FILE)


def _header(texts: dict[str, str], school: dict[str, str], log: list[Problem]) -> CensusHeader:
    collection = " ".join(texts.get("collection", "").split())
    if collection.lower() not in _COLLECTION:
        what = f"a return for '{collection[:60]}'" if collection else "a return for no named collection"
        is_ours = collection.lower() == "school workforce census"
        raise another_file(what, _WANTED, is_ours=is_ours, field="Collection")
    term = texts.get("term", "").upper()
    if term not in TERM:
        log.append(Problem(None, "Term", term, "The term must be AUT, SPR or SUM."))
    year = _number(texts, "Year", 1990, 2100, log)
    day = xml_date(texts.get("referencedate", ""))
    if day is None:
        cure = "The reference date is missing, or it is not a date (year-month-day)."
        log.append(Problem(None, "ReferenceDate", texts.get("referencedate", ""), cure))
    elif term in TERM and year and (day.month not in _MONTHS[term] or abs(day.year - year) > 1):
        cure = f"The reference date is not in {TERM[term].lower()} {year}. Correct one of them."
        log.append(Problem(None, "ReferenceDate", day.isoformat(), cure))
    la_field = "LEA" if "lea" in texts else "LA"
    la = _number(texts, la_field, 1, 999, log)
    estab = _number(texts, "Estab", 0, 9999, log)
    urn_text = school.get("urn", "")
    urn = _number(school, "URN", 100_000, 999_999, log) if urn_text else None
    if day is None or log:
        raise ImportRefused(log)
    return CensusHeader(
        term=term,
        reference_date=day,
        la=la,
        establishment_number=estab,
        urn=urn,
        serial=texts.get("serialno", ""),
    )


def _number(texts: dict[str, str], field: str, low: int, high: int, log: list[Problem]) -> int:
    text = texts.get(field.lower(), "")
    if re.fullmatch("[0-9]{1,6}", text) and low <= int(text) <= high:
        return int(text)
    cure = f"The header must give {field} as a number from {low} to {high}. Export it again."
    log.append(Problem(None, field, text, cure))
    return 0
