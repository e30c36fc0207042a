"""Children, as each establishment records them.

A Pupil is one establishment's record of one Child. A child on two registers has two records, and each establishment
sees its own: so a single column, `establishment`, decides who may see a row (R5).
"""

import uuid
from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat

from sharing import codes
from sharing.dates import covers
from sharing.fields import DateMultiRangeField, EncryptedTextField
from sharing.models.establishments import Establishment
from sharing.models.plain import Plain, each_word, in_order_of
from sharing.models.pupil_details import Attendance, PupilNeeds

NOT_BY_A_RETURN = ("Record of ", "Admissions", "CTF from ")
"""How the sources of records begin that came with one child; `sharing_record_days` names them too."""


class Child(models.Model):
    """The identity behind a UPN, and nothing else. Only imports can reach this table; the web application cannot.

    A child with two UPNs (a former one, a temporary one, two that were merged) has a row for each: the records belong
    to one of them, and the others are `same_as` that one. There are no chains: the row that `same_as` names has none
    itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    upn_index = models.CharField(max_length=64)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="other_upns")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upn_index"], name="one_child_for_each_upn")]

    def __str__(self) -> str:
        return f"Child {self.id}"


_BY_NAME: tuple[str | Plain, ...] = (*in_order_of("surname", "forename"), "id")
# The order of classes: none first, then names, then numbers, with 7B before 10A.
_CLASS_NUMBER = models.Func("class_name", Value("^[0-9]+"), function="substring", output_field=models.TextField())
_BY_CLASS = (
    Cast(_CLASS_NUMBER, models.DecimalField(max_digits=20, decimal_places=0)).asc(nulls_first=True),
    "class_name",
)


class PupilQuerySet(models.QuerySet["Pupil"]):
    def visible_on(self, day: date) -> "PupilQuerySet":
        """Records of children attending, or transferring to, their establishment on that day (R5)."""
        return self.filter(visible__covers=day)

    def on_roll(self, day: date) -> "PupilQuerySet":
        """Records of children who attend on that day, without those who are still to come."""
        return self.filter(
            models.Exists(Enrolment.objects.filter(covers(day), pupil=models.OuterRef("pk"), cancelled_at=None))
        )

    def closed(self) -> "PupilQuerySet":
        """Records of children who are closed to the asker; where nobody asks, those of every closed child (R18)."""
        return self.filter(pk__in=RawSQL("SELECT portal_closed()", []))

    def of(self, establishment_id: int) -> "PupilQuerySet":
        return self.filter(establishment_id=establishment_id)

    def for_a_list(self, day: date) -> "PupilQuerySet":
        """Each with whether an enrolment covers the day (without one, the child is only coming). No UPN is decrypted.

        It is a subquery's value and not EXISTS, which PostgreSQL would answer for many rows by reading everybody's
        enrolments.
        """
        enrolled = Enrolment.objects.filter(covers(day), pupil=models.OuterRef("pk"), cancelled_at=None)
        found = models.Subquery(enrolled.annotate(found=Value(True)).values("found")[:1])
        return self.annotate(is_enrolled=Coalesce(found, False)).defer("upn", "former_upn", "uln", "visible")

    def brought_by_a_return(self) -> "PupilQuerySet":
        """Without those that arrived for one child: by a transfer, from Admissions, with a transfer file."""
        with_a_child = (Q(source__startswith=beginning) for beginning in NOT_BY_A_RETURN)
        return self.exclude(reduce(or_, with_a_child))

    def numbered(self, numbers: Collection[UUID]) -> "PupilQuerySet":
        """The records with these ids, each looked up by itself.

        With a plain list of ids, PostgreSQL first gathers everything that the asker may see.
        """
        return self.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(numbers)]))

    def in_years(self, year_groups: Collection[str]) -> "PupilQuerySet":
        """Pupils of these year groups; where none are given, of all (R35, A5)."""
        return self.filter(year_group__in=year_groups) if year_groups else self

    def of_ethnicity(self, group: str) -> "PupilQuerySet":
        """Pupils of a main group (sharing.codes.ETHNICITY_GROUP)."""
        if group != "U":
            return self.filter(ethnicity__in=codes.ethnicity_codes(group))
        known = [code for letter in codes.ETHNICITY_GROUP if letter != "U" for code in codes.ethnicity_codes(letter)]
        return self.exclude(ethnicity__in=known)

    def speaking(self, answer: str) -> "PupilQuerySet":
        """EAL: "yes" means a first language other than English, "no" English, "unknown" not recorded."""
        if answer == "no":
            return self.filter(language__in=codes.ENGLISH)
        if answer == "unknown":
            return self.filter(language__in=codes.LANGUAGE_NOT_KNOWN)
        return self.exclude(language__in=codes.ENGLISH | codes.LANGUAGE_NOT_KNOWN)

    def with_needs(self) -> "PupilQuerySet":
        needs = PupilNeeds.objects.filter(pupil=models.OuterRef("pk"))
        return self.annotate(sen=models.Subquery(needs.values("sen_provision")))

    def with_attendance(self, academic_year: int, term: int) -> "PupilQuerySet":
        """Each with its sessions of that term as counted here: `possible` and `absent`."""
        counted = Attendance.objects.filter(
            pupil=models.OuterRef("pk"), academic_year=academic_year, term=term, dfe_number=""
        )
        return self.annotate(
            possible=models.Subquery(counted.values("sessions_possible")[:1]),
            absent=models.Subquery(counted.values("sessions_absent")[:1]),
        )

    def named(self, text: str) -> "PupilQuerySet":
        """Pupils whose names contain each word of `text`; accents, capitals and hyphens make no difference."""
        names = Concat(
            Value(" "), "surname", Value(" "), "forename", Value(" "), "middle_names", Value(" "), "preferred_surname"
        )
        return self.filter(each_word(text, names))

    def in_groups(self) -> models.QuerySet["Pupil", tuple[str, str, str, int, date]]:
        """(year group, class, source, number of pupils, newest day of the source) for each combination, by class."""
        kinds = self.order_by(*_BY_CLASS).values_list("year_group", "class_name", "source")
        return kinds.annotate(many=models.Count("pk"), newest=models.Max("as_of"))

    def by_name(self) -> "PupilQuerySet":
        return self.order_by(*_BY_NAME)

    def by_year_group(self) -> "PupilQuerySet":
        """By year group from the youngest to the oldest, then by name."""
        places = [When(year_group=code, then=Value(place)) for place, code in enumerate(codes.NC_YEARS)]
        place = Case(*places, default=Value(len(places)), output_field=models.IntegerField())
        return self.order_by(place, *_BY_NAME)

    def by_class(self) -> "PupilQuerySet":
        return self.order_by(*_BY_CLASS, *_BY_NAME)


class Pupil(models.Model):
    """One establishment's record of one child.

    `visible` is the days on which it may be seen. The database keeps it up to date from the enrolments and transfers
    (triggers in sql/visible_days.sql); nobody else writes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="pupils", db_index=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="records")
    upn = EncryptedTextField(childs=True)
    former_upn = EncryptedTextField(childs=True)
    uln = EncryptedTextField(childs=True)
    upn_index = models.CharField(max_length=64)
    former_upn_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    middle_names = models.CharField(max_length=100, blank=True)
    preferred_surname = models.CharField(max_length=100, blank=True)
    born_on = models.DateField()
    sex = models.CharField(max_length=1)
    ethnicity = models.CharField(max_length=4, blank=True)
    language = models.CharField(max_length=4, blank=True)
    year_group = models.CharField(max_length=2, blank=True, help_text="NCyearActual: R, 1 ... 14, N1, N2, E1, E2, X.")
    class_name = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Class or registration group."
    )
    free_school_meals = models.BooleanField(default=False)
    service_child = models.CharField(max_length=1, blank=True)
    young_carer = models.CharField(max_length=1, blank=True, default="", db_default="")
    post_looked_after = models.CharField(
        max_length=1, blank=True, default="", db_default="", help_text="PLAA of the census."
    )
    part_time = models.BooleanField(default=False)
    boarder = models.CharField(max_length=1, blank=True)
    visible = DateMultiRangeField(editable=False, db_default=models.Value("{}"))
    source = models.CharField(max_length=100)
    as_of = models.DateField()

    objects = PupilQuerySet.as_manager()

    # Added by `for_a_list`, `with_needs` and `with_attendance`.
    is_enrolled: bool
    sen: str | None
    possible: int | None
    absent: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["establishment", "child"], name="one_record_for_each_child"),
            models.UniqueConstraint(fields=["id", "establishment"], name="pupil_with_its_establishment"),
        ]
        indexes = [
            # It includes all that the policy asks of a row, so that counting an establishment's pupils reads no row.
            models.Index(
                "establishment", *_BY_NAME, include=["visible", "year_group"], name="pupils_in_order_of_names"
            ),
            models.Index(
                models.Func("establishment", "as_of", function="sharing_record_day"), name="pupils_by_record_day"
            ),
            models.Index(fields=["upn_index"], name="pupils_by_upn"),
            models.Index(fields=["born_on", "surname", "forename"], name="pupils_by_birth_and_name"),
            models.Index(fields=["former_upn_index"], name="pupils_by_former_upn", condition=~Q(former_upn_index="")),
        ]

    def __str__(self) -> str:
        return f"Pupil {self.id}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def seen_for_the_file(self, day: date) -> "EnrolmentQuerySet":
        """Those of children who have left for outside, seen here until the transfer file is made (R8)."""
        return self.filter(cancelled_at=None, ends_on__lt=day, file_until__gte=day)

    def file_to_send(self, day: date) -> "EnrolmentQuerySet":
        """Those where the child has left for a school outside, and the transfer file must still be sent (R8).

        Not of a child who is on the register again.
        """
        on_roll = Enrolment.objects.filter(covers(day), pupil=models.OuterRef("pupil"), cancelled_at=None)
        return self.seen_for_the_file(day).filter(~models.Exists(on_roll), file_made_on=None)


