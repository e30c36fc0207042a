"""Third parties: organisations bound by contract to the protocol (P10, R24, R25)."""

from django.db import models

from sharing.models import Establishment


class Organisation(models.Model):
    """An organisation outside the community that supports establishments."""

    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class ContractManager(models.Manager["Contract"]):
    """Leaves out the document, which is large and is fetched only where it is needed."""

    def get_queryset(self) -> models.QuerySet["Contract"]:
        return super().get_queryset().defer("document")


class Contract(models.Model):
    """What binds an organisation to the protocol on behalf of its sponsor. Access exists only within its dates."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="contracts")
    reference = models.CharField(max_length=100)
    clause = models.CharField(max_length=300, help_text="The clause that binds them to the protocol.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    document = models.BinaryField(null=True, help_text="Encrypted (sharing.crypto).")
    document_name = models.CharField(max_length=200, blank=True)
    dbs_confirmed_on = models.DateField(null=True, help_text="Safeguarding (DBS) check, needed for Level 2.")
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    destruction_asked_at = models.DateTimeField(null=True, help_text="When its people were asked for a certificate.")
    destruction_certified_on = models.DateField(null=True)

    objects = ContractManager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="contract_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"Contract {self.pk}"
