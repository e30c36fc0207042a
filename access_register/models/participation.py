"""Who decided that an establishment takes part in the protocol or leaves it, and who answers for it (P6, R4)."""

from django.db import models

from access_register.models.protocol import ProtocolVersion
from sharing.models import Establishment


class ParticipationStep(models.Model):
    """One decision of a head to take the establishment out of the protocol, or to bring it back (R16).

    Written by the database's own functions (access_register/sql/participation.sql), and only for the head at the time.
    The days themselves are in `sharing.models.Participation`. `version`: the text that was accepted to come back.
    """

    class What(models.TextChoices):
        LEFT = "left", "Left the protocol"
        JOINED = "joined", "Signed up to the protocol"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="participation_steps")
    what = models.CharField(max_length=6, choices=What)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=200)
    because = models.CharField(max_length=300, blank=True, default="", db_default="")
    version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["establishment", "at"], name="steps_of_an_establishment")]

    def __str__(self) -> str:
        return f"Step {self.pk}: {self.what}"


class ResponsiblePerson(models.Model):
    """Who answers for the protocol at an establishment, or signs for it. This opens nothing for them.

    Rows are only added: a person recorded later takes the place of the one before, who stays on file.
    """

    class Part(models.TextChoices):
        MANAGER = "manager", "Responsible manager"
        SIGNATORY = "signatory", "Signatory"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="responsible_people")
    part = models.CharField(max_length=9, choices=Part)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=200, help_text="Their post, such as business manager.")
    since = models.DateField()
    recorded_by_id = models.BigIntegerField()
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["establishment", "part", "-recorded_at"], name="responsible_at_a_place")]

    def __str__(self) -> str:
        return f"{self.part} {self.pk}"
