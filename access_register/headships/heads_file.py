"""A list of first heads: what each line of an uploaded file says (see list_file). No database here."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from access_register.register import list_file
from access_register.register.list_file import (
    MOST_OF_A_NAME,
    CannotRead,
    Columns,
    Line,
    Reads,
    address_of,
    day_of,
    name_of,
    said,
    text_of,
)
from sharing.files.spreadsheet_slips import as_digits, is_shortened

HEAD = "name of head"
COLUMNS = Columns(("urn", "establishment", HEAD, "email", "first day"), ("urn", HEAD, "email"))
NO_URN = "The URN is missing, or is not a number. Take it from the template."


@dataclass(frozen=True)
class HeadRow:
    """One line of the file, as plain values. `problem` says everything that is wrong with it. No first day: today."""

    number: int
    urn: int = 0
    name: str = ""
    email: str = ""
    first_day: str = ""
    problem: str = ""


def read(content: bytes) -> list[HeadRow]:
    """The lines that name somebody; other lines of the template wait. Raises CannotRead if the file is unusable."""
    lines = list_file.read(content, COLUMNS)
    rows = [_row(line) for line in lines if line.problem or {HEAD, "email"} & line.cells.keys()]
    if not rows:
        raise CannotRead("No line of the file names a head. Write the name and the email address of each head.")
    return rows


def template(places: list[tuple[int, str]]) -> bytes:
    """The file to fill in, with the URN and name of each of these establishments."""
    return list_file.template_csv(COLUMNS, [(urn, name, "", "", "") for urn, name in places])


def _row(line: Line) -> HeadRow:
    values, problem = said(line, _READS)
    if not problem:
        return HeadRow(line.number, **values)
    name, email = text_of(line.cells.get(HEAD))[:MOST_OF_A_NAME], text_of(line.cells.get("email"))[:254]
    return HeadRow(line.number, name=name, email=email, problem=problem)


def _urn(cells: dict[str, Any]) -> int:
    text = text_of(cells.get("urn"))
    urn = as_digits(text)
    if is_shortened(text):
        raise ValueError(
            "A spreadsheet has shortened the URN, and its last digits are lost. Take it from the template."
        )
    if not (urn.isascii() and urn.isdigit() and len(urn) == 6):
        raise ValueError(NO_URN)
    return int(urn)


_READS: Reads = {
    "urn": _urn,
    "name": partial(name_of, column=HEAD),
    "email": address_of,
    "first_day": partial(day_of, column="first day"),
}
