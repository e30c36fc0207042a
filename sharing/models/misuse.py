"""Reports that a comparison of establishments was misused (P8, R20)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class MisuseReportQuerySet(models.QuerySet["MisuseReport"]):
    def by(self, person_id: int) -> "MisuseReportQuerySet":
        return self.filter(reported_by_id=person_id)

    def waiting(self) -> "MisuseReportQuerySet":
        return self.exclude(state=MisuseReport.State.CLOSED)

    def waiting_first(self) -> "MisuseReportQuerySet":
        """Those that wait, the oldest first; then the closed ones, the newest first."""
        return self.order_by(models.F("closed_at").desc(nulls_first=True), "reported_at", "id")


class MisuseReport(models.Model):
    """Somebody says that a comparison was used to promote one establishment over another. Officers deal with it.

    A misuse is a breach of the protocol: a report of one can only be closed by becoming a case (P17,
    access_register/breaches).

    `page` and `about` say on which page, and about which establishment if it is the page of one. `measure` is a code of
    the catalogue, and `releases` are those that were out then, so that the figures can be looked at again. `form_key`
    comes from the form, so a form sent twice makes one report. Who is said to have done it is in free text, which
    nobody searches.
    """

    class Page(models.TextChoices):
        KEY_DATA = "key-data", "Key Data of an establishment"
        DEEPER_DATA = "deeper", "Deeper Data of an establishment"
        REPORTS = "reports", "A standard report of an establishment"
        ESTABLISHMENT = "establishment", "The page of an establishment"
        ESTABLISHMENTS = "establishments", "The list of establishments"
        SCHOOL_FINDER = "school-finder", "The School Finder"
        STATISTICS = "statistics", "A table of statistics that names establishments"

    class State(models.TextChoices):
        REPORTED = "reported", "Waiting to be looked at"
        ACKNOWLEDGED = "acknowledged", "Being looked into"
        CLOSED = "closed", "Closed"

    class Outcome(models.TextChoices):
        NO_MISUSE = "no_misuse", "No misuse"
        ADVICE = "advice", "No misuse, but advice was given"
        TO_REFER = "to_refer", "To be referred to the Locality Achievement Partnership"

    page = models.CharField(max_length=14, choices=Page)
    about = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.SlugField(blank=True, default="", db_default="")
    releases = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    happened = EncryptedTextField()
    who = EncryptedTextField()
    form_key = models.UUIDField(default=uuid.uuid4)
    reported_by_id = models.BigIntegerField()
    reported_by_name = models.CharField(max_length=200)
    reported_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, choices=State, default=State.REPORTED, db_default=State.REPORTED)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default="", db_default="")
    answer = EncryptedTextField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = MisuseReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reported_by_id", "form_key"], name="one_report_for_each_form"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(outcome="", closed_at=None),
                name="misuse_closed_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Report of misuse {self.pk}"
