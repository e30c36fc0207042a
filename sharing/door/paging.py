"""Cutting a QuerySet into pages of frozen records."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

from sharing.records import PAGE_SIZE, Page

Row = TypeVar("Row")


def page_of(found: QuerySet[Any], number: int, as_record: Callable[[Any], Row], total: int | None = None) -> Page[Row]:
    """Page `number` of `found`, of which there are `total` if that is known. A number past the end gives the last page.

    If everything fits on one page, as nearly always, nothing is counted.
    """
    if total is None and number <= 1:
        first = list(found[: PAGE_SIZE + 1])
        total = len(first) if len(first) <= PAGE_SIZE else found.count()
        return Page(tuple(as_record(row) for row in first[:PAGE_SIZE]), 1, total)
    total = found.count() if total is None else total
    number, its_rows = page_and_rows(number, total)
    return Page(tuple(as_record(row) for row in found[its_rows]), number, total)


def slice_of(rows: Sequence[Row], number: int) -> Page[Row]:
    """Page `number` of rows that have already been fetched. A number past the end gives the last page."""
    number, its_rows = page_and_rows(number, len(rows))
    return Page(tuple(rows[its_rows]), number, len(rows))


def page_and_rows(number: int, total: int) -> tuple[int, slice]:
    """The page that is shown when page `number` of so many rows is asked for, and which rows are on it."""
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    return number, slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
