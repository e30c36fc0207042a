"""The one permission table: who holds which permission on which establishment, through which site, on which days.

`access_register` writes it, from register lines, officer appointments and duties. Both locks read it: the door
(sharing.authorise.visits) and PostgreSQL's row-level security (sharing.rls).
"""

from datetime import date
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from guardian.models import UserObjectPermissionBase

from sharing.dates import covers


class Permission(StrEnum):
    """What a person may hold on an establishment. The value is the permission's codename in Django's own table."""

    VIEW_ESTABLISHMENT = "view_establishment"
    VIEW_PUPILS = "view_pupils"
    VIEW_STAFF = "view_staff"
    MANAGE_REGISTER = "manage_register"
    KEEP_RECORDS = "keep_records"
    MANAGE_DUTIES = "manage_duties"
    VIEW_RESTRICTED = "view_restricted"


class Withheld(models.TextChoices):
    """Kinds of pupil data that the head may withhold from a line (R35)."""

    CONTACT = "contact", "Contact details"
    SEN = "sen", "Special educational needs"
    ATTAINMENT = "attainment", "Attainment"
    ATTENDANCE = "attendance", "Attendance"
    SUSPENSIONS = "suspensions", "Suspensions and exclusions"


class Through(models.TextChoices):
    """The front-end on which a permission holds. An officer's duty counts for nothing on Schools Online.

    Nor does a register line count for anything on EduNet.
    """

    SCHOOLS_ONLINE = "schools_online", "Schools Online"
    EDUNET = "edunet", "EduNet"


class GrantQuerySet(models.QuerySet["EstablishmentPermission"]):
    def live_on(self, day: date) -> "GrantQuerySet":
        return self.filter(covers(day))


class EstablishmentPermission(UserObjectPermissionBase):
    """guardian's row (user, permission, establishment), with the days on which it holds and the reason it was given."""

    content_object = models.ForeignKey(
        "sharing.Establishment", on_delete=models.PROTECT, db_column="establishment_id", related_name="+"
    )
    through = models.CharField(max_length=20, choices=Through)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day it holds.")
    source = models.CharField(max_length=40, help_text="What it follows from: line:7, appointment:3, duty:2.")
    reason = models.CharField(max_length=500, help_text="Why the person has it, in words the person can read.")
    year_groups = ArrayField(
        models.CharField(max_length=2), default=list, db_default=[], help_text="Empty: pupils of every year group."
    )
    withheld = ArrayField(
        models.CharField(max_length=20, choices=Withheld),
        default=list,
        db_default=[],
        help_text="Kinds of pupil data that it does not open.",
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "source", "starts_on"], name="one_row_for_each_source"
            ),
        ]
        indexes = [
            models.Index(fields=["content_object", "source"]),
            models.Index(fields=["source"]),
            # PostgreSQL looks these up for every visit and every policy.
            models.Index(
                fields=["user", "permission"],
                include=["content_object", "through", "starts_on", "ends_on"],
                name="held_by_a_person",
            ),
            models.Index(fields=["user"], name="narrowed_for_a_person", condition=~models.Q(year_groups=[])),
        ]
