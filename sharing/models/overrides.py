"""The exceptions to the ordinary rules of who sees a child (P7, R9, R18): one child opened by a duty or by law, a
record opened by a broken glass, and a child closed."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from sharing.dates import covers
from sharing.days import later
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment
from sharing.models.pupils import Child, Pupil


class Mark(models.TextChoices):
    """What somebody who was told of a broken glass says about it."""

    EXPLAINED = "explained", "Explained"
    ASKED = "asked", "Asked to explain"
    ANSWERED = "answered", "Asked and answered"  # by the officer; it has to be marked again


TO_MARK = ("", Mark.ANSWERED)


class OpeningQuerySet(models.QuerySet["Opening"]):
    def by(self, person_id: int) -> "OpeningQuerySet":
        return self.filter(person_id=person_id)

    def open_at(self, instant: datetime) -> "OpeningQuerySet":
        """Those that are open at this instant: the first instant counts, the last does not."""
        return self.filter(starts_at__lte=instant, ends_at__gt=instant, ended_at=None)

    def to_mark_by_manager(self, person_id: int) -> "OpeningQuerySet":
        """Those that this information manager has to look at, which excludes their own."""
        return self.filter(manager_mark__in=TO_MARK).exclude(person_id=person_id)

    def to_mark_by_head(self, person_id: int) -> "OpeningQuerySet":
        """Those that the head is told of and has to look at, which excludes this person's own."""
        return self.filter(head_barred=False, head_mark__in=TO_MARK).exclude(person_id=person_id)

    def to_explain(self, person_id: int) -> "OpeningQuerySet":
        """This person's own openings that the head or an information manager has asked about."""
        return self.by(person_id).filter(Q(manager_mark=Mark.ASKED) | Q(head_mark=Mark.ASKED))

    def newest_first(self) -> "OpeningQuerySet":
        return self.order_by("-starts_at", "-pk")


class Opening(models.Model):
    """An officer without the duty has opened one record, for safeguarding: the glass is broken for 24 hours.

    `before` is how often the same officer broke the glass in the seven days before. `head_barred`: telling the head
    would put the child at risk, so the head must not learn of it.
    """

    class Because(models.TextChoices):
        HARM = "harm", "A child may be at risk of harm"
        MISSING = "missing", "A child is missing"
        ENQUIRY = "enquiry", "A child protection enquiry or strategy discussion"
        HOSPITAL = "hospital", "A child is in hospital or in custody"

    HOURS = 24

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=200)
    because = models.CharField(max_length=10, choices=Because)
    reason = EncryptedTextField(childs=True)
    head_barred = models.BooleanField(default=False)
    before = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="The first instant at which it opens nothing.")
    ended_at = models.DateTimeField(null=True, help_text="Ended before its time.")
    manager_mark = models.CharField(max_length=10, choices=Mark, blank=True, default="", db_default="")
    manager_mark_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    head_mark = models.CharField(max_length=10, choices=Mark, blank=True, default="", db_default="")
    head_mark_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person_id", "ends_at"], name="openings_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + timedelta(hours=24)),
                name="opening_of_a_day_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"Opening {self.pk}"

    def in_words(self) -> str:
        """Why the record can be seen, for the page and for the ledger."""
        until = timezone.localtime(self.ends_at)
        because = f"{self.get_because_display()[0].lower()}{self.get_because_display()[1:]}"
        return (
            f"The glass was broken for safeguarding ({because}). It opens this record until {until:%H:%M on %-d %B %Y}"
        )


