"""Names, telephones and addresses: how a CTF writes them, and how a record stores them as text.

A contact's name is stored on three lines (title, forename, surname), so that the next CTF can separate them again; on a
page they read as one name. A name stored on one line is divided as well as possible.
"""

import re
from typing import Final

from sharing.codes import TELEPHONE

_TITLES: Final = frozenset(("mr", "mrs", "miss", "ms", "mx", "dr", "rev", "prof", "sir", "lady"))
_TYPE_OF: Final = {label: code for code, label in TELEPHONE.items()}
MOST_LINES: Final = 5
NOT_GIVEN: Final = "Address not recorded"
"""The address of a contact of whom a file says neither where they live nor that it is with the child."""
_POSTCODE: Final = re.compile("[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}")


def name_kept(title: str, forename: str, surname: str) -> str:
    return f"{title}\n{forename}\n{surname}"


def name_told(kept: str) -> tuple[str, str, str]:
    """The name as (title, forename, surname)."""
    lines = kept.split("\n")
    if len(lines) == 3:
        return lines[0], lines[1], lines[2]
    words = kept.split()
    title = words.pop(0) if len(words) > 1 and words[0].strip(".").lower() in _TITLES else ""
    surname = words.pop() if words else ""
    return title, " ".join(words), surname


def telephones_kept(numbers: list[tuple[str, str]]) -> str:
    """Each (type, number) on its own line, as "Mobile: 07700 900000". A type that no list has is left out."""
    return "\n".join(f"{TELEPHONE[kind]}: {number}" if kind in TELEPHONE else number for kind, number in numbers)


def telephones_told(kept: str) -> list[tuple[str, str]]:
    told = []
    for line in kept.splitlines():
        label, colon, number = line.partition(": ")
        known = bool(colon) and label in _TYPE_OF
        told.append((_TYPE_OF[label], number) if known else ("", line))
    return told


def address_told(kept: str) -> tuple[list[str], str]:
    """(at most five lines, the postcode). Whatever does not fit is added to the fifth line."""
    lines = [line for line in kept.splitlines() if line]
    postcode = lines.pop() if lines and _POSTCODE.fullmatch(lines[-1]) else ""
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], ", ".join(lines[MOST_LINES - 1 :])]
    return lines, postcode
