"""Invitations: how somebody new gets an account."""

from django.db import models

from access_register.models.lines import RegisterLine


class Invitation(models.Model):
    """A link sent to somebody new. Only the SHA-256 of its token is kept. It works once, until it expires."""

    line = models.OneToOneField(RegisterLine, on_delete=models.PROTECT, related_name="invitation")
    establishment = models.ForeignKey("sharing.Establishment", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Invitation {self.pk}"
