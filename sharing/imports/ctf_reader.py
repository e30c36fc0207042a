"""Reading a Common Transfer File, from version 19 (formats page 3).

`read_header` says who sent the file and whom it is for; `read_pupils` yields each child after the queries about them,
or what is wrong with them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lxml import etree

from sharing.ctf import UNKNOWN_LA, UNKNOWN_SCHOOL, VERSIONS
from sharing.imports.census_groups import xml_date
from sharing.imports.ctf_pupil import read_pupil
from sharing.imports.problems import ImportRefused, Problem, mask_upn, refused, show_code
from sharing.imports.told import ToldPupil
from sharing.imports.xml_stream import local_name, stream
from sharing.imports.xml_values import Record, Values

__all__ = ["PUPILS", "CtfHeader", "read_header", "read_pupils"]

PUPILS: Final = ("Pupil",)
_OTHER_FILES: Final = {
    "atfile": "This is an Admissions Transfer File, with applications for places. Send it to Admissions.",
    "message": "This is a census return. Bring it in as a census.",
    "html": "This is a web page.",
}
_WHAT_TO_SEND: Final = "Send the Common Transfer File that the other school's MIS has made."


@dataclass(frozen=True)
class CtfHeader:
    """Who sent the file and whom it is for. `version` is like 25.0; `source` and `destination` are DfE numbers of seven
    digits, empty where the file names no school by number (a school abroad, an authority, XXX/XXXX).
    """

    version: str
    written_on: date
    source: str
    source_name: str
    academic_year: int | None
    destination: str

    @property
    def is_newer(self) -> bool:
        """Whether the file is of a version that came out after this reader was written."""
        return int(self.version.partition(".")[0]) > VERSIONS[-1]


def read_pupils(path: Path) -> Iterator[ToldPupil | Problem]:
    """Each child, after the queries about it; or, instead of the child, what is wrong with it.

    Raises ImportRefused for what concerns the file as a whole: at once for another kind of file, at the end for one
    that is cut short or has no children. So apply nothing before the last child.
    """
    header = read_header(path)
    first_seen: dict[str, int] = {}
    row = 0
    for element in stream(path, PUPILS, are_rows=True):
        row += 1
        told, problems = read_pupil(element, row, header.written_on)
        yield from problems
        if told is None:
            continue
        first = first_seen.setdefault(told.upn, row)
        if first != row:
            cure = f"Pupil {first} of this file has the same UPN. Ask for a file with each child once."
            yield Problem(row, "UPN", mask_upn(told.upn), cure, also=first)
        else:
            yield told
    if not row:
        raise refused("CTFpupilData", "The file contains no pupils. Ask the other school to choose the children again.")


def read_header(path: Path) -> CtfHeader:
    """Who sent it and whom it is for. Raises ImportRefused, with every problem found, if it is no CTF we can read."""
    _check_root(path)
    for element in stream(path, ("Header", *PUPILS)):
        if local_name(element) == "Header":
            return _header(element)
        break
    raise refused("Header", "The file has no header. Ask the other school for the file again.")


def _check_root(path: Path) -> None:
    root = next(stream(path, ("*",), starts=True), None)
    name = "" if root is None else local_name(root).lower()
    if name != "ctfile":
        what = _OTHER_FILES.get(name, "This is not a Common Transfer File.")
        raise refused("", f"{what} {_WHAT_TO_SEND}")


def _header(element: etree._Element) -> CtfHeader:
    record = Record(0)
    values = record.at(element)
    version = values.raw("CTFversion")
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", version) or int(version.partition(".")[0]) < VERSIONS[0]:
        cure = f"Versions of the CTF from {VERSIONS[0]} are read here. Ask for the file in a newer one."
        record.wrong("CTFversion", version if re.fullmatch("[0-9.]{1,6}", version) else show_code(version), cure)
    written_on = xml_date(values.raw("DateTime")[:10])
    if written_on is None:
        record.wrong("DateTime", "", "The file does not say when it was made (year-month-day). Ask for it again.")
    source, destination = (
        record.at(record.group(element, "SourceSchool")),
        record.at(record.group(element, "DestSchool")),
    )
    header = CtfHeader(
        version=version,
        written_on=written_on or date.min,
        source=source.dfe_number(),
        source_name=source.text("SchoolName", most=200),
        academic_year=source.whole("AcademicYear", 9999),
        destination=_destination(destination),
    )
    if record.refused:
        raise ImportRefused([Problem(None, problem.field, problem.value, problem.cure) for problem in record.problems])
    return header


def _destination(values: Values) -> str:
    la, estab = values.raw("LEA", "LA").upper(), values.raw("Estab").upper()
    if (la, estab) in ((UNKNOWN_LA, UNKNOWN_SCHOOL), ("", "")):
        return ""
    if not values.dfe_number():
        cure = f"The receiving school must be a number, or {UNKNOWN_LA}/{UNKNOWN_SCHOOL} where it is not known."
        values.record.wrong("DestSchool", f"{show_code(la)}/{show_code(estab)}", cure)
    return values.dfe_number()
