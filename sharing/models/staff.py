"""People who work at an establishment, as its workforce record tells (Level 1 only, R33)."""

import uuid
from datetime import date

from django.db import models

from sharing.dates import covers
from sharing.models.establishments import Establishment


class StaffQuerySet(models.QuerySet["StaffMember"]):
    def in_post_on(self, day: date) -> "StaffQuerySet":
        return self.filter(covers(day))

    def of(self, establishment_id: int) -> "StaffQuerySet":
        return self.filter(establishment_id=establishment_id)

    def by_name(self) -> "StaffQuerySet":
        return self.order_by("surname", "forename", "id")


class StaffMember(models.Model):
    """One establishment's record of one member of staff. `hours` are contracted hours a week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="staff")
    surname = models.CharField(max_length=100)
    forename = models.CharField(max_length=100)
    post = models.CharField(max_length=100)
    contract = models.CharField(max_length=50)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=100)
    as_of = models.DateField()

    objects = StaffQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "surname", "forename", "id"], name="staff_by_name")]

    def __str__(self) -> str:
        return f"Member of staff {self.id}"