class Enrolment(models.Model):
    """A child on an establishment's register, from the first day to the last, both included."""

    class Kind(models.TextChoices):
        """Census enrolment status (formats page 11): all of them are "attending" (R5)."""

        CURRENT = "C", "On roll here only"
        MAIN = "M", "On roll here (main) and elsewhere"
        SUBSIDIARY = "S", "On roll here (subsidiary) and elsewhere"
        FURTHER_EDUCATION = "F", "At a further education college"
        OTHER = "O", "At another provider"
        GUEST = "G", "Guest"

    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, related_name="enrolments", db_constraint=False, db_index=False
    )  # as in pupil_details
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=1, choices=Kind, default=Kind.CURRENT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day on the register.")
    leaving_reason = models.CharField(max_length=2, blank=True, default="", db_default="", help_text="Code of the CTF.")
    destination = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Name of the next school."
    )
    cancelled_at = models.DateTimeField(null=True)
    file_until = models.DateField(
        null=True, help_text="Last day to send the CTF to a school outside the community (R8)."
    )
    file_made_on = models.DateField(null=True, help_text="When that file was made.")
    here_since = models.DateField(null=True, help_text="The first day, where that was under an earlier URN (A2).")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "starts_on"], name="one_enrolment_for_each_start"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="enrolment_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["establishment"], condition=Q(file_until__isnull=False), name="enrolments_with_a_file_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"Enrolment {self.pk} from {self.starts_on}"
