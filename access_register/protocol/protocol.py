"""The Data Sharing Protocol: its text, accepting it, who has accepted it (R1, R19, R42).

Anyone can read the text. Everybody who signs in accepts the one in force before anything else, again each year and
again when it changes. Two locks enforce that: access_register.protocol.gate, and portal_asker() in PostgreSQL
(who_asks.sql).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils import timezone

from access_register.models import Person, ProtocolVersion
from access_register.protocol import words
from access_register.protocol.records import (
    AllSignatories,
    ProtocolText,
    SignatoriesPage,
    Signatory,
    Signature,
    SignedAt,
)
from sharing.authorise import Asker, Permission, visit
from sharing.door.managing import keeps_register_or_officer
from sharing.models import Establishment
from sharing.statements import rows_of, value_of


class NotTheTextInForce(Exception):
    """Another text has come into force since the page was shown, and has to be read first."""


def text_in_force() -> ProtocolText | None:
    """The text that has to be accepted today. None: nothing has been published, and nobody sees anything."""
    version = ProtocolVersion.objects.in_force_on(timezone.localdate()).first()
    return words.read(version) if version else None


def accept_protocol(asker: Asker, *, version_id: int) -> date:
    """Record that the asker accepts the text in force, and return its last valid day. Raises NotTheTextInForce."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="accept_protocol") as here:
        before = Person.objects.values_list("protocol_accepted_until", flat=True).get(pk=asker.person_id)
        until: date | None = value_of("SELECT portal_accept(%s)", version_id)
        if until is None:
            raise NotTheTextInForce
        say = here.showed if until == before else here.changed
        say(version=version_id, until=until)
        return until


def show_signatories(asker: Asker, urn: int) -> SignatoriesPage:
    """Who at the establishment has accepted which text and when: for those who keep its register, and for officers."""
    with visit(asker, keeps_register_or_officer(asker), urn, action="show_signatories") as here:
        signatories = tuple(_signatories(_rows(here.establishment.pk), here.today))
        here.showed(signatories=len(signatories))
        return SignatoriesPage(here.here, signatories, here.why)


def list_signatories(asker: Asker) -> AllSignatories:
    """Every establishment whose signatories the asker may read, with how many have accepted; officers by name."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_signatories") as here:
        rows = _rows(None)
        by_place: dict[int, list[_Row]] = {}
        for row in rows:
            if row.establishment_id:
                by_place.setdefault(row.establishment_id, []).append(row)
        places = Establishment.objects.filter(pk__in=by_place).by_name()
        establishments = tuple(_signed_at(place, by_place[place.pk], here.today) for place in places)
        officers = tuple(_signatories([row for row in rows if row.establishment_id is None], here.today))
        here.showed(establishments=len(establishments), officers=len(officers))
        return AllSignatories(establishments, officers)


class _Row(NamedTuple):
    """A person and one of their acceptances. People without any have a row too."""

    establishment_id: int | None
    person_id: int
    name: str
    accepted_until: date | None
    version: str | None
    accepted_on: date | None


def _rows(establishment_id: int | None) -> list[_Row]:
    return [_Row(*row) for row in rows_of("SELECT * FROM portal_signatories(%s)", establishment_id)]


def _signatories(rows: Iterable[_Row], today: date) -> Iterator[Signatory]:
    for _, group in groupby(rows, key=attrgetter("person_id")):
        own = list(group)
        until = own[0].accepted_until
        yield Signatory(
            name=own[0].name,
            holds_until=until if until and until >= today else None,
            signatures=tuple(Signature(row.version, row.accepted_on) for row in own if row.version and row.accepted_on),
        )


def _signed_at(place: Any, rows: list[_Row], today: date) -> SignedAt:
    signatories = list(_signatories(rows, today))
    accepted = sum(signatory.holds_until is not None for signatory in signatories)
    return SignedAt(place.urn, place.name, len(signatories), accepted)
