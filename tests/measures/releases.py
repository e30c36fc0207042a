"""Releases prepared, for the tests of their life."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sharing import door
from sharing.models.releases import Release
from tests import figures
from tests.people import EDUNET, as_batch, asker, person

DATA, ADMISSIONS = "officer-data", "officer-admissions"
BECKSIDE, RAVENSGILL = 999002, 999003
CODE, YEAR = "ks2_rwm_expected", 1999
CELLS = {(BECKSIDE, CODE): 61, (RAVENSGILL, CODE): "SUPP", ("england", CODE): 65}


def officer(slug: str = DATA):
    return asker(slug, EDUNET)


def prepared(by: str = "", **more: Any) -> Release:
    with as_batch():
        return figures.release("ks2", YEAR, more.pop("cells", CELLS), by_id=person(by).pk if by else None, **more)


def state(release: Release) -> str:
    with as_batch():
        return Release.objects.get(pk=release.pk).state


def soon(minutes: int = 60):
    return timezone.now() + timedelta(minutes=minutes)


STEPS: dict[str, Callable[[int], None]] = {
    "check": lambda pk: door.check_release(officer(), pk),
    "schedule": lambda pk: door.schedule_release(officer(), pk, at=soon()),
    "postpone": lambda pk: door.postpone_release(officer(), pk, because="A late file"),
    "withdraw": lambda pk: door.withdraw_release(officer(), pk, because="A mistake"),
}
