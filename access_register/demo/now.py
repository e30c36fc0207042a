"""What is true of the cast now, whatever has been done in the demonstration since it was filled."""

from datetime import date
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.db.models import Q

from access_register.demo.cast import BY_SLUG, CAST
from access_register.models import Duty, OfficerAppointment, Person, RegisterLine
from sharing.dates import covers
from sharing.models import Establishment, LocalityMembership
from sharing.roles import BATCH, acting_as

WHOLE_COMMUNITY = "whole community"


class NotSeeded(Exception):
    """This database has no demonstration in it."""


def cast_now(today: date) -> list[dict[str, Any]]:
    """Each member with their lines, appointment and duties, as plain values. Raises NotSeeded.

    Casework is left out: it opens individual children, and no establishment.
    """
    try:
        with acting_as(BATCH):
            people = Person.objects.filter(email__in=[member.email for member in CAST]).prefetch_related(
                "lines__establishment", "appointments__duties"
            )
            by_email = {person.email: person for person in people}
            if len(by_email) < len(CAST):
                raise NotSeeded
            return [_member(slug, by_email[member.email], today) for slug, member in BY_SLUG.items()]
    except (Error, ImproperlyConfigured) as error:  # no such role or table, or no demonstration's database
        raise NotSeeded from error


def _member(slug: str, person: Person, today: date) -> dict[str, Any]:
    appointments = sorted(person.appointments.all(), key=lambda appointment: appointment.pk)
    duties = [duty for appointment in appointments for duty in appointment.duties.all() if not duty.is_casework]
    lines = sorted(person.lines.all(), key=lambda line: (line.establishment.urn, line.starts_on, line.pk))
    return {
        "slug": slug,
        "name": person.name,
        "email": person.email,
        "site": list(BY_SLUG[slug].sites),
        "title": BY_SLUG[slug].role_words,
        "lines": [_line(line) for line in lines],
        "appointment": _appointment(appointments[-1]) if appointments else None,
        "duties": [_duty(duty, today) for duty in sorted(duties, key=lambda duty: duty.pk)],
        "superuser": person.is_superuser,
    }


def _line(line: RegisterLine) -> dict[str, Any]:
    return {
        "urn": line.establishment.urn,
        "establishment": line.establishment.name,
        "level": line.level,
        "kind": line.role,
        "head": line.is_head,
        "starts_on": line.starts_on,
        "ends_on": line.ends_on,
        "withdrawn": line.withdrawn_at is not None,
    }


def _appointment(appointment: OfficerAppointment) -> dict[str, Any]:
    return {"team": appointment.team, "starts_on": appointment.starts_on, "ends_on": appointment.ends_on}


def _duty(duty: Duty, today: date) -> dict[str, Any]:
    return {
        "data": duty.data,
        "scope": WHOLE_COMMUNITY if duty.whole_community else _urns(duty, today),
        "reason": duty.reason,
        "starts_on": duty.starts_on,
        "ends_on": duty.ends_on,
        "ended": duty.ended_at is not None or duty.ends_on < today,
    }


def _urns(duty: Duty, today: date) -> list[int]:
    """The establishments named in the duty, and those in its Localities today."""
    members = LocalityMembership.objects.filter(covers(today), locality__in=duty.localities.all())
    named = Q(pk__in=duty.establishments.values("pk")) | Q(pk__in=members.values("establishment_id"))
    return list(Establishment.objects.of_the_community().filter(named).order_by("urn").values_list("urn", flat=True))
