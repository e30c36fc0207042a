"""Officers of the Education Department, and the duties for which they may see more (P3, P15, R9)."""

from django.conf import settings
from django.db import models

from sharing.authorise import Permission
from sharing.models import Establishment, Locality


class OfficerAppointment(models.Model):
    """The person is employed by the Education Department on these days (A1). No pupil data follows from it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    team = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    recorded_by_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"Appointment {self.pk} in {self.team}"


class Duty(models.Model):
    """A professional duty that needs data which identifies children or staff, or confidential items (R9, R28).

    Its scope is the establishments named, those of the Localities named, or the whole community.
    """

    class Data(models.TextChoices):
        PUPILS = Permission.VIEW_PUPILS.value, "Pupil information"
        STAFF = Permission.VIEW_STAFF.value, "Staff information"
        RECORDS = Permission.KEEP_RECORDS.value, "Bringing in files and arranging transfers"
        RESTRICTED = Permission.VIEW_RESTRICTED.value, "Confidential items"

    appointment = models.ForeignKey(OfficerAppointment, on_delete=models.PROTECT, related_name="duties")
    data = models.CharField(max_length=30, choices=Data)
    establishments = models.ManyToManyField(Establishment, related_name="+")
    localities = models.ManyToManyField(Locality, related_name="+")
    whole_community = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Duty {self.pk}"
