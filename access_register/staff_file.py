"""A list of staff: what each line of an uploaded file says (list_file). No database here."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from access_register import list_file
from access_register.levels import Level
from access_register.list_file import Columns, Line, check_name_and_address, day_of, text_of
from access_register.models import RegisterLine

COLUMNS = Columns(("name", "email", "role", "level", "basis", "reason", "last day"), ("name", "email", "role"))
template_csv = partial(list_file.template_csv, COLUMNS)
template_xlsx = partial(list_file.template_xlsx, COLUMNS)
_ROLES = {"third party": RegisterLine.Role.THIRD_PARTY, "head": RegisterLine.Role.HEAD} | {
    word: role for role in RegisterLine.Role for word in (role.value, role.label.lower())
}
_BASES = {"another reason": RegisterLine.Basis.HEADS_REASON, "other": RegisterLine.Basis.HEADS_REASON} | {
    word: basis for basis in RegisterLine.Basis for word in (basis.value, basis.label.lower())
}


@dataclass(frozen=True)
class StaffRow:
    """One line of the file, as plain values. `problem` says why it cannot be used. Empty: not said in the file."""

    number: int
    name: str = ""
    email: str = ""
    role: str = ""
    level: int | None = None
    basis: str = ""
    reason: str = ""
    last_day: str = ""
    problem: str = ""


def read(content: bytes) -> list[StaffRow]:
    """The rows of the file. Raises CannotRead where the file as a whole is of no use."""
    return [_row(line) for line in list_file.read(content, COLUMNS)]


def _row(line: Line) -> StaffRow:
    name, email = text_of(line.cells.get("name"))[:200], text_of(line.cells.get("email"))[:254]
    try:
        return StaffRow(line.number, name, email, **_said(line.cells), problem=line.problem)
    except ValueError as problem:
        return StaffRow(line.number, name, email, problem=line.problem or str(problem))


def _said(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells' values. Raises ValueError with words for the head."""
    check_name_and_address(cells)
    role, basis = text_of(cells.get("role")).lower(), text_of(cells.get("basis")).lower()
    if role and role not in _ROLES:
        raise ValueError("The role is not known. Roles are: teacher, support, office, governor.")
    if basis and basis not in _BASES:
        raise ValueError("The basis is not known. It is: teaches, responsible, or another reason.")
    reason = text_of(cells.get("reason"))
    if len(reason) > 300:
        raise ValueError("The reason is longer than 300 letters.")
    return {
        "role": _ROLES[role].value if role else "",
        "level": _level(cells.get("level")),
        "basis": _BASES[basis].value if basis else "",
        "reason": reason,
        "last_day": day_of(cells, "last day"),
    }


def _level(cell: Any) -> int | None:
    text = text_of(cell).lower().removeprefix("level").strip().removesuffix(".0")
    if not text:
        return None
    if text not in {str(level.value) for level in Level}:
        raise ValueError("The level is not known. Levels are 1, 2 and 3.")
    return int(text)
