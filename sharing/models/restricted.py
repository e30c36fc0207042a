"""What stays confidential to an establishment and its Locality (protocol paragraph 11; R26 to R28)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sharing.dates import covers
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment, Locality
from sharing.models.ordered import OrderedByContext
from sharing.models.plain import in_order_of


@dataclass(frozen=True)
class Circle:
    """Whose confidential items somebody may see on a day: the ids of establishments, and of single items.

    `own`: where the asker has a place; `at_level_1`: those of them where it is at Level 1; `neighbours`: others of the
    same Locality. `under_duty`: an officer's, whatever the item's days. Items outside all of these do not exist for the
    asker.
    """

    day: date
    under_duty: Collection[int] = ()
    own: Collection[int] = ()
    at_level_1: Collection[int] = ()
    neighbours: Collection[int] = ()
    consented: Collection[uuid.UUID] = field(default=())


class RestrictedItemQuerySet(OrderedByContext, models.QuerySet["RestrictedItem"]):
    orders = frozenset({"establishment__name", "establishment__urn", "academic_year", "kind", "added_at", "id", "pk"})

    def in_circle(self, circle: Circle) -> "RestrictedItemQuerySet":
        """The items that somebody with this circle may see."""
        own = Q(establishment__in=circle.own) & (Q(level_1_only=False) | Q(establishment__in=circle.at_level_1))
        others = Q(establishment__in=circle.neighbours) | Q(pk__in=circle.consented)
        stands = Q(withdrawn_at=None) & covers(circle.day)
        return self.filter(Q(establishment__in=circle.under_duty) | stands & (own | others))

    def at(self, establishment_id: int) -> "RestrictedItemQuerySet":
        return self.filter(establishment_id=establishment_id)

    def in_order(self) -> "RestrictedItemQuerySet":
        """By establishment, then the newest year first. Never by what an item says."""
        by_name = in_order_of("establishment__name")
        return self.order_by(*by_name, "establishment__urn", "-academic_year", "kind", "added_at", "id")


class RestrictedItem(models.Model):
    """A prioritisation level, or an analysis of one establishment's data.

    Its id is random, so that nobody can tell from an item how many there are. `figures` is JSON, a list of [what,
    figure].
    """

    class Kind(models.TextChoices):
        PRIORITISATION = "prioritisation", "Prioritisation level"
        BESPOKE = "bespoke", "Bespoke analysis"
        COMMISSIONED = "commissioned", "Commissioned analysis"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    title = EncryptedTextField()
    words = EncryptedTextField()
    figures = EncryptedTextField()
    academic_year = models.PositiveSmallIntegerField(help_text="The year in which it begins.")
    owner = models.CharField(max_length=100, help_text="The team that answers for it.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day on which it is seen.")
    level_1_only = models.BooleanField(default=False, help_text="The head has narrowed it at the establishment (A10).")
    added_by_id = models.BigIntegerField(null=True)
    added_by_name = models.CharField(max_length=200)
    added_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True, default="")

    objects = RestrictedItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")), name="item_ends_after_start"
            ),
            models.UniqueConstraint(fields=["id", "establishment"], name="item_of_its_establishment"),
        ]

    def __str__(self) -> str:
        return f"Item {self.pk}"


class RestrictedFile(models.Model):
    """A file of an item. `content` is sealed by `sharing.crypto.encrypt_bytes`, bound to its column."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel workbook"
        CSV = "csv", "CSV"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(RestrictedItem, on_delete=models.PROTECT, related_name="files")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField()
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_by_name = models.CharField(max_length=200)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"File {self.pk}"

    @property
    def bound_to(self) -> str:
        return "sharing_restrictedfile.content"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing_on(self, day: date) -> "ConsentQuerySet":
        return self.filter(covers(day), withdrawn_at=None)

    def for_a_head_to_confirm(self, person_id: int, day: date) -> "ConsentQuerySet":
        """Those of an earlier head that go on. `person_id`: who is head on this day."""
        going_on = self.filter(withdrawn_at=None, ends_on__gte=day, item__withdrawn_at=None)
        return going_on.exclude(stands_for_id=person_id)

    def newest_first(self) -> "ConsentQuerySet":
        return self.order_by("-given_at", "id")


class Consent(models.Model):
    """The head lets others see an item until a certain day (R27). It only widens: nobody with a place there needs it.

    `stands_for_id`: the person who was head when it was given or last confirmed. A new head is asked to confirm it, and
    it stays in force meanwhile (A10).
    """

    class Recipients(models.TextChoices):
        ESTABLISHMENTS = "establishments", "Establishments that you name"
        LOCALITY = "locality", "All establishments of a Locality"
        COMMUNITY = "community", "Everyone in the community"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(RestrictedItem, on_delete=models.PROTECT, related_name="consents")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    recipients = models.CharField(max_length=14, choices=Recipients)
    to_establishments = ArrayField(models.BigIntegerField(), default=list)
    to_locality = models.ForeignKey(Locality, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    given_by_id = models.BigIntegerField()
    given_by_name = models.CharField(max_length=200)
    given_at = models.DateTimeField(auto_now_add=True)
    stands_for_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True, default="")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="consent_ends_after_start"),
            models.CheckConstraint(
                condition=Q(recipients="community", to_establishments=[], to_locality=None)
                | Q(recipients="locality", to_establishments=[], to_locality__isnull=False)
                | Q(recipients="establishments", to_locality=None) & ~Q(to_establishments=[]),
                name="consent_is_to_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"
