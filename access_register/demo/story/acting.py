"""The people of the cast as those who act, and the days on which they are said to have acted."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from access_register.demo.cast import BY_SLUG
from access_register.models import Person
from sharing.authorise import Asker, Through
from sharing.roles import BATCH, acting_as

PURPOSE = "General administration"


def person(slug: str) -> Person:
    with acting_as(BATCH):
        return Person.objects.get(email=BY_SLUG[slug].email)


def as_(slug: str) -> Asker:
    """The member of the cast at their own site, with a second factor and just confirmed."""
    somebody, is_officer = person(slug), bool(BY_SLUG[slug].team)
    through = Through.EDUNET if is_officer else Through.SCHOOLS_ONLINE
    return Asker(
        somebody.pk, somebody.name, through,
        purpose=PURPOSE if is_officer else "", second_factor=True, confirmed_lately=True,
    )  # fmt: skip


def then(today: date, ago: int, hour: int = 9) -> datetime:
    """So many days ago, on the hour. Use whole weeks if possible: seen on a working day, all are then working days."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=ago), time(hour)))
