"""What advice that anybody can read may not contain (R37): a child's number, an establishment, somebody who signs in.

Children's numbers are recognised by their shape. Establishments and people are looked up in the store, by a PostgreSQL
function that runs inside the visit (sharing/sql/advice.sql); nothing of it is kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from sharing.advice.markdown import cells_of, leads_well, links_of, words_of
from sharing.statements import rows_of
from sharing.upn import ALPHABET, upn_problem

# Thirteen characters together; or separated, if the check letter is that of a UPN.
_UPN = re.compile(rf"(?<![A-Z0-9])[A-Z](?:[ -]?[0-9]){{11}}[ -]?[0-9{ALPHABET}](?![A-Z0-9])", re.IGNORECASE)
# A unique learner number: ten digits, the first not 0. A telephone number begins with 0 or +, or has eleven.
_DIGITS = re.compile(r"[+(]?[0-9](?:[ ()-]{0,2}[0-9])*")
_URN = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_ADDRESS = re.compile(r"[A-Z0-9._%+'-]{1,64}@[A-Z0-9.-]{1,255}", re.IGNORECASE)
_PART = re.compile(r"[^\W_]+")  # part of a name, as the store looks for it
_UNSPOKEN = re.compile(r"['’‘`]")
MOST_CELLS: Final = 1_000  # the page is made anew each time anybody opens it
CURES: Final = {
    "upn": ("looks like a unique pupil number (UPN)", "Take it out. No child’s number may be shown here."),
    "uln": ("looks like a unique learner number (ULN)", "Take it out, or write a telephone number with its 0."),
    "urn": ("is the URN of an establishment", "Take it out. Advice is for all establishments."),
    "establishment": ("is the name of an establishment", "Write what is true for every school, and do not name one."),
    "person": ("is the name of somebody who signs in here", "Write the team or the role instead."),
    "address": ("is the email address of somebody who signs in here", "Write the address of a team instead."),
}


def problems_of(fields: Mapping[str, str], text: str) -> dict[str, list[str]]:
    """What is wrong, by field: in which row, what, and the cure. `fields` are the short ones; `text` is the Markdown of
    the field "text". Called inside the visit of an officer who writes advice.
    """
    typed = {**fields, "text": text}
    # Each is searched as typed, as read, and without the punctuation between characters; the targets of links as well.
    looked = {name: _plain(words) for name, words in fields.items()}
    addresses = "\n".join(unquote(link.address) for link in links_of(text))
    looked["text"] = _plain(f"{text}\n{words_of(text)}\n{addresses}")
    rows = [_bare(unquote(row)) for row in text.splitlines()]
    told: dict[str, list[str]] = {name: [] for name in typed}
    for name, kind, found in dict.fromkeys((*_shaped(looked), *_in_the_store(looked))):
        if kind == "person" and not _is_named(found, looked[name], _plain(addresses)):
            continue
        row = _row(rows, found) if name == "text" else ""
        told[name].append(f"{row}“{found}” {CURES[kind][0]}. {CURES[kind][1]}")
    told["text"] += _of_links(text, rows)
    if (cells := cells_of(text)) > MOST_CELLS:
        told["text"].append(
            f"The tables have {cells:,} cells. Leave out rows or columns. At most {MOST_CELLS:,} cells can be shown."
        )
    return {name: said for name, said in told.items() if said}


def _shaped(looked: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(field, kind, what was found) for children's numbers."""
    for name, words in looked.items():
        for run in _UPN.findall(words):
            if run.isalnum() or upn_problem(run.replace("-", "")) is None:
                yield name, "upn", run
        for run in _DIGITS.findall(words):
            if _is_uln(run):
                yield name, "uln", run


def _in_the_store(looked: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(field, kind, what was found) from one query for all fields, since the store has tens of thousands of names."""
    numbers = {name: {*_URN.findall(words)} for name, words in looked.items()}
    addresses = {
        name: {found.lower().rstrip(".") for found in _ADDRESS.findall(words)} for name, words in looked.items()
    }
    asked = "SELECT place, kind, found FROM portal_advice_identifies(%s, %s, %s)"
    given = [*looked.values()], [int(number) for number in set().union(*numbers.values())]
    for place, kind, found in rows_of(asked, *given, [*set().union(*addresses.values())]):
        where = (
            [[*looked][place - 1]]
            if place
            else [name for name in looked if found in numbers[name] or found.lower() in addresses[name]]
        )
        yield from ((name, kind, found) for name in where)


def _is_named(person: str, words: str, addresses: str) -> bool:
    """Whether the words name that person. “How will young carers be helped?” has everyday words, and no Will Young.

    A name is written with its capitals, or in capitals throughout. In the address of a link, and without spaces between
    its parts, it counts in any case. A name that the store found and that is not found again here counts as a name.
    """
    kept = [part[0] for part in _parts_of(_plain(person))]
    if not kept or any(_runs_of(kept, addresses)):
        return True
    written = list(_runs_of(kept, words))
    return not written or any(
        len(run.split()) < len(kept) or not any(map(_has_lost_its_capital, run.split(), kept)) for run in written
    )


def _runs_of(kept: Sequence[str], words: str) -> Iterator[str]:
    """The stretches of the text that have these parts one after another, in capitals or not."""
    text = _UNSPOKEN.sub("", words)
    found = _parts_of(text)
    named, small = [part.lower() for part in kept], [part[0].lower() for part in found]
    for at in range(len(found) - len(kept) + 1):
        if small[at : at + len(kept)] == named:
            yield text[found[at].start() : found[at + len(kept) - 1].end()]


def _parts_of(name: str) -> list[re.Match[str]]:
    return [*_PART.finditer(_UNSPOKEN.sub("", name))]


def _has_lost_its_capital(written: str, kept: str) -> bool:
    return written[0].islower() and kept[0].isupper()


def _is_uln(run: str) -> bool:
    """Whether these are ten digits together, or in groups with a ULN's check digit: years and scores come in rows."""
    digits = re.sub(r"[^0-9]", "", run)
    groups = re.findall(r"[0-9]+", run)
    if len(digits) != 10 or digits[0] == "0" or run[0] == "+" or "(0" in run or min(map(len, groups)) < 3:
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return len(groups) == 1 or 10 - weighed % 11 == int(digits[9])


def _row(rows: Sequence[str], found: str) -> str:
    """The words for the row it is in, if it is in a single one. `rows` are bare."""
    wanted = _bare(unquote(found))
    place = next((place for place, row in enumerate(rows, start=1) if wanted in row), None)
    return f"Row {place}: " if place else ""


def _of_links(text: str, rows: Sequence[str]) -> Iterator[str]:
    for link in links_of(text):
        row = _row(rows, link.address)
        if not leads_well(link.address):
            yield (
                f"{row}the link “{link.words or link.address}” leads neither to a secure web address nor to a page of "
                "ours. Copy its whole address from the browser. For a page of this portal, begin with / instead."
            )
        elif not link.words:
            yield f"{row}a link has no words. Between [ and ], write where it leads."


def _plain(words: str) -> str:
    """The text without invisible characters, and with full-width ones in their usual form."""
    usual = unicodedata.normalize("NFKC", words)
    return "".join(letter for letter in usual if unicodedata.category(letter) != "Cf")


def _bare(words: str) -> str:
    return "".join(letter for letter in _plain(words).lower() if letter.isalnum())
