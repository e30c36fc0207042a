"""Who accepted which text of the protocol, and when (R1, R19, R42)."""

from django.conf import settings
from django.db import models


class ProtocolVersion(models.Model):
    """A text of the protocol. The newest one that is in force has to be accepted before any data is seen."""

    number = models.CharField(max_length=20, unique=True)
    in_force_from = models.DateField()
    summary = models.TextField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"Version {self.number}"


class Acceptance(models.Model):
    """One person's acceptance. `purpose` is the purpose as it was shown to them (R1)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(auto_now_add=True)
    until = models.DateField()
    purpose = models.TextField()

    def __str__(self) -> str:
        return f"Acceptance {self.pk}"
