"""Unique Pupil Numbers: what makes one right, and what to do when it is wrong.

A UPN is 13 characters: a check letter, the local authority that allotted it (3 digits),
its establishment number (4), the year of allotment (2) and a serial number (3). A
*temporary* UPN has a letter in place of the last digit. Source: formats 1.1.

The check letter catches every single mistyped digit and every two digits swapped, because
all weights are smaller than the prime 23. It cannot tell a temporary UPN from a permanent
one whose last digit has the same value as the letter (`...001` and `...00B`).

A UPN is personal data: nothing here puts one into a message.
"""

import re
from operator import mul
from typing import Final

ALPHABET: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
WEIGHTS: Final = range(2, 14)

_VALUES: Final = {str(digit): digit for digit in range(10)} | {letter: n for n, letter in enumerate(ALPHABET)}
_BODY = re.compile(rf"[0-9]{{11}}[0-9{ALPHABET}]")
_PERMANENT = re.compile(rf"[{ALPHABET}][0-9]{{12}}")
_TEMPORARY = re.compile(rf"[{ALPHABET}][0-9]{{11}}[{ALPHABET}]")
# A child keeps one UPN through all schools (the Department's guide to UPNs), so a second one splits the record.
_LOOK_FOR_IT = (
    "Look in the previous school's transfer file, or in Get Information about Pupils (GIAP). Allot one only if the "
    "pupil has none."
)
_COPY_AGAIN = "Copy it again from the pupil's record or the previous school's transfer file."


def tidy_upn(text: str) -> str:
    """The UPN in capitals, without spaces or invisible characters, as it should be stored and compared."""
    upn = "".join(text.split()).upper()
    return upn if upn.isprintable() else "".join(filter(str.isprintable, upn))


def check_letter(body: str) -> str:
    """The letter that belongs before these 12 characters.

    Raises ValueError when the body is not 11 digits followed by a digit or a letter.
    """
    if not _BODY.fullmatch(body):
        raise ValueError("The body of a UPN is 11 digits and then a digit or a letter.")
    return ALPHABET[sum(map(mul, WEIGHTS, map(_VALUES.__getitem__, body))) % 23]


def make_upn(la: int, establishment_number: int, year: int, serial: int, temporary: str = "") -> str:
    """A valid UPN.

    `year` is the four-digit calendar year of allotment. `serial` is 0 to 999; for a
    temporary UPN give its last letter as `temporary`, and a serial of 0 to 99.
    Raises ValueError for a part that does not fit its places.
    """
    largest = 99 if temporary else 999
    for name, value, low, high in (
        ("local authority", la, 1, 999),
        ("establishment number", establishment_number, 0, 9999),
        ("year", year, 1000, 9999),
        ("serial number", serial, 0, largest),
    ):
        if not low <= value <= high:
            raise ValueError(f"The {name} of a UPN is between {low} and {high}.")
    width = 2 if temporary else 3
    body = f"{la:03}{establishment_number:04}{year % 100:02}{serial:0{width}}{temporary}"
    return check_letter(body) + body


def is_temporary(upn: str) -> bool:
    """Whether this has the shape of a temporary UPN (the check letter is not looked at)."""
    return _TEMPORARY.fullmatch(tidy_upn(upn)) is not None


def upn_problem(text: str) -> str | None:
    """What is wrong with this UPN and how to correct it, or None when it is right.

    The local authority inside is not compared with any list: children bring numbers from authorities that no longer
    exist.
    """
    upn = tidy_upn(text)
    if not upn:
        return f"The UPN is missing. {_LOOK_FOR_IT}"
    if len(upn) != 13:
        return f"A UPN has 13 characters, but this has {len(upn)}. {_COPY_AGAIN}"
    if not (_PERMANENT.fullmatch(upn) or _TEMPORARY.fullmatch(upn)):
        return f"{_wrong_shape(upn)} {_COPY_AGAIN}"
    if check_letter(upn[1:]) != upn[0]:
        return (
            "The check letter does not fit, so at least one character is mistyped. "
            f"{_COPY_AGAIN} Do not change the letter to make it fit."
        )
    return None


def _wrong_shape(upn: str) -> str:
    if upn[0] in "IOS" or upn[-1] in "IOS":
        return "A UPN never has the letters I, O or S: they are probably the digits 1, 0 or 5."
    if upn[0] not in ALPHABET:
        return "A UPN begins with a letter."
    if re.search("[^0-9]", upn[1:12]):
        return "Characters 2 to 12 of a UPN are digits."
    return "The last character of a UPN is a digit, or a letter when it is temporary."
