"""Confidential items: the list, a single one, its files; added and withdrawn by officers under a duty (R26, R28).

For anybody outside its circle an item does not exist: it is in no list or number, and its address answers like one that
was never given out. Every look and every download is in the ledger (R43).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from uuid import UUID

from django.template.defaultfilters import pluralize
from django.utils import timezone

from sharing import audience, crypto
from sharing.audience import Audience
from sharing.authorise import Asker, NeedsSecondFactor, NoSuchRecord, Permission, Through, Visit, the_one, visit
from sharing.door.paging import page_of
from sharing.files.safe_files import CONTENT_TYPES, SafeFile
from sharing.models import Consent, RestrictedFile, RestrictedItem
from sharing.ordering import Comparison, ContextKey
from sharing.records import Why
from sharing.records.restricted import (
    FileLine,
    ItemLine,
    ItemList,
    ItemPage,
    RestrictedDocument,
    WaitingConsent,
)
from sharing.school_year import in_words
from sharing.signals import restricted_item_added
from sharing.statements import one_at_a_time

ORDER = Comparison(ContextKey.NAME, "you find an establishment’s items quickly")
MARKING = "Confidential to {place} and the establishments of its Locality"


class AlreadyWithdrawn(Exception):
    """The item has been withdrawn meanwhile: nothing was changed."""


@dataclass(frozen=True)
class NewItem:
    """What an officer says about an item. `figures`: pairs of what is counted and its figure."""

    kind: str
    title: str
    academic_year: int
    owner: str
    starts_on: date
    words: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    ends_on: date | None = None


def list_restricted(asker: Asker, urn: int, *, number: int = 1) -> ItemList:
    """The items of an establishment and, apart from them, those shared with the asker."""
    with at_items(asker, "list_restricted", urn) as here:
        seen = audience.of(here)
        found = RestrictedItem.objects.in_circle(seen.circle).select_related("establishment").in_order()
        own = tuple(line(item) for item in found.at(here.establishment.pk).defer("words", "figures"))
        shared = None
        if asker.through == Through.SCHOOLS_ONLINE:
            others = found.exclude(establishment__in=seen.circle.own).defer("words", "figures")
            shared = page_of(others, number, line)
        ids = [one.id for one in (*own, *(shared or ()))]
        here.showed(items=ids, **ORDER.for_the_ledger)
        return ItemList(
            here.here, own, shared, ORDER,
            to_confirm=waiting_consents(here),
            may_add=asker.through == Through.EDUNET,
            why=_why(here),
        )  # fmt: skip


def show_restricted(asker: Asker, item_id: UUID) -> ItemPage:
    """One item. Raises NoSuchRecord (404) for one that the asker may not see today."""
    with at_items(asker, "show_restricted") as here:
        item = find_item(here, item_id)
        by_duty = asker.through == Through.EDUNET
        here.showed(item=item.pk)
        return ItemPage(
            item=line(item),
            urn=item.establishment.urn,
            paragraphs=tuple(part for part in re.split(r"\n\s*\n", str(item.words).replace("\r", "")) if part.strip()),
            figures=tuple((what, figure) for what, figure in json.loads(str(item.figures) or "[]")),
            files=tuple(_file(file) for file in item.files.defer("content").order_by("added_at", "id")),
            marking=MARKING.format(place=item.establishment.name),
            starts_on=item.starts_on,
            added_by_name=item.added_by_name,
            added_at=item.added_at,
            withdrawn_by_name=item.withdrawn_by_name,
            may_consent=item.establishment_id in heads(here),
            may_keep=by_duty and item.withdrawn_at is None,
            is_own=item.establishment_id in here.holdings.at(here.opens_restricted),
            why=_why(here),
        )


def download_restricted(asker: Asker, item_id: UUID, file_id: UUID) -> RestrictedDocument:
    """A file of an item as it was uploaded, with its marking added before its name."""
    with at_items(asker, "download_restricted") as here:
        item = find_item(here, item_id)
        file = the_one(item.files.filter(pk=file_id))
        content = crypto.decrypt_bytes(bytes(file.content), column=file.bound_to)
        here.showed(item=item.pk, file=file.pk, sha256=file.sha256)
        kind = RestrictedFile.Kind(file.kind)
        return RestrictedDocument(f"CONFIDENTIAL {file.name!s}", CONTENT_TYPES[kind], content)


def add_restricted(asker: Asker, urn: int, *, told: NewItem, file: SafeFile | None = None) -> UUID:
    """Add an item to an establishment, by an officer under a duty. The head is told by email that there is one.

    The same one sent twice is added once, so that withdrawing it withdraws everything.
    """
    with at_items(asker, "add_restricted", urn) as here:
        _only_officers(asker)
        item = RestrictedItem(
            establishment=here.establishment,
            kind=RestrictedItem.Kind(told.kind),
            title=told.title,
            words=told.words,
            figures=json.dumps([list(pair) for pair in told.figures], ensure_ascii=False),
            academic_year=told.academic_year,
            owner=told.owner,
            starts_on=told.starts_on,
            ends_on=told.ends_on,
            added_by_id=asker.person_id,
            added_by_name=asker.name,
        )
        known = _sent_before(item)
        if known:
            here.showed(item=known.pk)
            return known.pk
        item.save(force_insert=True)
        added = _keep(item, file, asker) if file else None
        here.changed(item=item.pk, kind=item.kind, file=added and added.pk, sha256=added and added.sha256)
        restricted_item_added.send(sender=RestrictedItem, item=item, day=here.today)
        return item.pk


def add_restricted_file(asker: Asker, item_id: UUID, *, file: SafeFile) -> None:
    """Add another file to an item; the same one sent twice is added once. Raises AlreadyWithdrawn."""
    with at_items(asker, "add_restricted_file") as here:
        item = _to_keep(here, item_id)
        if item.withdrawn_at is None:
            one_at_a_time("add_restricted_file")
            known = item.files.filter(sha256=file.sha256).first()
            if known:
                here.showed(item=item.pk, file=known.pk)
                return
            added = _keep(item, file, asker)
            here.changed(item=item.pk, file=added.pk, sha256=added.sha256)
            return
        here.showed(item=item.pk)
    raise AlreadyWithdrawn


def withdraw_restricted(asker: Asker, item_id: UUID) -> None:
    """Withdraw it: no establishment sees it from the next request on. It stays on record for officers.

    Raises AlreadyWithdrawn.
    """
    with at_items(asker, "withdraw_restricted") as here:
        item = _to_keep(here, item_id)
        open_ones = RestrictedItem.objects.filter(pk=item.pk, withdrawn_at=None)
        if open_ones.update(withdrawn_at=timezone.now(), withdrawn_by_name=asker.name):
            here.changed(item=item.pk)
            return
        here.showed(item=item.pk)
    raise AlreadyWithdrawn


# --- what the pages of consent need too ------------------------------------------------------------------------------


@contextmanager
def at_items(asker: Asker, action: str, urn: int | None = None) -> Iterator[Visit]:
    """A visit to confidential items, with a second factor: for those with a place there or, on EduNet, under a duty."""
    by_duty = asker.through == Through.EDUNET
    permission = Permission.VIEW_RESTRICTED if by_duty else Permission.VIEW_ESTABLISHMENT
    with visit(asker, permission, urn, action=action) as here:
        if not asker.second_factor:
            raise NeedsSecondFactor
        yield here


def find_item(here: Visit, item_id: UUID) -> RestrictedItem:
    """The item, if the asker is in its circle; from then on the visit is at its establishment. Raises NoSuchRecord."""
    seen: Audience = audience.of(here)
    item = the_one(RestrictedItem.objects.in_circle(seen.circle).select_related("establishment").filter(pk=item_id))
    here.came_to(item.establishment, seen.why(item))
    return item


def heads(here: Visit) -> set[int]:
    """The establishments of which the asker is head today."""
    if here.asker.through != Through.SCHOOLS_ONLINE or not here.holdings.at(Permission.MANAGE_REGISTER):
        return set()
    return audience.asked("portal_heads")


def waiting_consents(here: Visit) -> tuple[WaitingConsent, ...]:
    """Consents of an earlier head that today's head has not confirmed, at the establishment of the visit."""
    if here.establishment.pk not in heads(here):
        return ()
    standing = Consent.objects.filter(withdrawn_at=None, ends_on__gte=here.today, establishment=here.establishment)
    waiting = standing.exclude(stands_for_id=here.asker.person_id).select_related("item", "to_locality")
    return tuple(
        WaitingConsent(one.item_id, str(one.item.title), recipients_in_words(one), one.ends_on)
        for one in waiting.filter(item__withdrawn_at=None).order_by("given_at", "id")
    )


