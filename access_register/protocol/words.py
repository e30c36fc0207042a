"""Turns the protocol's text, as it is written down, into what the page shows.

Passages are separated by empty lines. `# ` begins a heading, `7. ` a paragraph, `- ` a point.
"""

import re
from itertools import groupby

from access_register.models import ProtocolVersion
from access_register.protocol.records import Passage, ProtocolText

NUMBER = re.compile(r"(\d{1,3})\. ")
POINT = "- "


def read(version: ProtocolVersion) -> ProtocolText:
    """The version as a frozen record."""
    return ProtocolText(
        id=version.pk,
        number=version.number,
        in_force_from=version.in_force_from,
        purpose=version.purpose,
        values=tuple(_point(line) for line in _lines(version.summary)),
        passages=tuple(_passage(block) for block in re.split(r"\n\s*\n", version.text.strip())),
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _point(line: str) -> str:
    return line.removeprefix(POINT)


def _passage(block: str) -> Passage:
    if block.startswith("# "):
        return Passage(heading=block.removeprefix("# ").strip())
    numbered = NUMBER.match(block)
    text = block[numbered.end() :] if numbered else block
    return Passage(number=numbered.group(1) if numbered else "", parts=tuple(_parts(_lines(text))))


def _parts(lines: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """(sentence, the points under it), in order."""
    parts: list[tuple[str, tuple[str, ...]]] = []
    for is_point, group in groupby(lines, key=lambda line: line.startswith(POINT)):
        if not is_point:
            parts += [(line, ()) for line in group]
        elif parts:
            parts[-1] = (parts[-1][0], tuple(_point(line) for line in group))
    return parts
