"""Lines that wait for their review, for the tests of the termly review."""

from datetime import date, timedelta

from django.utils import timezone

from access_register import grants
from access_register.models import LineEvent, RegisterLine, ReviewNotice
from access_register.reviews import deadlines
from sharing.models import Establishment, EstablishmentPermission
from tests.people import as_batch, person

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER = "head-beckside", "deputy-beckside", "teacher-beckside"
GOVERNOR, OFFICE, THIRD_PARTY = "governor-beckside", "office-beckside", "third-party-beckside"
LEVEL_2 = {"view_establishment", "view_pupils"}
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def line_of(slug: str) -> RegisterLine:
    with as_batch():
        lines = RegisterLine.objects.filter(person=person(slug), establishment__urn=BECKSIDE).select_related("person")
        return lines.latest("pk")


def set_line(slug: str, **facts: object) -> RegisterLine:
    with as_batch():
        RegisterLine.objects.filter(pk=line_of(slug).pk).update(**facts)
        line = line_of(slug)
        grants.replace(f"line:{line.pk}", grants.of_line(line))
    return line


def due(slug: str, on: date, missed: int = 0) -> RegisterLine:
    """Make this line alone the one whose review is due."""
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE)
        lines.update(review_due_on=on + timedelta(days=365), confirmed_on=None, reviews_missed=0)
    return set_line(slug, review_due_on=on, reviews_missed=missed)


def beckside() -> Establishment:
    return Establishment.objects.get(urn=BECKSIDE)


def settle(day: date) -> list[str]:
    with as_batch():
        return list(deadlines.settle(beckside(), day))


def remind(day: date) -> list[str]:
    with as_batch():
        return list(deadlines.remind(beckside(), day))


def notices() -> list[tuple[str, str, int]]:
    """(slug's email, kind, days before) of each that was written."""
    with as_batch():
        return sorted(ReviewNotice.objects.values_list("person__email", "kind", "days_before"))


def opens(slug: str) -> set[str]:
    with as_batch():
        rows = EstablishmentPermission.objects.filter(user=person(slug), content_object__urn=BECKSIDE).exclude(
            starts_on=grants.NOT_YET
        )
        return set(rows.values_list("permission__codename", flat=True))


def event() -> LineEvent:
    with as_batch():
        return LineEvent.objects.latest("pk")