class Explanation(models.Model):
    """The officer who was asked about an opening says why. Written by a function, and never changed.

    It is readable to those who can read the opening: a head from whom the opening is barred can read neither.
    """

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="explanations")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(childs=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Explanation {self.pk}"


class ClosingQuerySet(models.QuerySet["Closing"]):
    def in_force(self, instant: datetime) -> "ClosingQuerySet":
        """Those in force at this instant, as portal_closed has it: agreed to, or not alone for too long yet."""
        alone_since = instant - timedelta(hours=Closing.HOURS_ALONE)
        heard = Q(agreed_at__isnull=False) | Q(starts_at__gt=alone_since)
        return self.filter(heard, starts_at__lte=instant, ends_at__gt=instant, ended_at=None)

    def newest_first(self) -> "ClosingQuerySet":
        return self.order_by(F("ended_at").desc(nulls_first=True), "-starts_at", "-pk")


class Closing(models.Model):
    """A restricted child: until it ends, every record of the child is absent for everybody except those named.

    It works at once. Unless a second person agrees within `HOURS_ALONE` hours, the child is open again automatically.
    `is_renewal`: the same person had closed the child within the `ALONE_DAYS` days before, and nobody agreed; there is
    no third time. `named` are people who see the child as far as their own access goes. `head_barred`: the heads of the
    child's schools must not learn of it.
    """

    class Basis(models.TextChoices):
        COURT = "court", "Order of a court"
        PROTECTION = "protection", "Child protection (Children Act 1989)"
        WITNESS = "witness", "Protected person or witness"
        ADOPTION = "adoption", "Adoption (Adoption and Children Act 2002)"

    HOURS_ALONE = 72
    ALONE_DAYS = 90  # the same number is in sharing_close_child
    BY_ITSELF = "itself, as nobody agreed"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    named = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    authoriser = models.CharField(max_length=200, help_text="Who has decided it, by name and post.")
    basis = models.CharField(max_length=10, choices=Basis)
    reason = EncryptedTextField(childs=True)
    head_barred = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="The first instant at which it closes nothing.")
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=200)
    is_renewal = models.BooleanField(default=False, db_default=False)
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    agreed_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True, help_text="When people were told that it is about to lapse.")
    lapse_told_at = models.DateTimeField(null=True, help_text="When people were told that it has lapsed.")

    objects = ClosingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lt=F("starts_at") + timedelta(days=367)),
                name="closing_of_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by_id=None) | ~Q(agreed_by_id=F("asked_by_id")), name="closing_of_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"Closing {self.pk}"

    @property
    def alone_until(self) -> datetime:
        """The instant from which it closes nothing, unless somebody has agreed by then."""
        return later(self.starts_at, timedelta(hours=self.HOURS_ALONE))


class NamedChildQuerySet(models.QuerySet["NamedChild"]):
    def for_person(self, person_id: int) -> "NamedChildQuerySet":
        return self.filter(person_id=person_id)

    def of_source(self, source: str) -> "NamedChildQuerySet":
        return self.filter(source=source)

    def not_ended(self) -> "NamedChildQuerySet":
        return self.filter(ended_at=None)

    def live_on(self, day: date) -> "NamedChildQuerySet":
        return self.not_ended().filter(covers(day))


class NamedChild(models.Model):
    """One child whom a person may see wherever the child is on roll, for a duty of casework or an order (R9, R18).

    It is for a child what the permission table is for establishments, and follows from its source in the same way:
    `source` is "duty:7" or "order:3", the days are those of the source, and `withheld` are the kinds of data that it
    does not open. `head_barred`: the heads of the child's schools must not learn of it.
    """

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20)
    withheld = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    source = models.CharField(max_length=40)
    reason = models.CharField(max_length=500, help_text="Why the person sees the child, in words the person can read.")
    head_barred = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day it opens anything.")
    ended_at = models.DateTimeField(null=True, help_text="Ended before its time.")
    named_by_name = models.CharField(max_length=200)
    named_at = models.DateTimeField(auto_now_add=True)

    objects = NamedChildQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person_id"], condition=Q(ended_at=None), name="children_named_for_a_person"),
            models.Index(fields=["source"], name="children_named_by_a_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["child", "source"], condition=Q(ended_at=None), name="child_named_once"),
        ]

    def __str__(self) -> str:
        return f"Named child {self.pk}"
