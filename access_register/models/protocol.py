"""Who accepted which text of the protocol, and when (R1, R19, R42)."""

from datetime import date

from django.conf import settings
from django.db import models


class ProtocolVersionQuerySet(models.QuerySet["ProtocolVersion"]):
    def in_force_on(self, day: date) -> "ProtocolVersionQuerySet":
        """Texts that had come into force by that day, the one to accept first."""
        return self.filter(in_force_from__lte=day).order_by("-in_force_from", "-pk")


class ProtocolVersion(models.Model):
    """A text of the protocol. The newest one in force has to be accepted before any data is seen.

    `purpose` is one sentence, `summary` the values as a list, `text` all paragraphs (access_register.protocol.words).
    A trigger stops a published text from changing, because people have put their names to it.
    """

    number = models.CharField(max_length=20, unique=True)
    in_force_from = models.DateField(unique=True)
    purpose = models.CharField(max_length=300)
    summary = models.TextField()
    text = models.TextField()

    objects = ProtocolVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Version {self.number}"


class Acceptance(models.Model):
    """One person's acceptance. `purpose` is the purpose as it was shown to them (R1).

    Written by the database's own function portal_accept, and only for the person who asks.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(auto_now_add=True)
    until = models.DateField()
    purpose = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "version", "until"], name="one_acceptance_for_each_stretch"),
        ]

    def __str__(self) -> str:
        return f"Acceptance {self.pk}"