def recipients_in_words(consent: Consent) -> str:
    """Who it is given to, without their names."""
    if consent.recipients == Consent.Recipients.LOCALITY and consent.to_locality:
        return f"All establishments of the {consent.to_locality.name} Locality"
    if consent.recipients == Consent.Recipients.ESTABLISHMENTS:
        number = len(consent.to_establishments)
        return f"{number} establishment{pluralize(number)} that the head has named"
    return "Everyone in the community"


def line(item: RestrictedItem) -> ItemLine:
    """What a list shows of an item: its title, never its text or its figures."""
    return ItemLine(
        id=item.pk,
        establishment=item.establishment.name,
        kind=item.get_kind_display(),
        title=str(item.title),
        year=in_words(item.academic_year),
        owner=item.owner,
        until=item.ends_on,
        is_withdrawn=item.withdrawn_at is not None,
    )


def _why(here: Visit) -> Why:
    return Why(here.reason, Permission.VIEW_RESTRICTED)


def _only_officers(asker: Asker) -> None:
    if asker.through != Through.EDUNET:
        raise NoSuchRecord


def _to_keep(here: Visit, item_id: UUID) -> RestrictedItem:
    _only_officers(here.asker)
    return find_item(here, item_id)


def _sent_before(item: RestrictedItem) -> RestrictedItem | None:
    """The very same item from the same officer, if it has not been withdrawn since."""
    one_at_a_time("add_restricted")
    plain = {name: getattr(item, name) for name in ("establishment_id", "kind", "academic_year", "added_by_id")}
    same = RestrictedItem.objects.filter(**plain, starts_on=item.starts_on, ends_on=item.ends_on, withdrawn_at=None)
    said = attrgetter("title", "words", "figures", "owner")
    return next((one for one in same if said(one) == said(item)), None)


def _keep(item: RestrictedItem, file: SafeFile, asker: Asker) -> RestrictedFile:
    row = RestrictedFile(
        item=item, establishment_id=item.establishment_id, name=file.name, kind=file.kind, size=len(file.content),
        sha256=file.sha256, added_by_name=asker.name,
    )  # fmt: skip
    row.content = crypto.encrypt_bytes(file.content, column=row.bound_to)
    row.save(force_insert=True)
    return row


def _file(file: RestrictedFile) -> FileLine:
    return FileLine(file.pk, str(file.name), file.get_kind_display(), file.size, file.added_at, file.added_by_name)
