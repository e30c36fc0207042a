"""Offers of support from one establishment to others, and who has asked for it (P8: mutual support)."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class Challenge(models.TextChoices):
    """What an establishment may want support with: a closed list, so that the School Finder can search by it."""

    ATTENDANCE = "attendance", "Attendance"
    PERSISTENT_ABSENCE = "persistent_absence", "Persistent absence"
    EARLY_YEARS = "early_years", "Early years"
    READING = "reading", "Reading and phonics"
    WRITING = "writing", "Writing"
    MATHS = "maths", "Maths"
    DISADVANTAGED = "disadvantaged", "Attainment of disadvantaged pupils"
    SEN = "sen", "Special educational needs"
    EAL = "eal", "English as an additional language"
    BEHAVIOUR = "behaviour", "Behaviour and suspensions"
    TRANSITION = "transition", "Moving on to the next school"
    WELLBEING = "wellbeing", "Wellbeing of pupils"
    GOVERNANCE = "governance", "Governance"
    RECRUITMENT = "recruitment", "Finding and keeping staff"
    RECORDS = "records", "Keeping records and returns"


class SupportOfferQuerySet(models.QuerySet["SupportOffer"]):
    def of(self, establishment_id: int) -> "SupportOfferQuerySet":
        return self.filter(establishment_id=establishment_id)

    def standing(self, day: date) -> "SupportOfferQuerySet":
        """Those neither withdrawn nor over, of establishments that take part on that day (R16, R17)."""
        taking_part = Establishment.objects.participating(day).values("pk")
        return self.filter(withdrawn_at=None, until__gte=day, establishment__in=taking_part)

    def by_challenge(self) -> "SupportOfferQuerySet":
        """By challenge, then the newest first. For a single establishment, so it compares none."""
        return self.order_by("challenge", "-made_at", "id")


class SupportOffer(models.Model):
    """What an establishment does about a challenge and invites others to join. `until`: its last day.

    Everybody of the community and officers read its words, which name no child and no member of staff.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    challenge = models.CharField(max_length=20, choices=Challenge)
    what = models.TextField(max_length=2000)
    for_whom = models.CharField(max_length=300)
    how = models.CharField(max_length=500)
    until = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by_name = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = SupportOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "establishment"], name="support_offer_with_its_establishment"),
            models.UniqueConstraint(
                fields=["establishment", "challenge"],
                condition=Q(withdrawn_at=None),
                name="one_support_offer_of_each_challenge",
            ),
        ]

    def __str__(self) -> str:
        return f"Offer of support {self.pk}"


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    def of(self, establishment_id: int) -> "SupportRequestQuerySet":
        """Those that the establishment has received and those that it has sent."""
        return self.filter(Q(establishment_id=establishment_id) | Q(from_establishment_id=establishment_id))

    def between(self, establishments: models.QuerySet[Any] | set[int]) -> "SupportRequestQuerySet":
        """Those whose two ends are both among these."""
        return self.filter(establishment__in=establishments, from_establishment__in=establishments)

    def waiting(self) -> "SupportRequestQuerySet":
        return self.filter(state=SupportRequest.State.WAITING)

    def newest_first(self) -> "SupportRequestQuerySet":
        return self.order_by("-asked_at", "-id")


class SupportRequest(models.Model):
    """An establishment asks to join another's offer, or to be contacted about it. Each request is answered once.

    `establishment` is the one that offers. Only Level 1 of the two establishments reads the words.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"

    offer = models.ForeignKey(SupportOffer, on_delete=models.PROTECT, related_name="requests")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    from_establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=200)
    answer = EncryptedTextField()
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "from_establishment"],
                condition=Q(state="waiting"),
                name="one_waiting_request_for_support",
            ),
            models.CheckConstraint(
                condition=~Q(establishment=models.F("from_establishment")), name="support_from_another_establishment"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None) | ~Q(state="waiting") & Q(answered_at__isnull=False),
                name="support_request_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Request for support {self.pk}"
