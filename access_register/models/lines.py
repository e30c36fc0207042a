"""Lines of the Access Register (P14, R32-R36)."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from access_register.levels import Level
from sharing.authorise import Withheld
from sharing.dates import DateRange
from sharing.models import Establishment

HEAD_SEAT = 0
NAMED_SEATS = (1, 2)


class RegisterLineQuerySet(models.QuerySet["RegisterLine"]):
    def live_on(self, day: date) -> "RegisterLineQuerySet":
        """Lines that are not withdrawn and whose last day has not passed: in force on the day, or yet to begin."""
        return self.filter(withdrawn_at=None).exclude(ends_on__lt=day)


class RegisterLine(models.Model):
    """One person's place on one establishment's register.

    Level 1 has three seats: 0 for the head, 1 and 2 for the staff whom the head names. The database itself refuses a
    second person in a seat, so no race and no import can make a fourth (R32).
    """

    class Role(models.TextChoices):
        HEAD = "head", "Head teacher or equivalent"
        TEACHER = "teacher", "Teacher"
        SUPPORT = "support", "Support staff with direct responsibility for children"
        OFFICE = "office", "Office and other staff"
        GOVERNOR = "governor", "Governor or equivalent"
        THIRD_PARTY = "third_party", "Third party"

    class Basis(models.TextChoices):
        """Why a person needs pupil information (R34)."""

        TEACHES = "teaches", "Teaches children here"
        RESPONSIBLE = "responsible", "Has direct responsibility for children here"
        HEADS_REASON = "heads_reason", "Another reason, given by the head"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="register")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lines")
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.THREE)
    seat = models.PositiveSmallIntegerField(null=True)
    role = models.CharField(max_length=20, choices=Role)
    basis = models.CharField(max_length=20, choices=Basis, blank=True)
    basis_words = models.CharField(max_length=300, blank=True, help_text="The head's own reason.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    given_by_name = models.CharField(max_length=200)
    given_at = models.DateTimeField(auto_now_add=True)
    level_since = models.DateField()
    awaiting_since = models.DateTimeField(null=True, help_text="Invited, not yet accepted: it opens nothing (A9).")
    suspended_at = models.DateTimeField(null=True, help_text="While set, the line opens nothing.")
    suspended_by_name = models.CharField(max_length=200, blank=True)
    suspended_because = models.CharField(max_length=300, blank=True)
    year_groups = ArrayField(models.CharField(max_length=2), default=list, help_text="Empty: every year group (A5).")
    withheld = ArrayField(
        models.CharField(max_length=20, choices=Withheld), default=list, help_text="Kinds of pupil data not shown."
    )
    contract = models.ForeignKey("access_register.Contract", on_delete=models.PROTECT, null=True, related_name="lines")
    review_due_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True, help_text="When the head last confirmed the line.")
    reviews_missed = models.PositiveSmallIntegerField(default=0)
    last_used_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two tabs do not overwrite.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = RegisterLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=[1, 2, 3]), name="level_is_1_2_or_3"),
            models.CheckConstraint(
                condition=Q(level=1, seat__isnull=False, seat__in=[HEAD_SEAT, *NAMED_SEATS])
                | Q(level__in=[2, 3], seat__isnull=True),
                name="level_1_is_three_seats",
            ),
            models.CheckConstraint(
                condition=~Q(role="third_party") | Q(level__gte=2), name="third_party_is_never_level_1"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")), name="line_ends_after_start"
            ),
            ExclusionConstraint(
                name="one_person_in_a_seat",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    ("seat", RangeOperators.EQUAL),
                    (DateRange(), RangeOperators.OVERLAPS),
                ],
                condition=Q(seat__isnull=False, withdrawn_at__isnull=True),
            ),
            ExclusionConstraint(
                name="one_line_for_each_person",
                expressions=[
                    ("establishment", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (DateRange(), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Line {self.pk} at Level {self.level}"

    @property
    def is_head(self) -> bool:
        return self.seat == HEAD_SEAT

    @property
    def confirm_by(self) -> date | None:
        """The last day of its next review (R36); None if its own last day comes first, as nothing happens then."""
        ends_first = self.ends_on and self.review_due_on and self.ends_on <= self.review_due_on
        return None if ends_first else self.review_due_on

    @property
    def basis_in_words(self) -> str:
        """Why the person needs pupil information: in the head's own words, or the basis that was chosen."""
        own_words = self.basis_words if self.basis == self.Basis.HEADS_REASON else ""
        return own_words or self.get_basis_display()
