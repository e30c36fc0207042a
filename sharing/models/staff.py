"""People who work at an establishment, according to its workforce record (Level 1 only, R33)."""

import uuid
from datetime import date

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Concat

from sharing.codes import OTHER_POSTS, TEACHING_POST_IN_WORDS, TEACHING_POSTS
from sharing.dates import covers
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment
from sharing.models.plain import each_word, in_order_of


class StaffQuerySet(models.QuerySet["StaffMember"]):
    def in_post_on(self, day: date) -> "StaffQuerySet":
        return self.filter(covers(day))

    def of(self, establishment_id: int) -> "StaffQuerySet":
        return self.filter(establishment_id=establishment_id)

    def with_contracts(self, day: date) -> "StaffQuerySet":
        """Each with its contracts: those in force that day first, and of them the open-ended, latest ones."""
        not_in_force = models.Case(models.When(covers(day), then=0), default=1)
        last_end = models.F("ends_on").desc(nulls_first=True)
        newest = StaffContract.objects.order_by(not_in_force, last_end, "-starts_on", "pk")
        return self.prefetch_related(models.Prefetch("contracts", newest))

    def named(self, text: str) -> "StaffQuerySet":
        """Members whose names contain each word of `text`."""
        return self.filter(each_word(text, Concat("surname", models.Value(" "), "forename")))

    def who_teach(self, day: date, teach: bool) -> "StaffQuerySet":
        """Members with a contract that day as a teacher or head; where `teach` is false, the others."""
        in_words = models.Q(post__iregex=TEACHING_POST_IN_WORDS) & ~models.Q(post__in=OTHER_POSTS)
        in_force = StaffContract.objects.filter(covers(day), member=models.OuterRef("pk"))
        teaching = in_force.filter(models.Q(post__in=TEACHING_POSTS) | in_words)
        return self.filter(models.Exists(teaching) if teach else ~models.Exists(teaching))

    def with_a_contract(self, kind: str, day: date) -> "StaffQuerySet":
        """Members with a contract of this kind (code of the workforce census) on that day."""
        return self.filter(
            models.Exists(StaffContract.objects.filter(covers(day), member=models.OuterRef("pk"), kind=kind))
        )

    def by_name(self) -> "StaffQuerySet":
        return self.order_by(*in_order_of("surname", "forename"), "id")


class StaffMember(models.Model):
    """One establishment's record of one member of staff.

    `person_index` tells who is who: it is the blind index of the teacher number, failing that of the National Insurance
    number, failing that of name and date of birth.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="staff")
    person_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    teacher_number = EncryptedTextField()
    ni_number = EncryptedTextField()
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True, default="", db_default="")
    ethnicity = models.CharField(max_length=4, blank=True, default="", db_default="")
    disability = models.CharField(max_length=4, blank=True, default="", db_default="")
    has_qts = models.BooleanField(null=True)
    is_hlta = models.BooleanField(null=True)
    is_senior_leader = models.BooleanField(null=True)
    starts_on = models.DateField(help_text="The first day here.")
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=100)
    as_of = models.DateField()

    objects = StaffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "establishment"], name="staff_with_its_establishment"),
        ]
        indexes = [
            models.Index(fields=["establishment", "surname", "forename", "id"], name="staff_by_name"),
            models.Index(fields=["person_index"], name="staff_by_person"),
        ]

    def __str__(self) -> str:
        return f"Member of staff {self.id}"


class StaffContract(models.Model):
    """A contract or service agreement. `kind`: code of the workforce census (PRM, FXT ...); `post`: in words.

    `hours` are contracted hours a week, `fte_hours` those of a full-time person; `pay` is base pay in pounds a year.
    """

    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="contracts")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3)
    post = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    fte_hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    weeks_a_year = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    pay_range = models.CharField(max_length=2, blank=True, default="", db_default="")
    pay = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    paid_daily = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "starts_on", "post"], name="one_contract_for_each_start")
        ]

    def __str__(self) -> str:
        return f"Contract {self.pk}"


class StaffAbsence(models.Model):
    """An absence of the school year of the workforce census. `days_lost` are working days."""

    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="absences")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    days_lost = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    category = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "first_day", "category"], name="one_absence_for_each_first_day")
        ]

    def __str__(self) -> str:
        return f"Absence {self.pk}"
