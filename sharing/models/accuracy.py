"""What keeps the records correct (P9, R23): challenges to what is recorded, and returns confirmed as complete."""

from datetime import date

from django.db import models
from django.db.models import Q

from sharing.authorise.grants import Withheld
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def at(self, establishment_id: int) -> "ChallengeQuerySet":
        return self.filter(establishment_id=establishment_id)

    def waiting(self) -> "ChallengeQuerySet":
        return self.filter(state__in=WAITING)

    def overdue_on(self, day: date) -> "ChallengeQuerySet":
        return self.waiting().filter(due_on__lt=day)

    def waiting_first(self) -> "ChallengeQuerySet":
        """Those that wait, the most urgent first; then those answered or taken back, the newest first."""
        settled = models.Case(models.When(state__in=WAITING, then=0), default=1)
        return self.order_by(settled, models.F("answered_at").desc(nulls_last=True), "due_on", "id")


class Challenge(models.Model):
    """Somebody says that a record or a figure is wrong, and why. Somebody answers by `due_on`, or it is taken back.

    `fact` is a key of sharing.challenge_facts. `withheld_as` is the kind of pupil data that it belongs to, so that a
    challenge shows nobody what a head withholds from them on the record. A trigger copies each step to ChallengeEvent.
    """

    class About(models.TextChoices):
        PUPIL = "pupil", "A child's record"
        STAFF = "staff", "A member of staff's record"
        FIGURE = "figure", "A fact about the establishment"

    class State(models.TextChoices):
        OPEN = "open", "Waiting for an answer"
        PASSED_ON = "passed_on", "Passed on to the data team"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Taken back"  # by whoever raised it

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", "Corrected"
        NOT_CHANGED = "not_changed", "Not changed"
        AT_THE_SOURCE = "at_the_source", "Passed to the source"
        HAS_LEFT = "has_left", "Closed: the child has left"

    class Desk(models.TextChoices):
        SCHOOL = "school", "Level 1 of the establishment"
        DATA_TEAM = "data_team", "The data team of the Education Department"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=6, choices=About)
    pupil = models.ForeignKey("sharing.Pupil", on_delete=models.PROTECT, null=True, related_name="challenges")
    member = models.ForeignKey("sharing.StaffMember", on_delete=models.PROTECT, null=True, related_name="challenges")
    fact = models.CharField(max_length=30)
    withheld_as = models.CharField(max_length=20, choices=Withheld, blank=True, default="", db_default="")
    statement = EncryptedTextField(childs=True)
    raised_by_id = models.BigIntegerField(null=True)
    raised_by_name = models.CharField(max_length=200)
    raised_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(help_text="The last day for the answer.")
    assigned_to = models.CharField(max_length=9, choices=Desk)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN, db_default=State.OPEN)
    outcome = models.CharField(max_length=13, choices=Outcome, blank=True, default="", db_default="")
    answer = EncryptedTextField(childs=True)
    answered_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, help_text="When it was answered, or taken back.")
    withdrawn_because = EncryptedTextField(childs=True)
    reminded_on = models.DateField(null=True, help_text="When those who owe the answer were last reminded.")

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(about="pupil", pupil__isnull=False, member=None)
                | Q(about="staff", pupil=None, member__isnull=False)
                | Q(about="figure", pupil=None, member=None),
                name="challenge_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) & ~Q(outcome="")
                | Q(state="withdrawn", answered_at__isnull=False, outcome="")
                | Q(state__in=["open", "passed_on"], outcome="", answered_at=None),
                name="challenge_answered_with_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state", "due_on"], name="challenges_by_day")]

    def __str__(self) -> str:
        return f"Challenge {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


WAITING = (Challenge.State.OPEN, Challenge.State.PASSED_ON)


class ChallengeEvent(models.Model):
    """A step of a challenge: raised, passed on, answered or taken back. Written by a trigger."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="events")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=9)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Step {self.pk} of challenge {self.challenge_id}"


class OfAReturn(models.Model):
    """One statutory return of one establishment."""

    class Kind(models.TextChoices):
        CENSUS = "census", "School Census"
        WORKFORCE = "workforce", "School Workforce Census"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    reference_day = models.DateField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ReturnConfirmation(OfAReturn):
    """Level 1 confirms that what has arrived for a return is complete."""

    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "kind", "reference_day"], name="one_confirmation_for_each_return"
            )
        ]


class ReturnReminder(OfAReturn):
    """When an establishment was last reminded of a return that has not arrived."""

    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "kind", "reference_day"], name="one_reminder_for_each_return"
            )
        ]
