"""A long PDF is drawn in parts and joined: WeasyPrint keeps all that it draws in memory, half a megabyte for each row.

What is joined is one document again: its tags, its bookmarks, and the numbers of its pages. It may have no links.
"""

import io
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from django.template.loader import render_to_string
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

from sharing.records.downloads import Sheet, Value
from sharing.reports import pdf

MOST_ROWS: Final = 250  # of a part
_NUMBER: Final = Name.PageNumber


@dataclass(frozen=True)
class Piece:
    """Some rows of a sheet, the whole of it if they are few. `number`: of the sheet, from 1."""

    sheet: Sheet
    number: int
    rows: tuple[tuple[Value, ...], ...]
    is_first: bool


def cut(sheets: Sequence[Sheet]) -> list[list[Piece]]:
    """The parts, each of at most so many rows. Without a sheet there is one part, with nothing in it."""
    parts: list[list[Piece]] = [[]]
    for piece in _pieces(sheets):
        if sum(len(other.rows) for other in parts[-1]) + len(piece.rows) > MOST_ROWS:
            parts.append([])
        parts[-1].append(piece)
    return parts


def _pieces(sheets: Sequence[Sheet]) -> Iterator[Piece]:
    for number, sheet in enumerate(sheets, 1):
        for start in range(0, len(sheet.rows) or 1, MOST_ROWS):
            yield Piece(sheet, number, sheet.rows[start : start + MOST_ROWS], is_first=not start)


def join(whole: Pdf, part: bytes, number: int) -> None:
    """Put a part behind those before it, the bookmarks of its tables below the heading of the first."""
    with pikepdf.open(io.BytesIO(part)) as more:
        _rename(more, number)
        before = len(whole.pages)
        whole.pages.extend(more.pages)
        _join_tags(whole, whole.copy_foreign(more.Root.StructTreeRoot), before)
        with more.open_outline() as tables, whole.open_outline() as outline:
            places = {page.obj.objgen: place for place, page in enumerate(more.pages, before)}
            for table in tables.root:
                where: Any = table.destination
                page, _, left, top, *_ = where
                place = OutlineItem(str(table.title), places[page.objgen], "XYZ", left=left, top=top)
                outline.root[0].children.append(place)


def _rename(part: Pdf, number: int) -> None:
    """Cells name the headings above and beside them by ids, which begin anew in each part."""
    for element in part.objects:
        if isinstance(element, Dictionary) and element.get(Name.Type) == Name.StructElem:
            if Name.ID in element:
                element.ID = pikepdf.String(f"{number}-{element.ID}")
            if Name.A in element and Name.Headers in element.A:
                element.A.Headers = Array(pikepdf.String(f"{number}-{heading}") for heading in element.A.Headers)


def _join_tags(whole: Pdf, tags: Any, before: int) -> None:
    """The elements of a part's tags, and which of them each piece of a page's text belongs to."""
    (mine,), (theirs,) = whole.Root.StructTreeRoot.K, tags.K
    theirs.S, theirs.P = Name.Part, mine
    mine.K.append(theirs)
    for key, of_page in zip(tags.ParentTree.Nums[::2], tags.ParentTree.Nums[1::2], strict=True):
        whole.Root.StructTreeRoot.ParentTree.Nums.extend(Array([int(key) + before, of_page]))
    for place, page in enumerate(whole.pages[before:], before):
        page.StructParents = place


def number_pages(whole: Pdf) -> None:
    """Write "2 of 41" on each page, which can only be known of the whole. Read aloud, it is no part of the text."""
    drawn = pdf.draw_page(render_to_string("downloads/numbers.html", {"pages": range(len(whole.pages))}), variant=None)
    with pikepdf.open(io.BytesIO(drawn.content)) as numbers:
        for page, number in zip(whole.pages, numbers.pages, strict=True):
            page.Resources = whole.make_indirect(copy(page.Resources))  # it was drawn with one for all pages
            name = page.add_resource(whole.copy_foreign(number.as_form_xobject()), Name.XObject, _NUMBER)
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q /Artifact BMC q %s Do Q EMC" % str(name).encode())
