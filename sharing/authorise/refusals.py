"""The ways to be refused. Django turns them into the 404 and 403 pages, and no view catches them."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

Row = TypeVar("Row")


class Refusal(Exception):
    """The base of all refusals, which the ledger records."""


class NotYourEstablishment(Refusal, Http404):
    """The person has no place at this establishment, or none has this URN: 404, so that it gives nothing away."""


class NoSuchRecord(Refusal, Http404):
    """The establishment has no record at this address that may be seen today: 404 (R6)."""


class NeedsSecondFactor(Refusal, PermissionDenied):
    """The person may see this but has not given a second factor (R13): the portal asks for it, or sets one up."""


class NeedsConfirmation(Refusal, PermissionDenied):
    """The person may change this but has not recently confirmed who they are (R13): the portal asks them again."""


class NotAtYourLevel(Refusal, PermissionDenied):
    """The person has a place at this establishment but may not see this: 403, with what would be needed."""


def the_one(rows: "QuerySet[Any, Row]") -> Row:
    """The row, or the first of them. Raises NoSuchRecord where there is none."""
    row = rows.first()
    if row is None:
        raise NoSuchRecord
    return row
