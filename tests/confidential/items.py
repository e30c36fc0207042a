"""Confidential items for tests, as officers and heads leave them, and who sees them by the door."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from sharing import crypto, door
from sharing.authorise import NoSuchRecord
from sharing.models import (
    Consent,
    Establishment,
    Locality,
    LocalityMembership,
    Participation,
    RestrictedFile,
    RestrictedItem,
)
from tests.people import SCHOOLS_ONLINE, as_batch, asker, person

HAZELTHWAITE, BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999001, 999002, 999003, 999004, 999005
AIREHOLME, BECKDALE, CRAGSIDE = "Aireholme", "Beckdale", "Cragside"
CANARY = "Quillfeather canary"
CONTENT = b"Year,Figure\r\n1,2\r\n"


def in_days(days: int | None) -> date | None:
    return None if days is None else timezone.localdate() + timedelta(days=days)


def item(
    urn: int, *, title: str = CANARY, from_day: int = -30, until: int | None = None, **facts: Any
) -> RestrictedItem:
    """An item of an establishment with a file, seen from and until so many days from today."""
    usual = {"kind": "bespoke", "academic_year": 2025, "owner": "Test", "added_by_name": "Test", "words": title}
    with as_batch():
        made = RestrictedItem.objects.create(
            establishment=Establishment.objects.get(urn=urn), title=title, starts_on=in_days(from_day),
            ends_on=in_days(until), **usual | facts,
        )  # fmt: skip
        file = RestrictedFile(
            item=made, establishment_id=made.establishment_id, name=f"{title}.csv", kind="csv", size=len(CONTENT),
            sha256="0" * 64, added_by_name="Test",
        )  # fmt: skip
        file.content = crypto.encrypt_bytes(CONTENT, column=file.bound_to)
        file.save(force_insert=True)
    return made


def consent(
    of: RestrictedItem, *urns: int, locality: str = "", from_day: int = -30, until: int = 30, **facts: Any
) -> Consent:
    """A consent to these establishments, to a Locality, or with neither to everyone."""
    head = person("head-beckside")
    with as_batch():
        places = list(Establishment.objects.filter(urn__in=urns).values_list("pk", flat=True))
        return Consent.objects.create(
            **{
                "item": of,
                "establishment_id": of.establishment_id,
                "recipients": "establishments" if urns else "locality" if locality else "community",
                "to_establishments": places,
                "to_locality": Locality.objects.get(name=locality) if locality else None,
                "starts_on": in_days(from_day),
                "ends_on": in_days(until),
                "given_by_id": head.pk,
                "given_by_name": head.name,
                "stands_for_id": head.pk,
            }
            | facts
        )


def in_localities(urn: int, before: str, day: int, after: str) -> None:
    """In one Locality until the day before, in the other from `day` on; an empty name is none."""
    with as_batch():
        place = Establishment.objects.get(urn=urn)
        LocalityMembership.objects.filter(establishment=place).delete()
        if before:
            known = Locality.objects.get(name=before)
            LocalityMembership.objects.create(
                establishment=place, locality=known, starts_on=date(2022, 9, 1), ends_on=in_days(day - 1)
            )
        if after:
            known = Locality.objects.get(name=after)
            LocalityMembership.objects.create(establishment=place, locality=known, starts_on=in_days(day))


def takes_part_until(urn: int, day: int | None) -> None:
    with as_batch():
        Participation.objects.filter(establishment__urn=urn).delete()
        place = Establishment.objects.get(urn=urn)
        Participation.objects.create(establishment=place, starts_on=date(2022, 9, 1), ends_on=in_days(day))


def sees(slug: str, of: RestrictedItem | UUID, through: Any = SCHOOLS_ONLINE) -> bool:
    """Whether the door shows the person the item now."""
    try:
        door.show_restricted(asker(slug, through), of if isinstance(of, UUID) else of.pk)
    except NoSuchRecord:
        return False
    return True


def without_the_demonstrations() -> None:
    """Without the demonstration's own items."""
    with as_batch():
        for model in (Consent, RestrictedFile, RestrictedItem):
            model.objects.all().delete()
