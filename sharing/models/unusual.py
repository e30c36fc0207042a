"""Unusual patterns raised from the ledger (R43, P17): what the rules of `sharing.unusual` found, and the outcome."""

from django.db import models
from django.db.models import F, Q

from sharing.authorise.grants import Through
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class UnusualPatternQuerySet(models.QuerySet["UnusualPattern"]):
    def waiting(self) -> "UnusualPatternQuerySet":
        return self.filter(state=UnusualPattern.State.RAISED)

    def of_others(self, person_id: int) -> "UnusualPatternQuerySet":
        """Those of other people: nobody judges their own."""
        return self.exclude(person_id=person_id)

    def for_head_of(self, establishments: set[int]) -> "UnusualPatternQuerySet":
        """Those that a head judges: of people at Schools Online who are not heads."""
        return self.filter(establishment__in=establishments, through=Through.SCHOOLS_ONLINE, of_head=False)

    def waiting_first(self) -> "UnusualPatternQuerySet":
        """Those that wait, the oldest first; then the settled ones, the newest first."""
        return self.order_by(F("settled_at").desc(nulls_first=True), "day", "id")


class UnusualPattern(models.Model):
    """Somebody used the records of children in a way that the ledger seldom shows. It is a question, not an accusation.

    `number` is what was counted on the day, and `at_most` what the rule lets pass. `usual` is the person's busiest hour
    before that, where the rule compares with it. No child is named. `establishment` is empty where it was at several or
    at none. There is one row for each person, place, site, kind and day, however often the rules run.
    """

    class Kind(models.TextChoices):
        MANY = "many", "Many children in one hour"
        NIGHT = "night", "Outside usual hours"
        DAY_OFF = "day_off", "On a day without school"
        LEAVING = "leaving", "Just before leaving"
        SURNAME = "surname", "The same surname"
        REFUSED = "refused", "Refused again and again"
        GLASS = "glass", "Glass broken more than once a week"
        AFTER = "after", "After the child had left"

    class State(models.TextChoices):
        RAISED = "raised", "Waiting to be looked at"
        EXPLAINED = "explained", "Explained"
        REFERRED = "referred", "Referred"

    kind = models.CharField(max_length=10, choices=Kind)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20, choices=Through)
    of_head = models.BooleanField(default=False, help_text="The person was head there on the day.")
    day = models.DateField()
    number = models.PositiveIntegerField()
    at_most = models.PositiveIntegerField()
    usual = models.PositiveIntegerField(default=0)
    raised_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.RAISED, db_default=State.RAISED)
    reason = EncryptedTextField()
    settled_by_id = models.BigIntegerField(null=True)
    settled_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    settled_at = models.DateTimeField(null=True)

    objects = UnusualPatternQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "establishment", "kind", "day", "through"],
                nulls_distinct=False,
                name="pattern_raised_once",
            ),
            models.CheckConstraint(
                condition=Q(state="raised", settled_at=None, settled_by_id=None)
                | ~Q(state="raised") & Q(settled_at__isnull=False, settled_by_id__isnull=False),
                name="pattern_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled_by_id=None) | ~Q(settled_by_id=F("person_id")), name="nobody_settles_their_own"
            ),
        ]

    def __str__(self) -> str:
        return f"Unusual pattern {self.pk}"
