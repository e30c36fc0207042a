"""A list of staff: what each line of an uploaded file says (see list_file). No database here."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.register import list_file
from access_register.register.list_file import (
    MOST_OF_A_NAME,
    Columns,
    Line,
    Reads,
    address_of,
    day_of,
    name_of,
    said,
    text_of,
)

COLUMNS = Columns(
    ("name", "email", "role", "level", "basis", "reason", "first day", "last day"), ("name", "email", "role")
)
template_csv = partial(list_file.template_csv, COLUMNS)
template_xlsx = partial(list_file.template_xlsx, COLUMNS, "List of staff to fill in", "Staff")
_ROLES = {"third party": RegisterLine.Role.THIRD_PARTY, "head": RegisterLine.Role.HEAD} | {
    word: role for role in RegisterLine.Role for word in (role.value, role.label.lower())
}
_BASES = {"another reason": RegisterLine.Basis.HEADS_REASON, "other": RegisterLine.Basis.HEADS_REASON} | {
    word: basis for basis in RegisterLine.Basis for word in (basis.value, basis.label.lower())
}


@dataclass(frozen=True)
class StaffRow:
    """One line of the file, as plain values. `problem` says everything that is wrong. Empty: not given in the file."""

    number: int
    name: str = ""
    email: str = ""
    role: str = ""
    level: int | None = None
    basis: str = ""
    reason: str = ""
    first_day: str = ""
    last_day: str = ""
    problem: str = ""


def read(content: bytes) -> list[StaffRow]:
    """The rows of the file. Raises CannotRead if the file as a whole is unusable."""
    return [_row(line) for line in list_file.read(content, COLUMNS)]


def _row(line: Line) -> StaffRow:
    values, problem = said(line, _READS)
    if not problem:
        return StaffRow(line.number, **values)
    name, email = text_of(line.cells.get("name"))[:MOST_OF_A_NAME], text_of(line.cells.get("email"))[:254]
    return StaffRow(line.number, name, email, problem=problem)


def _role(cells: dict[str, Any]) -> str:
    role = text_of(cells.get("role")).lower()
    if role and role not in _ROLES:
        raise ValueError("The role is not known. Roles are: teacher, support, office, governor.")
    return _ROLES[role].value if role else ""


def _level(cells: dict[str, Any]) -> int | None:
    level = text_of(cells.get("level")).lower().removeprefix("level").strip().removesuffix(".0")
    if level and level not in {str(level.value) for level in Level}:
        raise ValueError("The level is not known. Levels are 1, 2 and 3.")
    return int(level) if level else None


def _basis(cells: dict[str, Any]) -> str:
    basis = text_of(cells.get("basis")).lower()
    if basis and basis not in _BASES:
        raise ValueError("The basis is not known. It is: teaches, responsible, or another reason.")
    return _BASES[basis].value if basis else ""


def _reason(cells: dict[str, Any]) -> str:
    reason = text_of(cells.get("reason"))
    if len(reason) > 300:
        raise ValueError("The reason is longer than 300 letters.")
    return reason


_READS: Reads = {
    "name": name_of,
    "email": address_of,
    "role": _role,
    "level": _level,
    "basis": _basis,
    "reason": _reason,
    "first_day": partial(day_of, column="first day"),
    "last_day": partial(day_of, column="last day"),
}
