"""A list of first heads: what each line of an uploaded file says (list_file). No database here."""

from dataclasses import dataclass

from access_register import list_file
from access_register.list_file import CannotRead, Columns, Line, check_name_and_address, day_of, text_of

HEAD = "name of head"
COLUMNS = Columns(("urn", "establishment", HEAD, "email", "first day"), ("urn", HEAD, "email"))
NO_URN = "The URN is missing, or is no number. Take it from the template."


@dataclass(frozen=True)
class HeadRow:
    """One line of the file, as plain values. `problem` says why it cannot be used. No first day: it is today."""

    number: int
    urn: int = 0
    name: str = ""
    email: str = ""
    first_day: str = ""
    problem: str = ""


def read(content: bytes) -> list[HeadRow]:
    """The lines that name somebody: others of the template wait. Raises CannotRead where the file is of no use."""
    lines = list_file.read(content, COLUMNS)
    rows = [_row(line) for line in lines if line.problem or {HEAD, "email"} & line.cells.keys()]
    if not rows:
        raise CannotRead("No line of the file names a head. Write the name and the e-mail address of each head.")
    return rows


def template(places: list[tuple[int, str]]) -> bytes:
    """The file to fill in, with the URN and the name of each of these establishments."""
    return list_file.template_csv(COLUMNS, [(urn, name, "", "", "") for urn, name in places])


def _row(line: Line) -> HeadRow:
    cells = line.cells
    name, email = text_of(cells.get(HEAD))[:200], text_of(cells.get("email"))[:254]
    urn = text_of(cells.get("urn")).removesuffix(".0")
    try:
        check_name_and_address(cells, HEAD)
        if not (urn.isascii() and urn.isdigit() and len(urn) == 6):
            raise ValueError(NO_URN)
        return HeadRow(line.number, int(urn), name, email, day_of(cells, "first day"))
    except ValueError as problem:
        return HeadRow(line.number, name=name, email=email, problem=line.problem or str(problem))
