"""Subject access: somebody asks for everything that is held about a child, and who has looked at it (R18)."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment
from sharing.models.pupils import Child


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    def of_the_authority(self) -> "SubjectRequestQuerySet":
        """Those that an information manager has recorded, for the whole store, and a school's that PostgreSQL shows.

        The latter are open requests whose child the school's head no longer sees, and those of a school without a head.
        """
        return self.filter(models.Q(through="edunet") | models.Q(through="schools_online", state="open"))

    def of_school(self, establishment_id: int) -> "SubjectRequestQuerySet":
        return self.filter(through="schools_online", establishment=establishment_id)

    def due_first(self) -> "SubjectRequestQuerySet":
        """The open ones by the day on which they are due, then the others, the newest first."""
        due = models.Case(models.When(state=SubjectRequest.State.OPEN, then="due_on"), default=None)
        return self.order_by(due.asc(nulls_last=True), "-pk")


class SubjectRequest(models.Model):
    """A request for a child's own records, by the child or on their behalf (UK GDPR, Articles 12 and 15).

    One recorded on EduNet is answered from the whole store, one on Schools Online from what `establishment` holds. The
    answer is due a month after the request arrived, and may be put off by two more if a reason is given. For one on
    EduNet, `establishment` is where the child is, or was last, on roll: the file is recorded as taken from there.
    """

    class Asks(models.TextChoices):
        CHILD = "child", "The child, or the adult the child has become"
        PARENT = "parent", "A parent, or somebody else with parental responsibility"
        CARER = "carer", "A carer"
        AGENT = "agent", "Somebody who acts for them, with their written authority"

    class Check(models.TextChoices):
        KNOWN = "known", "Known to us in person"
        PHOTO = "photo", "A passport, a driving licence or another document with a photograph"
        PAPERS = "papers", "Two documents with name and address"
        AUTHORITY = "authority", "Written authority, and the identity of both"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        REFUSED = "refused", "Refused"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    through = models.CharField(max_length=20)
    asks = models.CharField(max_length=6, choices=Asks)
    requester = EncryptedTextField(childs=True, help_text="Who asks, by name.")
    identity = models.CharField(max_length=9, choices=Check)
    received_on = models.DateField()
    due_on = models.DateField()
    extended_because = EncryptedTextField(childs=True)
    refused_because = EncryptedTextField(childs=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, db_default=State.OPEN)
    recorded_by_id = models.BigIntegerField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="subject_request_is_settled",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="subject_request_is_due_later"),
        ]

    def __str__(self) -> str:
        return f"S-{self.pk}"

    def is_overdue(self, today: date) -> bool:
        return self.state == self.State.OPEN and self.due_on < today
