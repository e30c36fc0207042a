"""Who the rows of an XML file are about: whoever brought it sees whom it changes, and finds them in their MIS.

Reports name nobody: they say which child of the file it is, and nobody can count to that in a MIS. So the names of
those rows are kept for a few days, encrypted and apart, for the person who brought the file (R13).
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lxml import etree

from sharing.imports.census_groups import lower_name
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.xml_stream import stream
from sharing.imports.xml_values import groups
from sharing.models import Import, ImportPerson

Names = dict[int, str]
_FAMILY: Final = ("surname", "personfamilyname")
_GIVEN: Final = ("forename", "persongivenname")
_LONGEST: Final = 200


def rows_of(problems: Iterable[Problem]) -> set[int]:
    """The rows that the problems are about."""
    return {row for problem in problems for row in (problem.row, problem.also) if row}


def behind(path: Path, rows: tuple[str, ...], wanted: Collection[int]) -> Names:
    """Row -> "Surname, Forename" as the file has it, for each wanted row. `rows`: see `Kind`.

    A row without a name is left out, and so is everything after a place where the file is damaged.
    """
    names: Names = {}
    if not rows or not wanted:
        return names
    try:
        for row, element in enumerate(stream(path, rows), start=1):
            if row in wanted and (name := _name(element)):
                names[row] = name
            if row == max(wanted):
                break
    except ImportRefused:
        pass
    return names


def keep(import_id: int, names: Names, on_record: Mapping[int, str] = MappingProxyType({})) -> None:
    """Keep the names, instead of any that were kept before. Called as portal_batch.

    `on_record`: the names on record, which are kept where they differ.
    """
    ImportPerson.objects.filter(of=import_id).delete()
    others = {row: known for row, known in on_record.items() if known != names.get(row)}
    ImportPerson.objects.bulk_create(
        ImportPerson(of_id=import_id, row=row, name=name, on_record=others.get(row, "")) for row, name in names.items()
    )


def kept(row: Import) -> dict[int, ImportPerson]:
    """By row, the names that are still kept and that the asker may read."""
    return {person.row: person for person in row.people.order_by("row")}


def _name(element: etree._Element) -> str:
    for contacts in groups(element, "Contacts"):
        element.remove(contacts)
    texts: dict[str, str] = {}
    for one in element.iter():
        if text := " ".join((one.text or "").split()):
            texts.setdefault(lower_name(one.tag), text)
    parts = [next((texts[name] for name in names if name in texts), "") for names in (_FAMILY, _GIVEN)]
    return ", ".join(part for part in parts if part)[:_LONGEST]
