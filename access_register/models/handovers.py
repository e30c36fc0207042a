"""Headships that are handed over (R35, A7, A10)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from access_register.models.lines import RegisterLine
from sharing.models import Establishment


class Handover(models.Model):
    """A successor named for a head, from `on`. An acting head also has an `until`, after which the head is back.

    The successor is named, is verified by an officer, and accepts. Only then does it take effect, on its day.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="handovers")
    outgoing = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="headships_offered")
    on = models.DateField()
    until = models.DateField(null=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    named_by_name = models.CharField(max_length=200)
    named_at = models.DateTimeField(auto_now_add=True)
    verified_by_name = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True, help_text="The new head has looked through what they took over.")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    incoming = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, null=True, related_name="+")
    cut = models.JSONField(default=list, help_text="The lines that gave way to it, as they were before.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment"],
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="one_handover_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("on")), name="acting_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"Handover {self.pk} on {self.on}"


class CarriedRegister(models.Model):
    """A register that came over from another establishment: the head is asked to look through it (R35, R36)."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    from_name = models.CharField(max_length=200)
    on = models.DateField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"Register carried over on {self.on}"
