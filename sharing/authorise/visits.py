"""A visit: one person, one establishment, one permission, one transaction, one row in the ledger.

    with visit(asker, Permission.VIEW_PUPILS, urn, action="list_pupils") as here:
        pupils = ...                       # whatever the code asks, PostgreSQL shows no row too many
        here.showed(count=len(pupils))

The visit tells PostgreSQL who asks in the same statement that fetches what the person may do. A refusal is
written to the ledger after the transaction is rolled back, so it stays written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists
from django.db.models.expressions import RawSQL
from django.utils import timezone

from sharing.authorise.asker import Asker
from sharing.authorise.grants import Permission, Through
from sharing.authorise.holdings import Holdings, Narrowing
from sharing.authorise.refusals import (
    NeedsSecondFactor,
    NotAtYourLevel,
    NotYourEstablishment,
    Refusal,
)
from sharing.ledger import ledger
from sharing.models.establishments import Establishment, EstablishmentQuerySet
from sharing.models.ledger import NOT_FOR_THE_HEAD, LedgerEntry
from sharing.models.overrides import NamedChild, Opening
from sharing.records import Here, Why
from sharing.service.replicas import transaction_of_a_visit

NEEDED = {
    Permission.VIEW_ESTABLISHMENT: "This page is for people on the Access Register of the establishment.",
    Permission.VIEW_PUPILS: "Pupil information needs Level 2 or Level 1.",
    Permission.VIEW_STAFF: "Staff information needs Level 1.",
    Permission.MANAGE_REGISTER: "The Access Register needs Level 1.",
    Permission.KEEP_RECORDS: "Bringing in files, arranging transfers and offers of support need Level 1.",
    Permission.MANAGE_DUTIES: "Officers and their duties are kept on EduNet.",
    Permission.VIEW_RESTRICTED: "Only officers with a recorded duty have this, on EduNet.",
}
NO_DUTY = "You have no duty today that covers this page."
NEEDED_ON_EDUNET = {
    Permission.VIEW_ESTABLISHMENT: "This page is for officers of the Education Department.",
    Permission.VIEW_PUPILS: f"Officers see pupil information only under a recorded duty. {NO_DUTY}",
    Permission.VIEW_STAFF: f"Officers see staff information only under a recorded duty. {NO_DUTY}",
    Permission.MANAGE_REGISTER: "The Access Register belongs to the head and is kept on Schools Online.",
    Permission.MANAGE_DUTIES: "Officers and their duties are kept by the information manager.",
    Permission.KEEP_RECORDS: f"Officers bring in files and arrange transfers only under a recorded duty. {NO_DUTY}",
    Permission.VIEW_RESTRICTED: f"Officers see confidential items only under a recorded duty. {NO_DUTY}",
}
# Permissions that a stolen password must not open without a second factor (R13).
SECOND_FACTOR_FIRST = frozenset(Permission) - {Permission.VIEW_ESTABLISHMENT}
CONFIRMATION_FIRST = frozenset({Permission.MANAGE_REGISTER, Permission.MANAGE_DUTIES})
SHARED_REASON = "Participating establishments share establishment information with each other (protocol paragraph 2)."


@dataclass(frozen=True)
class OneRecord:
    """One record that is opened by itself, beyond what is held at the establishment (R9, R18).

    It says why, and which kinds of data are `withheld`. `barred`: the heads of the child's schools must not learn of
    it.
    """

    pupil_id: UUID
    reason: str
    withheld: frozenset[str]
    by_broken_glass: bool
    barred: bool


class UnspokenVisit(Exception):
    """A visit ended without saying what it showed or changed. It is a fault in the code, and nothing is shown."""


class Visit:
    """What the code inside a visit can ask: where it is, why it may be there, and what the person may read."""

    def __init__(self, asker: Asker, permission: Permission, action: str, holdings: Holdings) -> None:
        self.asker = asker
        self.permission = permission
        self.action = action
        self.holdings = holdings
        self.today: date = timezone.localdate()
        self.reason = ""
        self.one: OneRecord | None = None  # set where the visit is let in to one record only
        self.tells_the_head = True  # False where the head must not learn of a record opened by itself (R18)
        self._establishment: Establishment | None = None
        self._outcome: LedgerEntry.Outcome | None = None
        self._about: dict[str, Any] = {}

    @property
    def establishment(self) -> Establishment:
        assert self._establishment is not None, "this visit is to no one establishment"
        return self._establishment

    def establishments_with(self, permission: Permission) -> EstablishmentQuerySet:
        """The establishments at which the person holds the permission. Their own list and every page use this."""
        return Establishment.objects.filter(pk__in=self.holdings.at(permission))

    def readable_establishments(self) -> EstablishmentQuerySet:
        """The person's own establishments; if one of those takes part, also all others that take part (R2, R3, R16).

        Officers read the public facts of every establishment of a listed type, including a neighbouring authority's.
        """
        own = self.establishments_with(Permission.VIEW_ESTABLISHMENT)
        if self.asker.through == Through.EDUNET:
            return Establishment.objects.of_a_listed_type().in_our_time() if self.holdings.rows else own
        return own | Establishment.objects.participating(self.today).filter(self.shares)

    @cached_property
    def shares_with_others(self) -> bool:
        """Whether the person belongs to the community through an establishment that takes part today (R2, R16)."""
        return self._own_that_share.exists()

    @property
    def shares(self) -> Exists:
        """`shares_with_others` as a condition, for a query about what only those who share may read."""
        return Exists(self._own_that_share)

    @property
    def _own_that_share(self) -> EstablishmentQuerySet:
        own = self.holdings.at(Permission.VIEW_ESTABLISHMENT)
        return Establishment.objects.participating(self.today).filter(pk__in=own)

    @property
    def why_the_list(self) -> Why:
        """Why the person may read the list of establishments."""
        own = next(
            iter(self.holdings.best(Permission.VIEW_ESTABLISHMENT).values()), "You do not have access at any of them."
        )
        is_own = self.asker.through == Through.EDUNET or not self.shares_with_others
        return Why(own if is_own else SHARED_REASON, self.permission)

    @property
    def why(self) -> Why:
        """Why the person may see what the page shows about the establishment; shown at the foot of the page."""
        return Why(self.reason, self.permission)

    def why_anywhere(self) -> Why:
        """Why the person may see a page that is about no one establishment: the reason at any of them."""
        return Why(next(iter(self.holdings.best(self.permission).values())), self.permission)

    def pages_of(self, establishment: Establishment) -> Here:
        """The establishment, and which of its pages the person may open."""
        return Here(
            urn=establishment.urn,
            name=establishment.name,
            is_own=self.holdings.holds(Permission.VIEW_ESTABLISHMENT, establishment.pk),
            can_view_pupils=self.holdings.holds(Permission.VIEW_PUPILS, establishment.pk),
            can_view_staff=self.holdings.holds(Permission.VIEW_STAFF, establishment.pk),
            can_manage_register=self.holdings.holds(Permission.MANAGE_REGISTER, establishment.pk),
            can_keep_records=self.holdings.holds(Permission.KEEP_RECORDS, establishment.pk),
            can_manage_duties=self.holdings.holds(Permission.MANAGE_DUTIES, establishment.pk),
            can_view_restricted=self.holdings.holds(self.opens_restricted, establishment.pk),
        )

    @property
    def opens_restricted(self) -> Permission:
        """The permission that opens confidential items to the asker: under a duty, or by a place there (R26, R28)."""
        by_duty = self.asker.through == Through.EDUNET
        return Permission.VIEW_RESTRICTED if by_duty else Permission.VIEW_ESTABLISHMENT

    def came_to(self, establishment: Establishment, because: str) -> None:
        """Take a visit that began at no one establishment to this one, where something the asker may see led.

        `because` becomes the reason why they may be here.
        """
        self._establishment, self.reason = establishment, because

    @property
    def narrowing(self) -> Narrowing:
        """What the head has withheld from the person's view of the pupils here (R35)."""
        if self.one:
            return Narrowing(withheld=self.one.withheld)
        return self.holdings.narrowing(Permission.VIEW_PUPILS, self.establishment.pk)

    @property
    def here(self) -> Here:
        return self.pages_of(self.establishment)

    def showed(self, **about: Any) -> None:
        """Record what was shown: whose records, or how many."""
        self._outcome, self._about = LedgerEntry.Outcome.SHOWN, about

    def changed(self, **about: Any) -> None:
        """Record what was changed.

        Raises NeedsConfirmation for the register and for duties, unless the person has recently confirmed who they are.
        """
        if self.permission in CONFIRMATION_FIRST:
            self.asker.prove()
        self._outcome, self._about = LedgerEntry.Outcome.CHANGED, about

    def enter_shared(self, urn: int) -> None:
        """Come to the establishment with this URN, one's own or another that shares (R2, R3).

        Raises NotYourEstablishment.
        """
        self._establishment = self._come_to(self.readable_establishments().filter(urn=urn))
        if self._establishment is None:
            raise NotYourEstablishment
        self.reason = self.holdings.best(self.permission).get(self._establishment.pk) or SHARED_REASON

    def enter(self, urn: int, record: UUID | None) -> None:
        """Come to the establishment with this URN. Raises NotYourEstablishment or NotAtYourLevel.

        With `record`, also where only that record is opened by itself (R9, R18).
        """
        is_known = bool(self.holdings.entered if self.holdings.urn else self.holdings.rows)
        place = self._place(urn) if is_known or record else None
        held = self.holdings.reasons(place.pk) if place and is_known else {}
        one = self._opened(record, place) if record and place and not self._sees_all_pupils(place) else None
        if place is None or not (held or one):
            raise NotYourEstablishment
        self._establishment = place
        if one:
            self.one, self.reason, self.tells_the_head = one, one.reason, not one.barred
        elif self.permission in held:
            self.reason = held[self.permission]
        else:
            needed = NEEDED_ON_EDUNET if self.asker.through == Through.EDUNET else NEEDED
            raise NotAtYourLevel(f"Your access here: {next(iter(held.values()))}. {needed[self.permission]}")

    def _place(self, urn: int) -> Establishment | None:
        if self.holdings.urn:
            return Establishment.with_urn(urn)
        return self._come_to(Establishment.objects.filter(urn=urn))

    def _come_to(self, found: EstablishmentQuerySet) -> Establishment | None:
        """The first of `found`. If all holdings are known already, the same query also answers `shares_with_others`."""
        if not self.holdings.are_all_told or self.asker.through == Through.EDUNET:
            return found.first()
        row = found.annotate(asker_shares=self.shares).first()
        if row:
            self.shares_with_others = row.asker_shares
        return row

    def _sees_all_pupils(self, place: Establishment) -> bool:
        if self.permission != Permission.VIEW_PUPILS:
            return True
        return self.holdings.narrowing(self.permission, place.pk) == Narrowing()

    def _opened(self, record: UUID, place: Establishment) -> OneRecord | None:
        """The record as it is opened to the asker by itself, for a named child or by a broken glass; else None."""
        named = self._named(record, place)
        if named:
            withheld = frozenset.intersection(*[frozenset(row.withheld) for row in named])
            return OneRecord(record, named[0].reason, withheld, False, all(row.head_barred for row in named))
        if self.asker.through != Through.EDUNET:
            return None
        live = Opening.objects.by(self.asker.person_id).open_at(timezone.now()).filter(establishment=place)
        opening = live.filter(pupil=record).newest_first().first()
        return OneRecord(record, opening.in_words(), frozenset(), True, opening.head_barred) if opening else None

    def _named(self, record: UUID, place: Establishment) -> list[NamedChild]:
        told = [record, place.pk]
        rows = RawSQL("SELECT named_id FROM portal_named_records() WHERE pupil_id = %s AND place = %s", told)
        live = NamedChild.objects.for_person(self.asker.person_id).live_on(self.today)
        return list(live.filter(through=self.asker.through.value, pk__in=rows).order_by("pk"))

    def check_second_factor(self) -> None:
        """Raise NeedsSecondFactor where one is missing.

        It is checked last, so that those who may not come in anyway learn nothing from it.
        """
        if self.permission in SECOND_FACTOR_FIRST and not self.asker.second_factor:
            raise NeedsSecondFactor

    def close(self) -> None:
        if self._outcome is None:
            raise UnspokenVisit(f"{self.action} did not say what it showed")
        self.write(self._outcome, self._about)

    def write(self, outcome: LedgerEntry.Outcome, about: dict[str, Any], urn: int | None = None) -> None:
        ledger.write(
            self.asker,
            action=self.action,
            outcome=outcome,
            permission=self.permission.value,
            urn=self._establishment.urn if self._establishment else urn,
            about=about if self.tells_the_head else about | NOT_FOR_THE_HEAD,
            purpose=self.reason,
        )


