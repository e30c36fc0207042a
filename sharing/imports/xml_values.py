"""Values of an XML record, checked as they are read: problems are gathered with their place and cure.

The CTF and the workforce census repeat element names in their groups, so values are read from one group at a time.
"""

import re
from collections.abc import Callable, Container
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lxml import etree

from sharing.codes import main_ethnicity
from sharing.imports.census_groups import UNCLEAR, xml_date
from sharing.imports.problems import NO_SUCH_DATE, Problem, mask_text, show_code, show_date
from sharing.imports.pupil_checks import name_of
from sharing.imports.xml_stream import local_name

_TRUE: Final = frozenset(("true", "1", "y", "yes"))
_FALSE: Final = frozenset(("false", "0", "n", "no"))
_MISSING: Final = "This is missing. Enter it in your MIS and export again."


def groups(element: etree._Element | None, *names: str) -> list[etree._Element]:
    """All elements at the end of the path of names below `element`, whatever their capitals and namespaces."""
    found = [element] if element is not None else []
    for name in names:
        found = [
            child
            for parent in found
            for child in parent
            if isinstance(child.tag, str) and local_name(child).lower() == name.lower()
        ]
    return found


def _said(element: etree._Element) -> list[tuple[str, str]]:
    return [(local_name(one).lower(), text) for one in element.iter() if (text := (one.text or "").strip())]


class Record:
    """One record of the file: its place, and what was found wrong with it so far."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.problems: list[Problem] = []

    @property
    def refused(self) -> bool:
        return any(problem.fatal for problem in self.problems)

    def wrong(self, field: str, value: str, cure: str) -> None:
        self.say(field, value, cure, True)

    def odd(self, field: str, value: str, cure: str) -> None:
        self.say(field, value, cure, False)

    def say(self, field: str, value: str, cure: str, fatal: bool) -> None:
        """As the readers of a census's groups tell it."""
        self.problems.append(Problem(self.row, field, value, cure, fatal))

    def group(self, element: etree._Element | None, name: str) -> etree._Element | None:
        """The child with this name. A second one that says something else is a problem, as it would be passed over."""
        found = groups(element, name)
        if len(found) > 1:
            found = [one for one in found if _said(one)] or found
            if any(_said(other) != _said(found[0]) for other in found[1:]):
                self.wrong(name, "", "This group is there twice. Keep one, and export again.")
        return next(iter(found), None)

    def at(self, element: etree._Element | None) -> "Values":
        return Values(self, element)


class Values:
    """The leaf elements of one group by name."""

    def __init__(self, record: Record, element: etree._Element | None) -> None:
        self.record = record
        self._texts: dict[str, str] = {}
        self._unclear: set[str] = set()
        for child in element if element is not None else ():
            if isinstance(child.tag, str) and (text := (child.text or "").strip()):
                name = local_name(child).lower()
                if self._texts.setdefault(name, text) != text or len(child):
                    self._unclear.add(name)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def raw(self, *fields: str) -> str:
        """The text under the first of these names that has any. One that is unclear is a problem, told once."""
        for name in self._unclear and self._unclear & {field.lower() for field in fields}:
            self._unclear.remove(name)
            self.record.wrong(fields[0], "", UNCLEAR)
        return next((text for field in fields if (text := self._texts.get(field.lower(), ""))), "")

    def text(self, *fields: str, most: int, needed: bool = False) -> str:
        """Free text of at most `most` characters, with runs of spaces made single."""
        text = " ".join(self.raw(*fields).split())
        if needed and not text:
            self.record.wrong(fields[0], "", _MISSING)
        if len(text) > most:
            self.record.wrong(fields[0], "", f"{len(text)} letters. Shorten it to {most} at most.")
        return text

    def name(self, field: str, *, needed: bool = False) -> str:
        """A person's name, up to the length our tables have room for."""
        text = name_of(self.record, field, self.text(field, most=100))
        if needed and not text:
            self.record.wrong(field, "", _MISSING)
        return text

    def day(self, field: str, show: Callable[[str], str] = show_date, needed: bool = False) -> date | None:
        """A day; `show` says how much of an invalid one may be shown."""
        text = self.raw(field)
        if needed and not text:
            self.record.wrong(field, "", "This date is missing. Enter it in your MIS.")
        day = xml_date(text)
        if text and day is None:
            self.record.wrong(field, show(text), NO_SUCH_DATE)
        return day

    def code(self, *fields: str, known: Container[str], needed: bool = False) -> str:
        """A code of a closed list."""
        text = self.raw(*fields).upper()
        if needed and not text:
            self.record.wrong(fields[0], "", _MISSING)
        elif text and text not in known:
            self.record.wrong(fields[0], show_code(text), "This code does not exist. Choose one in your MIS.")
        return text

    def ethnicity(self) -> str:
        text = self.raw("Ethnicity").upper()
        if text and main_ethnicity(text) is None:
            cure = "This is neither a main nor an extended ethnicity code. It is left out."
            self.record.odd("Ethnicity", show_code(text), cure)
            return ""
        return text

    def dfe_number(self) -> str:
        """The authority and establishment as seven digits; empty if they are not both numbers."""
        la, estab = self.raw("LEA", "LA"), self.raw("Estab")
        return f"{la}{estab}" if re.fullmatch("[0-9]{3} [0-9]{4}", f"{la} {estab}") else ""

    def yes(self, field: str) -> bool | None:
        text = self.raw(field).lower()
        if text and text not in _TRUE | _FALSE:
            self.record.odd(field, show_code(text), "This should be true or false. It is left out.")
        return True if text in _TRUE else False if text in _FALSE else None

    def whole(self, field: str, most: int, needed: bool = False) -> int | None:
        """A whole number up to `most`."""
        number = self.number(field, most, places=0, needed=needed)
        return None if number is None else int(number)

    def number(self, field: str, most: int, places: int, needed: bool = False) -> Decimal | None:
        """A number from 0 to `most` with at most `places` decimal places."""
        text = self.raw(field)
        if needed and not text:
            self.record.wrong(field, "", _MISSING)
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", text):
            self.record.wrong(field, mask_text(text), "This is not a number. Correct it in your MIS.")
        elif (number := Decimal(text)) < 0:
            self.record.wrong(field, text, "This cannot be negative. Correct it in your MIS.")
        elif number > most:
            self.record.wrong(field, text, f"This cannot be more than {most}. Correct it in your MIS.")
        elif number != (rounded := number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)):
            self.record.odd(field, text, f"This is kept as {rounded}.")
            return rounded
        else:
            return rounded
        return None
