"""Officers of the Education Department, and the duties for which they may see more (P3, P15, R9)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sharing.authorise import Permission, Withheld
from sharing.models import Establishment, Locality
from sharing.models.establishments import Kind


class OfficerAppointment(models.Model):
    """A person's employment by the Education Department on these days (A1). No access to pupil data follows from it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    team = models.CharField(max_length=100)
    post = models.CharField(max_length=100, blank=True, default="", db_default="")
    manager = models.CharField(max_length=200, blank=True, default="", db_default="", help_text="Who they report to.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    recorded_by_name = models.CharField(max_length=200)
    recorded_by_id = models.BigIntegerField(null=True, help_text="Nobody for what the service has recorded.")
    awaits_second = models.BooleanField(
        default=False, db_default=False, help_text="Opens nothing until another information manager has confirmed it."
    )

    def __str__(self) -> str:
        return f"Appointment {self.pk} in {self.team}"


class AppointmentChange(models.Model):
    """What changed in an appointment: team, post, manager and last day, before and after (R36).

    The database writes it together with the change, and nothing else can write it.
    """

    appointment = models.ForeignKey(OfficerAppointment, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="Nobody for what the service has changed.")
    by_name = models.CharField(max_length=200)
    before = models.JSONField()
    after = models.JSONField()

    def __str__(self) -> str:
        return f"Change {self.pk} of appointment {self.appointment_id}"


class RemoteAuthorisation(models.Model):
    """The officer may use EduNet through Citrix on these days (P15, R39). At most a year; it can end at any moment."""

    appointment = models.ForeignKey(OfficerAppointment, on_delete=models.PROTECT, related_name="remote_authorisations")
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"))
                & models.Q(ends_on__lt=models.F("starts_on") + timedelta(days=366)),
                name="remote_authorisation_of_a_year_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"Remote authorisation {self.pk}"


class Duty(models.Model):
    """A professional duty that needs data which identifies children or staff, or confidential items (R9, R28).

    Its scope is the establishments named, those of the Localities or kinds named, or the whole community. A casework
    duty reaches the children named for it (`sharing.models.NamedChild`), and no establishment. It lasts a year at most,
    and opens nothing after `confirmed_until` unless it is confirmed again each term.
    """

    class Data(models.TextChoices):
        PUPILS = Permission.VIEW_PUPILS.value, "Pupil information"
        STAFF = Permission.VIEW_STAFF.value, "Staff information"
        RECORDS = Permission.KEEP_RECORDS.value, "Bringing in files and arranging transfers"
        RESTRICTED = Permission.VIEW_RESTRICTED.value, "Confidential items"
        # For the information manager. Only the service gives this duty (manage.py record_officer).
        DUTIES = Permission.MANAGE_DUTIES.value, "Officers and their duties"

    appointment = models.ForeignKey(OfficerAppointment, on_delete=models.PROTECT, related_name="duties")
    data = models.CharField(max_length=30, choices=Data)
    establishments = models.ManyToManyField(Establishment, related_name="+")
    localities = models.ManyToManyField(Locality, related_name="+")
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind), default=list, db_default=[],
        help_text="Kinds of establishment of the community, such as primary.",
    )  # fmt: skip
    whole_community = models.BooleanField(default=False)
    is_casework = models.BooleanField(default=False, db_default=False)
    withheld = ArrayField(
        models.CharField(max_length=20, choices=Withheld), default=list, db_default=[],
        help_text="Of casework: the kinds of pupil data that it does not open.",
    )  # fmt: skip
    function = models.CharField(
        max_length=20, blank=True, default="", db_default="",
        help_text="A statutory function of access_register.officers.functions.",
    )  # fmt: skip
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    confirmed_until = models.DateField(null=True, help_text="The last day of its review; empty: none is asked for.")
    confirmed_by_name = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"))
                & models.Q(ends_on__lt=models.F("starts_on") + timedelta(days=366)),
                name="duty_of_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=models.Q(is_casework=False, withheld=[])
                | models.Q(is_casework=True, data=Permission.VIEW_PUPILS.value, whole_community=False),
                name="casework_is_of_children",
            ),
        ]

    def __str__(self) -> str:
        return f"Duty {self.pk}"