@contextmanager
def visit(
    asker: Asker,
    permission: Permission,
    urn: int | None = None,
    *,
    action: str,
    shared: bool = False,
    everywhere: bool = False,
    record: UUID | None = None,
) -> Iterator[Visit]:
    """Open a visit for `permission` at the establishment with this URN (None: at no one establishment).

    `shared`: establishment information, which people of other participating establishments may read too.
    `everywhere`: the page also asks what the person holds elsewhere, so everything is fetched at once.
    `record`: the record of the one pupil that the visit is about, if it is about one.
    Raises NotYourEstablishment (404), NotAtYourLevel (403), NeedsSecondFactor and NeedsConfirmation (for which the
    portal asks the person a question). Each is in the ledger before it reaches the caller.
    """
    is_nested = connection.in_atomic_block
    is_general = permission == Permission.VIEW_ESTABLISHMENT  # then what else the person holds is asked next anyway
    here: Visit | None = None
    try:
        with transaction_of_a_visit():
            holdings = Holdings.announced(
                asker,
                None if shared or everywhere else urn,
                None if is_general else permission,
                seen_at=urn,
            )
            here = Visit(asker, permission, action, holdings)
            if urn is not None and shared:
                here.enter_shared(urn)
            elif urn is not None:
                here.enter(urn, record)
            here.check_second_factor()
            yield here
            here.close()
    except Refusal as refusal:
        if here:
            here.write(LedgerEntry.Outcome.REFUSED, {"why": type(refusal).__name__}, urn)
        raise
    finally:
        # A commit makes PostgreSQL forget who asked; inside a larger transaction we have to do so ourselves.
        if is_nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('portal.ctx', '', true)")
