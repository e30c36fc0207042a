"""docs/architecture.md, read from the code: the rooms, who may import whom, the tables and their locks, the roles."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Model

from sharing import conditions, roles
from sharing.rls import BY_TABLE

ROOT = Path(__file__).parent.parent
ROOMS = ("portal", "schools_online", "edunet", "access_register", "sharing")
APPS = ("sharing", "access_register")
NOTHING = "false"
FIRST_LINES = """# Architecture

This page is written by `uv run python -m scripts.describe`. A test fails when it is out of date.

[DEVELOPERS.md](../DEVELOPERS.md) says which module does what, and follows a row of a pupil through them.
[The decisions](adr/README.md) say why."""


def page() -> str:
    """The whole of docs/architecture.md."""
    parts = {
        "Rooms": _table("room", "what it is for", rows=_rooms()),
        "Who imports whom": "import-linter checks these (`pyproject.toml`).\n\n" + "\n".join(_contracts()),
        "Roles of the database": _table("role", "what it does", rows=_roles()),
        "Tables and their locks": _WHAT_A_LOCK_IS + _table("table", "what a row is", "reads", "writes", rows=_tables()),
    }
    return "\n\n".join([FIRST_LINES, *(f"## {title}\n\n{text}" for title, text in parts.items())]) + "\n"


_WHAT_A_LOCK_IS = """The first lock is the door (`sharing/door`). The second is PostgreSQL's row-level security
(`sharing/rls.py`). For each table under it, this list says which rows the web application may read and which it may
write, by the names of the conditions in `sharing/conditions.py`. An "own condition" is only in `sharing/rls.py`.
Tables with "no row lock" are accounts, places, catalogues and notes of the service. The rights of the roles limit
these, and the door answers for them.

"""


def _table(*header: str, rows: Iterator[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _rooms() -> Iterator[tuple[str, str]]:
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("__init__.py")):
        said = _first_sentence(ast.get_docstring(ast.parse(path.read_text())))
        if said:
            yield f"`{path.parent.relative_to(ROOT)}/`", said


def _contracts() -> Iterator[str]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for contract in linter["contracts"]:
        if contract["type"] == "layers":
            within = f"in `{contract['containers'][0]}`: " if "containers" in contract else ""
            held = within + " above ".join(f"`{layer}`" for layer in contract["layers"])
        else:
            source, forbidden = (
                ", ".join(f"`{name}`" for name in contract[key]) for key in ("source_modules", "forbidden_modules")
            )
            held = f"{source} may not import {forbidden}"
            held += " directly" if contract.get("allow_indirect_imports") else ""
            held += "".join(f", except `{path}`" for path in contract.get("ignore_imports", ()))
        yield f"- **{contract['name']}**: {held}."


def _roles() -> Iterator[tuple[str, str]]:
    for line in (roles.__doc__ or "").splitlines():
        if re.match(r"portal_\w+ {2,}|portal_backup ", line):
            role, what = line.split(maxsplit=1)
            yield f"`{role}`", what


def _tables() -> Iterator[tuple[str, str, str, str]]:
    for model in sorted((model for app in APPS for model in apps.get_app_config(app).get_models()), key=_name):
        lock = BY_TABLE.get(_name(model))
        locks = (_in_words(lock.reads), _in_words(lock.writes)) if lock else ("no row lock", "")
        yield f"`{_name(model)}`", _first_sentence(model.__doc__), *locks


def _name(model: type[Model]) -> str:
    return model._meta.db_table


def _pattern(condition: str) -> str:
    """A condition as a regular expression, with a group for each `{permission}` and the like in it."""
    return re.sub(r"\\\{\w+\\\}", r"(\\w+)", re.escape(condition))


CONDITIONS = {
    name.lower().replace("_", " "): re.compile(_pattern(text))
    for name, text in sorted(vars(conditions).items(), key=lambda item: -len(str(item[1])))
    if name.isupper() and not name.startswith("_")
}


def _in_words(policy: str) -> str:
    """The conditions by name, the longest first; the conditions that a named one consists of are not repeated."""
    if policy == NOTHING:
        return "nothing"
    said, left = [], policy
    for name, pattern in CONDITIONS.items():
        for match in pattern.finditer(left):
            given = f" ({match[1]})" if match.groups() else ""
            said.append((policy.find(match[0]), name + given))
        left = pattern.sub(" ", left)
    if re.search(r"\b(?!AND\b|OR\b|NOT\b)\w+", left):
        said.append((len(policy), "own condition"))
    return "; ".join(dict.fromkeys(name for _, name in sorted(said)))
