"""The head's consent to let others see a confidential item (R27, A10): given, confirmed, withdrawn, all in the ledger.

Only the head of the item's establishment gives it, after recently confirming who they are. It works from the next
request on.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Value
from django.db.models.lookups import Exact
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Visit, the_one
from sharing.cannot import CannotDo
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.door.restricted import at_items, find_item, heads, line, recipients_in_words
from sharing.models import Consent, Establishment, Locality, LocalityMembership, RestrictedItem
from sharing.models.establishments import EstablishmentQuerySet
from sharing.models.plain import Plain
from sharing.records import Why
from sharing.records.restricted import ConsentLine, ConsentPage, Readers, ReadersOf
from sharing.statements import rows_of

TAKES_NO_PART = "Your establishment does not take part in the protocol today. You can consent once it takes part again."
NOT_THE_HEAD = "Only the head of the establishment can consent to others seeing its confidential items."


class CannotConsent(CannotDo):
    """What was typed cannot be consented to."""


class MovedOn(Exception):
    """The consent has already been withdrawn or is over: nothing was changed."""


@dataclass(frozen=True)
class Wish:
    """A consent as typed. `named`: names or URNs of establishments; `locality`: its id."""

    recipients: str
    starts_on: date
    ends_on: date
    named: tuple[str, ...] = ()
    locality: int | None = None


@dataclass(frozen=True)
class _Counted:
    people: int = 0
    third_parties: int = 0
    level_1: int = 0
    officers: int = 0


def show_consents(asker: Asker, item_id: UUID, *, wish: Wish | None = None) -> ConsentPage:
    """Who sees the item now and, with `wish`, who else would. Raises CannotConsent where the wish is not valid."""
    with at_items(asker, "show_consents") as here:
        item = _as_head(here, item_id)
        wanted = _recipients(here, item, wish) if wish else None
        consents = list(item.consents.select_related("to_locality").newest_first())
        places = _places(here, item, consents)
        everywhere = {place.pk for found in (*places.values(), wanted or ()) for place in found} | {
            item.establishment_id
        }
        counted = _count(everywhere)
        here.showed(item=item.pk)
        known = {place.pk for found in places.values() for place in found}
        would = [place for place in wanted or () if place.pk not in known]
        return ConsentPage(
            item=line(item),
            urn=item.establishment.urn,
            level_1_only=item.level_1_only,
            now=(
                _own(item, counted),
                *(_of(words, found, counted) for words, found in places.items()),
            ),
            officers=counted.get(item.establishment_id, _Counted()).officers,
            would=_of("They would also see it", would, counted) if wanted is not None else None,
            consents=tuple(_line(one, here) for one in consents),
            localities=tuple(Locality.objects.by_name().values_list("pk", "name")),
            why=Why(here.reason, Permission.VIEW_RESTRICTED),
        )


def give_consent(asker: Asker, item_id: UUID, *, wish: Wish) -> UUID:
    """Let the recipients see the item on these days. Sent twice, it is one consent. Raises CannotConsent."""
    with at_items(asker, "give_consent") as here:
        item = _as_head(here, item_id)
        found = _recipients(here, item, wish)
        asker.prove()
        the_one(RestrictedItem.objects.select_for_update().filter(pk=item.pk))  # one at a time
        _as_head(here, item_id)  # still, now that nobody is taking back a first head
        named = wish.recipients == Consent.Recipients.ESTABLISHMENTS
        facts = {
            "recipients": wish.recipients,
            "to_establishments": sorted(place.pk for place in found) if named else [],
            "to_locality_id": wish.locality if wish.recipients == Consent.Recipients.LOCALITY else None,
            "starts_on": wish.starts_on,
            "ends_on": wish.ends_on,
            "stands_for_id": asker.person_id,
        }
        known = item.consents.filter(withdrawn_at=None, **facts).first()
        if known:
            here.showed(item=item.pk, consent=known.pk)
            return known.pk
        consent = Consent(
            item=item,
            establishment=item.establishment,
            given_by_id=asker.person_id,
            given_by_name=asker.name,
            **facts,
        )
        consent.save(force_insert=True)
        here.changed(
            item=item.pk, consent=consent.pk, recipients=consent.recipients, establishments=consent.to_establishments,
            locality=consent.to_locality_id, starts_on=consent.starts_on, ends_on=consent.ends_on,
        )  # fmt: skip
        return consent.pk


def withdraw_consent(asker: Asker, item_id: UUID, consent_id: UUID) -> None:
    """Withdraw it: from the next request on nobody sees the item because of it. Raises MovedOn."""
    _settle(asker, item_id, consent_id, "withdraw_consent", withdrawn_at=timezone.now(), withdrawn_by_name=asker.name)


def confirm_consent(asker: Asker, item_id: UUID, consent_id: UUID) -> None:
    """Confirm, as a new head, that it continues. Raises MovedOn."""
    stands = {"stands_for_id": asker.person_id}
    _settle(asker, item_id, consent_id, "confirm_consent", unless=stands, confirmed_at=timezone.now(), **stands)


def narrow_item(asker: Asker, item_id: UUID, *, level_1_only: bool) -> None:
    """Show the item at the establishment itself to Level 1 only, or to all levels (A10). For others nothing changes."""
    with at_items(asker, "narrow_item") as here:
        item = _as_head(here, item_id)
        asker.prove()
        others = RestrictedItem.objects.filter(pk=item.pk).exclude(level_1_only=level_1_only)
        say = here.changed if others.update(level_1_only=level_1_only) else here.showed
        say(item=item.pk, level_1_only=level_1_only)


def _settle(
    asker: Asker, item_id: UUID, consent_id: UUID, action: str, unless: dict[str, int] | None = None, **to: object
) -> None:
    """Set the fields `to` on a consent, unless it already has those of `unless`: then it stays as it is."""
    with at_items(asker, action) as here:
        item = _as_head(here, item_id)
        if not item.consents.filter(pk=consent_id).exists():
            raise NoSuchRecord
        asker.prove()
        standing = item.consents.filter(pk=consent_id, withdrawn_at=None, ends_on__gte=here.today)
        if unless and standing.filter(**unless).exists():
            here.showed(item=item.pk, consent=consent_id)
            return
        if standing.update(**to):
            here.changed(item=item.pk, consent=consent_id)
            return
        here.showed(item=item.pk, consent=consent_id)
    raise MovedOn


def _as_head(here: Visit, item_id: UUID) -> RestrictedItem:
    """The item, for the head of its establishment. Raises NotAtYourLevel for anybody else who sees it."""
    item = find_item(here, item_id)
    if item.establishment_id not in heads(here):
        raise NotAtYourLevel(NOT_THE_HEAD)
    return item


def _recipients(here: Visit, item: RestrictedItem, wish: Wish) -> list[Establishment]:
    """The wish's establishments that take part today. Raises CannotConsent, also where the item's own does not."""
    if wish.ends_on < max(wish.starts_on, here.today):
        raise CannotConsent("The last day must not be before the first, or in the past.", "ends_on")
    if not _takes_part(here, item):
        raise CannotConsent(TAKES_NO_PART, "recipients")
    if wish.recipients == Consent.Recipients.ESTABLISHMENTS:
        return _named(here, item, wish.named)
    chosen = Locality.objects.filter(pk=wish.locality or 0)
    if wish.recipients == Consent.Recipients.LOCALITY and not chosen.exists():
        raise CannotConsent("Choose the Locality.", "locality")
    return list(_to(here, item, wish.recipients, wish.locality).by_name())


def _named(here: Visit, item: RestrictedItem, names: tuple[str, ...]) -> list[Establishment]:
    taking_part = _others(here, item)
    if not names:
        raise CannotConsent("Name at least one establishment.", "named")
    found = {}
    for name in names:
        by_urn = name.isascii() and name.isdecimal() and len(name) < 8
        same = list(
            taking_part.filter(urn=int(name))
            if by_urn
            else taking_part.filter(Exact(Plain("name"), Plain(Value(name))))
        )
        if len(same) != 1:
            how = "None" if not same else "More than one"
            raise CannotConsent(f"{how} of those that take part is called “{name}”. Write its URN instead.", "named")
        found[same[0].pk] = same[0]
    return list(found.values())


def _to(here: Visit, item: RestrictedItem, recipients: str, locality: int | None) -> EstablishmentQuerySet:
    others = _others(here, item)
    if recipients == Consent.Recipients.COMMUNITY:
        return others
    members = LocalityMembership.objects.filter(covers(here.today), locality=locality)
    return others.filter(pk__in=members.values("establishment"))


def _others(here: Visit, item: RestrictedItem) -> EstablishmentQuerySet:
    return Establishment.objects.participating(here.today).exclude(pk=item.establishment_id)


def _takes_part(here: Visit, item: RestrictedItem) -> bool:
    return Establishment.objects.participating(here.today).filter(pk=item.establishment_id).exists()


def _places(here: Visit, item: RestrictedItem, consents: list[Consent]) -> dict[str, list[Establishment]]:
    """Reason -> the establishments that see the item today for it. None while the item's own does not take part."""
    if not _takes_part(here, item):
        return {}
    today = LocalityMembership.objects.filter(covers(here.today), establishment=item.establishment_id)
    found = {
        f"Establishments of the {name} Locality": list(_to(here, item, Consent.Recipients.LOCALITY, locality).by_name())
        for locality, name in today.values_list("locality", "locality__name")
    }
    for one in consents:
        if one.withdrawn_at is None and one.starts_on <= here.today <= one.ends_on:
            named = _others(here, item).filter(pk__in=one.to_establishments)
            is_named = one.recipients == Consent.Recipients.ESTABLISHMENTS
            places = named if is_named else _to(here, item, one.recipients, one.to_locality_id)
            words = f"By consent until {day_in_words(one.ends_on)}: {recipients_in_words(one)}"
            found[words] = sorted({*found.get(words, []), *places}, key=lambda place: place.name)
    return found


