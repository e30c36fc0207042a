"""What the law opens to one person for some days: a child, or data of an establishment (P7, R18)."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access_register.models.officers import Duty
from sharing.authorise import Permission, Through, Withheld
from sharing.fields import EncryptedTextField
from sharing.models import Child, Establishment


class OrderQuerySet(models.QuerySet["Order"]):
    def newest_first(self) -> "OrderQuerySet":
        return self.order_by(F("ended_at").desc(nulls_first=True), "-recorded_at", "-pk")

    def for_authoriser(self, person_id: int) -> "OrderQuerySet":
        return self.filter(authoriser_id=person_id)

    def waiting(self) -> "OrderQuerySet":
        return self.filter(authorised_at=None, ended_at=None)


class Order(models.Model):
    """A legal override that opens access: to one child wherever they are on roll, or to one kind of data of one
    establishment.

    The information manager records it and names another person to authorise it. Until that person does, it opens
    nothing. `person` is who gets the access: an officer on EduNet or, for a child, also somebody on Schools Online
    (`through`). What it opens is kept where duties keep theirs: rows of the permission table, or `NamedChild`, with a
    source such as "order:7". `head_barred`: the heads of the child's schools are told nothing of it, for the reason in
    `barred_because`.
    """

    class Basis(models.TextChoices):
        COURT = "court", "Order of a court"
        SAFEGUARDING = "safeguarding", "Safeguarding (Children Act 1989, section 47)"
        FREEDOM = "freedom", "Freedom of Information request"
        SUBJECT = "subject", "Subject access request (UK GDPR, article 15)"

    # What an order may open of a whole establishment. Of a child it can only open pupil information.
    DATA = (Duty.Data.PUPILS, Duty.Data.STAFF, Duty.Data.RESTRICTED)

    basis = models.CharField(max_length=12, choices=Basis)
    data = models.CharField(max_length=30, choices=[(kind.value, kind.label) for kind in DATA])
    withheld = ArrayField(models.CharField(max_length=20, choices=Withheld), default=list, db_default=[])
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+", null=True)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+", null=True)
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20, choices=Through)
    reason = EncryptedTextField()
    head_barred = models.BooleanField(default=False)
    barred_because = EncryptedTextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_by_id = models.BigIntegerField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    authoriser_id = models.BigIntegerField()
    authoriser_name = models.CharField(max_length=200)
    authorised_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["authoriser_id"], name="orders_of_an_authoriser")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(ends_on__lt=F("starts_on") + timedelta(days=366)),
                name="order_of_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=~Q(authoriser_id=F("recorded_by_id")) & ~Q(authoriser_id=F("person_id")),
                name="order_authorised_by_another",
            ),
            models.CheckConstraint(
                condition=Q(child__isnull=False, establishment=None, data=Permission.VIEW_PUPILS.value)
                | Q(child=None, establishment__isnull=False, head_barred=False, through=Through.EDUNET.value),
                name="order_of_a_child_or_an_establishment",
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.pk}"
