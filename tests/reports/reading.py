"""Reports made for tests, and what a PDF says, read back from the file."""

import io
import re
from functools import lru_cache

from django.utils import timezone
from pypdf import PdfReader

from sharing.key_data import MISSING, TOO_FEW, WITHHELD
from sharing.measures import symbols
from sharing.measures.shares import IN_WORDS
from sharing.models import Report
from sharing.reports import making, queue
from sharing.reports.gathering import gather
from tests.factories import establishment
from tests.people import as_batch

CAPTION = " by school year, the newest first"
_WORDS = sorted(
    {MISSING.text, TOO_FEW.text, WITHHELD, *symbols.WORDS.values(), *IN_WORDS.values()}, key=len, reverse=True
)
_CELL = re.compile(
    rf"({'|'.join(map(re.escape, _WORDS))}|−?[\d,]+(?:\.\d+)?%?)(?: release (R\d+))?(?: protected)?(?= |$)"
)
_LABEL = re.compile(r"[●□] −?[\d,]+(?:\.\d+)?%?")
_ROW = re.compile(r"(\d{4}/\d\d) (.*) (R\d+)$")


def make(urn: int, *reports: str) -> None:
    """These reports of the establishment are made as the worker makes them, within the test's transaction."""
    place = establishment(urn).pk
    with as_batch():
        for facts in gather(place, timezone.localdate(), *reports):
            queue.keep(place, facts)
        waiting = Report.objects.filter(establishment=place, state__in=Report.TO_DO)
        ids = list(waiting.values_list("pk", flat=True))
    for report_id in ids:
        making.make(report_id, lambda per_cent: None)


@lru_cache(maxsize=16)
def lines_of(content: bytes) -> tuple[str, ...]:
    """What stands on its pages, line by line."""
    return tuple(line for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().splitlines())


def figures_of(content: bytes) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(name of the measure, school year) -> the cells of that row: (as written, its release)."""
    found, measure = {}, ""
    for line in lines_of(content):
        if line.endswith(CAPTION):
            measure = line.removesuffix(CAPTION)
        elif measure and (row := _ROW.match(line)):
            year, cells, release = row.groups()
            found[measure, year] = [(text, own or release) for text, own in _CELL.findall(cells)]
        elif any(name == measure for name, _ in found):  # until the first row it is the heading, however many lines
            measure = ""
    return found


def labels_of(content: bytes) -> list[str]:
    """What the charts write beside their lines: ● for the school, □ for the other."""
    return [label for line in lines_of(content) for label in _LABEL.findall(line)]
