"""Recognises what a spreadsheet or an export leaves when it could not keep the value.

Such a remainder still looks like a value, so nobody notices until it is in a record. Independent of the database.
"""

import re
from typing import Final

LOST_LETTERS: Final = (
    "Letters of this name may be lost: “?”, “Ã” or a character that cannot be seen may be in place of a letter."
)
_FAILED: Final = re.compile(r"#{3,}|#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!)", re.IGNORECASE)
_SHORTENED: Final = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{1,2}", re.IGNORECASE)
_IN_THOUSANDS: Final = re.compile(r"[0-9]{1,3}([, \u00a0\u202f][0-9]{3})+")
_DAY_IN_DIGITS: Final = re.compile(r"[2-7][0-9]{4}")
_ENTITY: Final = re.compile(r"&(#[0-9]{1,6}|#x[0-9a-f]{1,6}|amp|apos|quot|lt|gt|[a-z]{1,10});", re.IGNORECASE)
_NEVER_IN_A_NAME: Final = re.compile("[?\ufffd\x00-\x1f\x7f-\x9f]")
_IN_EUROPE: Final = re.compile("[ -~\u00a0-\u017f\u0218-\u021b\u1e00-\u1eff\u2010-\u2027]+")
_LATIN_LETTER: Final = re.compile("[A-Za-z]")


def has_lost_letters(name: str) -> bool:
    """Whether letters of a name were written in one encoding and read in another, or not written at all.

    "Pawe?" was saved in an encoding without "ł", "JosÃ©" is UTF-8 read as Windows-1252, "O&apos;Brien" was escaped
    twice.
    """
    if name.isascii() and "?" not in name and "&" not in name and name.isprintable():
        return False
    return bool(_NEVER_IN_A_NAME.search(name) or _ENTITY.search(name)) or _is_read_in_another_encoding(name)


def is_a_failed_cell(text: str) -> bool:
    """Whether this is what a spreadsheet writes when it cannot show or find the value: ########, #N/A."""
    return _FAILED.fullmatch(text.strip()) is not None


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet wrote a long number as 1.07E+05, so that its last digits are lost. 7E1 is a class."""
    return _SHORTENED.fullmatch(text.strip()) is not None


def is_a_day_in_digits(text: str) -> bool:
    """Whether it may be a date in a spreadsheet's day count, from 1954 to 2119: 46630 is 31/8/2027."""
    return _DAY_IN_DIGITS.fullmatch(text.strip()) is not None


def as_digits(text: str) -> str:
    """A whole number without a spreadsheet's additions: 107,243 and 107243.0 become 107243. Other text is unchanged."""
    text = text.strip()
    if _IN_THOUSANDS.fullmatch(text):
        return re.sub("[^0-9]", "", text)
    return re.sub(r"(?<=[0-9])\.0+$", "", text)


def _is_read_in_another_encoding(name: str) -> bool:
    """Whether its bytes are valid UTF-8 and spell a name as well. MATÚŠ and KRÍŽ are valid by chance and spell none."""
    try:
        meant = name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return meant != name and bool(_IN_EUROPE.fullmatch(meant) or not _LATIN_LETTER.search(name))
