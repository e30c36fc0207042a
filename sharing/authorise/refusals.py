"""The ways to be refused. Django turns them into the 404 and 403 pages; no view catches them."""

from django.core.exceptions import PermissionDenied
from django.http import Http404


class Refusal(Exception):
    """What every refusal tells the ledger."""


class NotYourEstablishment(Refusal, Http404):
    """The person has no place at this establishment, or there is none with this URN: 404, so that nothing is told."""


class NoSuchRecord(Refusal, Http404):
    """The establishment has no record with this address that may be seen today: 404 (R6)."""


class NeedsSecondFactor(Refusal, PermissionDenied):
    """The person may see this, but has not given a second factor (R13): the portal asks for it, or sets one up."""


class NeedsConfirmation(Refusal, PermissionDenied):
    """The person may change this, but has not proved lately that it is they (R13): the portal asks once more."""


class NotAtYourLevel(Refusal, PermissionDenied):
    """The person is known at this establishment but may not see this: 403, saying what would be needed."""
