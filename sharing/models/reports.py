"""Standard reports: PDFs of what has been published, made in the background (R1, R12, R22, R31)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sharing.models.establishments import Establishment


class Report(models.Model):
    """One report on an establishment, from the figures of its time.

    The table is both the worker's queue and what it made (docs/adr/0014). `fingerprint`: SHA-256 of everything that the
    report says; different content is a different report. `shares`: it contains what participating establishments share
    with each other. `sealed`: the PDF, encrypted and bound to this row (R13). `looked_on` and `looked_releases`: when
    the worker last found the report still up to date, and what was out then.
    """

    class Kind(models.TextChoices):
        GOVERNORS = "governors", "Report for governors"
        FULL = "full", "Full report"

    class State(models.TextChoices):
        EMPTY = "empty", "Nothing is out yet"
        WAITING = "waiting", "Waiting to be made"
        MAKING = "making", "Being made"
        MADE = "made", "Ready"
        FAILED = "failed", "Could not be made"

    TO_DO = (State.WAITING, State.MAKING)

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=Kind)
    fingerprint = models.CharField(max_length=64)
    shares = models.BooleanField()
    releases = ArrayField(models.BigIntegerField(), help_text="Ids of the releases whose figures stand in it.")
    state = models.CharField(max_length=10, choices=State)
    is_awaited = models.BooleanField(
        default=False, db_default=False, help_text="Somebody has asked for it: it is next."
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    progress = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Per cent.")
    made_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0, db_default=0, help_text="Bytes.")
    pages = models.PositiveSmallIntegerField(default=0, db_default=0)
    sealed = models.BinaryField(null=True)
    looked_on = models.DateField(null=True)
    looked_releases = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["establishment", "kind", "fingerprint"], name="one_report_of_each_content"),
            models.CheckConstraint(
                condition=models.Q(state="made", sealed__isnull=False)
                | ~models.Q(state="made") & models.Q(sealed=None),
                name="report_is_made_or_is_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.establishment_id}"
