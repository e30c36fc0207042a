"""Disposal of what no longer needs to be kept (P5): asked for by one person, approved by another, done, certified."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def newest_first(self) -> "DisposalQuerySet":
        return self.order_by("-pk")

    def unsettled(self) -> "DisposalQuerySet":
        return self.filter(state__in=Disposal.UNSETTLED)


class Disposal(models.Model):
    """One disposal of everything due on `as_of`. Its lines are first the preview and then the certificate.

    `number` identifies it beside the keys of children too (portal_keys.disposal), and `gone` counts rows in both
    places. Where the two disagree, an older copy of one of them was restored, and the portal does not start.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Being counted"
        COUNTED = "counted", "Waiting for a second person"
        APPROVED = "approved", "Approved: being done"
        DONE = "done", "Done"
        REFUSED = "refused", "Not approved"
        OVERTAKEN = "overtaken", "Stopped: more is due than was approved. Ask again for what is left"
        FAILED = "failed", "Could not be done"

    TO_DO = (State.ASKED, State.APPROVED)
    UNSETTLED = (*TO_DO, State.COUNTED)

    number = models.UUIDField(default=uuid.uuid4, unique=True)
    as_of = models.DateField(help_text="What is due on this day.")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    done_at = models.DateTimeField(null=True)
    gone = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Rows disposed of, as portal_keys counts.")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | ~Q(decided_by_id=models.F("asked_by_id")),
                name="disposal_of_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"]) | Q(decided_at__isnull=False), name="disposal_is_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"Disposal {self.pk}"


class DisposalLine(models.Model):
    """How many records of a kind, at an establishment, were due and approved, and how many have been disposed of."""

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=20, help_text="A key of sharing.retention.schedules.")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    counted = models.PositiveIntegerField()
    disposed = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disposal", "kind", "establishment"], name="one_line_for_each_kind", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"Line {self.pk} of disposal {self.disposal_id}"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing_on(self, day: date) -> "LegalHoldQuerySet":
        return self.filter(Q(until=None) | Q(until__gte=day), lifted_at=None)

    def newest_first(self) -> "LegalHoldQuerySet":
        return self.order_by(models.F("lifted_at").desc(nulls_first=True), "-pk")


class LegalHold(models.Model):
    """Records that must not be disposed of, whatever the schedules say: of one child, or of a whole establishment."""

    child = models.ForeignKey("sharing.Child", on_delete=models.PROTECT, null=True, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    reason = EncryptedTextField(childs=True)
    until = models.DateField(null=True, help_text="The last day; without one, until it is lifted.")
    placed_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    placed_by_id = models.BigIntegerField()
    placed_by_name = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(child=None, establishment__isnull=False) | Q(child__isnull=False, establishment=None),
                name="hold_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"Hold {self.pk}"