def _count(places: set[int]) -> dict[int, _Counted]:
    """How many people of each establishment see its items, from the database's function for heads."""
    counted = rows_of("SELECT * FROM portal_count_readers(%s)", list(places))
    return {place: _Counted(*numbers) for place, *numbers in counted}


def _own(item: RestrictedItem, counted: dict[int, _Counted]) -> ReadersOf:
    here = counted.get(item.establishment_id, _Counted())
    people = here.level_1 if item.level_1_only else here.people + here.third_parties
    words = "Level 1 of your establishment" if item.level_1_only else "Everybody on your Access Register"
    return ReadersOf(words, (Readers(item.establishment.name, people),))


def _of(words: str, places: list[Establishment], counted: dict[int, _Counted]) -> ReadersOf:
    return ReadersOf(words, tuple(Readers(place.name, counted.get(place.pk, _Counted()).people) for place in places))


def _line(one: Consent, here: Visit) -> ConsentLine:
    is_open = one.withdrawn_at is None and one.ends_on >= here.today
    waits = is_open and one.stands_for_id != here.asker.person_id
    if one.withdrawn_at:
        state = f"Withdrawn by {one.withdrawn_by_name}"
    elif not is_open:
        state = "Over"
    else:
        state = "Not yet begun" if one.starts_on > here.today else "Holds"
    return ConsentLine(
        one.pk, recipients_in_words(one), one.starts_on, one.ends_on, one.given_by_name, one.given_at, state,
        is_open, waits,
    )  # fmt: skip
