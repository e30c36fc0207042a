"""A headship on its way from one to another, for the tests of handovers."""

from datetime import date, timedelta

from django.utils import timezone

from access_register.headships import handovers
from access_register.models import Handover, RegisterLine
from sharing.authorise import Asker
from sharing.models import EstablishmentPermission
from tests.people import EDUNET, as_batch, asker, person

BECKSIDE, RAVENSGILL, HAZELTHWAITE = 999002, 999003, 999006
HEAD, DEPUTY, TEACHER, GOVERNOR = "head-beckside", "deputy-beckside", "teacher-beckside", "governor-beckside"
OFFICER, OTHER_OFFICER = "officer-no-duty", "officer-admissions"
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def in_days(count: int) -> date:
    return today() + count * DAY


def heads_on(day: date, urn: int = BECKSIDE) -> list[str]:
    """By the lines, whoever is head on that day."""
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=urn, seat=0, withdrawn_at=None, starts_on__lte=day)
        return list(lines.exclude(ends_on__lt=day).values_list("person__email", flat=True))


def lines(urn: int = BECKSIDE) -> set[tuple]:
    """Every live line, and every permission row, as facts."""
    with as_batch():
        rows = RegisterLine.objects.filter(establishment__urn=urn, withdrawn_at=None)
        held = EstablishmentPermission.objects.filter(content_object__urn=urn)
        return set(rows.values_list("person", "level", "seat", "role", "starts_on", "ends_on")) | set(
            held.values_list("user", "permission", "source", "starts_on", "ends_on", "reason")
        )


def name(slug: str = DEPUTY, on: date | None = None, until: date | None = None, by: Asker | None = None, urn=BECKSIDE):
    known = person(slug)
    handovers.name_successor(
        by or asker(HEAD), urn, name=known.name, email=known.email, on=on or in_days(10), until=until
    )
    with as_batch():
        return Handover.objects.get(establishment__urn=urn, done_at=None, cancelled_at=None).pk


def verified(slug: str = DEPUTY, on: date | None = None, until: date | None = None) -> int:
    number = name(slug, on, until)
    handovers.verify_successor(asker(OFFICER, EDUNET), number)
    return number


def accepted(slug: str = DEPUTY, on: date | None = None, until: date | None = None) -> int:
    number = verified(slug, on, until)
    handovers.accept_headship(asker(slug), number)
    return number
