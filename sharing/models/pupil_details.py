"""The details of a pupil's record, each kind in its own table, so that the database itself can withhold it (R35).

Each row carries the pupil's establishment, its source and the source's day. In the database one composite key holds
pupil and establishment (0002_beyond_the_models.py), and the unique constraint finds the rows of a pupil. So neither of
the two has a foreign key of its own, nor the pupil an index, for which every row of an import would pay.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast, Concat, LPad

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class OfAPupil(models.Model):
    """One of many rows of a pupil."""

    pupil = models.ForeignKey(
        "sharing.Pupil", on_delete=models.PROTECT, related_name="%(class)s_rows", db_constraint=False, db_index=False
    )
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    source = models.CharField(max_length=100, default="", db_default="")
    as_of = models.DateField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class PupilNeeds(models.Model):
    """A pupil's special educational needs as they are now (census SENprovision and the two indicators)."""

    pupil = models.OneToOneField(
        "sharing.Pupil", on_delete=models.PROTECT, primary_key=True, related_name="needs", db_constraint=False
    )
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    sen_provision = models.CharField(max_length=1, blank=True)
    in_sen_unit = models.BooleanField(default=False, db_default=False)
    in_resourced_provision = models.BooleanField(default=False, db_default=False)
    source = models.CharField(max_length=100, default="", db_default="")
    as_of = models.DateField(null=True)

    def __str__(self) -> str:
        return f"Needs of pupil {self.pk}"


class SenNeed(OfAPupil):
    """A type of need; `rank` 1 is the primary one (census SENtypeRank)."""

    rank = models.PositiveSmallIntegerField()
    need = models.CharField(max_length=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil", "rank"], name="one_need_for_each_rank")]


class FreeMealsPeriod(OfAPupil):
    """A period of eligibility for free school meals; without an end, it continues."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    country = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil", "starts_on"], name="one_period_for_each_start")]


class Term(models.IntegerChoices):
    """The part of a school year that a count of sessions covers."""

    YEAR = 0, "Whole year"
    AUTUMN = 1, "Autumn term"
    SPRING = 2, "Spring term"
    SUMMER = 3, "Summer term"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def newest_first(self) -> "AttendanceQuerySet":
        return self.order_by("-academic_year", "-term")

    def counted_once(self) -> "AttendanceQuerySet":
        """Terms where a school has them for a year, else the whole year; of this school its own counts."""
        number = Concat(
            Cast("establishment__la_code", models.CharField()),
            LPad(Cast("establishment__establishment_number", models.CharField()), 4, models.Value("0")),
        )
        same_year = Attendance.objects.filter(
            pupil=models.OuterRef("pupil"), academic_year=models.OuterRef("academic_year"), sessions_possible__gt=0
        )
        in_terms = same_year.filter(dfe_number=models.OuterRef("dfe_number"), term__gt=0)
        once = self.exclude(models.Exists(in_terms), term=Term.YEAR)
        return once.exclude(models.Exists(same_year.filter(dfe_number="")), dfe_number=number)


class Attendance(OfAPupil):
    """Half-day sessions of a term. `academic_year`: the calendar year in which it began (2025 is 2025/26).

    `sessions_absent` is all that were missed; `by_code` says how many for which reason ({"I": 4}), where that is known.
    `dfe_number` is empty for the establishment's own count; a CTF brings the counts of earlier schools.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    academic_year = models.PositiveSmallIntegerField()
    term = models.PositiveSmallIntegerField(choices=Term)
    dfe_number = models.CharField(max_length=7, blank=True, default="", db_default="")
    sessions_possible = models.PositiveSmallIntegerField(null=True)
    sessions_absent = models.PositiveSmallIntegerField(null=True)
    sessions_unauthorised = models.PositiveSmallIntegerField(null=True)
    by_code = models.JSONField(default=dict, db_default={})

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "academic_year", "term", "dfe_number"], name="one_count_for_each_term"
            )
        ]
        indexes = [models.Index(fields=["establishment", "academic_year", "term"], name="attendance_by_term")]


class Suspension(OfAPupil):
    """A suspension (SUSP, formerly FIXD), lunchtime (LNCH) or permanent (PERM) exclusion, with up to three reasons."""

    category = models.CharField(max_length=4)
    starts_on = models.DateField()
    sessions = models.PositiveSmallIntegerField(null=True)
    reasons = ArrayField(models.CharField(max_length=2), default=list, db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "category", "starts_on"], name="one_suspension_for_each_start")
        ]


class Result(OfAPupil):
    """A result of a key stage, as the file gives it. `stage` is FS, PH, K1, MT, K2, K4 (labels in sharing.codes).

    `result` keeps the text (110, EXS, A, 7); `academic_year` as in Attendance; `status` R result, P provisional ...
    `dfe_number` is empty where the result was achieved here.
    """

    stage = models.CharField(max_length=2)
    academic_year = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=20)
    component = models.CharField(max_length=20, blank=True, default="", db_default="")
    result = models.CharField(max_length=20)
    status = models.CharField(max_length=1, default="R", db_default="R")
    dfe_number = models.CharField(max_length=7, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "stage", "academic_year", "subject", "component"], name="one_result_for_each_subject"
            )
        ]


class HomeAddress(OfAPupil):
    """Where a child lives, encrypted (R13). `facts_index` is the text's blind index: has it changed?"""

    address = EncryptedTextField(childs=True, help_text="Lines, the postcode last.")
    postcode = EncryptedTextField(childs=True)
    facts_index = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil"], name="one_home_address")]


class Contact(OfAPupil):
    """Somebody to contact about a child, in the school's order, encrypted (R13). `relationship`: code of the CBDS."""

    order = models.PositiveSmallIntegerField()
    relationship = models.CharField(max_length=3, blank=True)
    has_responsibility = models.BooleanField(null=True)
    name = EncryptedTextField(childs=True)
    address = EncryptedTextField(childs=True, help_text="Empty: as the child's.")
    telephones = EncryptedTextField(childs=True, help_text="One a line.")
    email = EncryptedTextField(childs=True)
    facts_index = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil", "order"], name="one_contact_for_each_place")]
        ordering = ["order"]


class PupilChange(models.Model):
    """Which facts an import changed, without the facts: those who see the record see when it was last corrected."""

    pupil = models.ForeignKey("sharing.Pupil", on_delete=models.PROTECT, related_name="changes", db_constraint=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField(auto_now_add=True)
    source = models.CharField(max_length=100)
    facts = ArrayField(models.CharField(max_length=30))

    def __str__(self) -> str:
        return f"Change {self.pk}"
