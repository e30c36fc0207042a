"""The ledger: who saw or changed what, and who was refused (R43)."""

from django.db import models


class LedgerEntry(models.Model):
    """One row for each visit, refusal and grant. Text and numbers only, no foreign keys: it outlives what it tells of.

    A trigger (migration 0002) gives `id`, `at`, `previous_hash` and `hash` under a lock, so the rows form a chain.
    """

    class Outcome(models.TextChoices):
        SHOWN = "shown", "Shown"
        REFUSED = "refused", "Refused"
        CHANGED = "changed", "Changed"

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=200)
    through = models.CharField(max_length=20)
    action = models.CharField(max_length=50)
    permission = models.CharField(max_length=50)
    urn = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    about = models.JSONField(default=dict, help_text="Whose records, or how many.")
    purpose = models.TextField(blank=True)
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["urn", "at"]), models.Index(fields=["person_id", "at"])]

    def __str__(self) -> str:
        return f"Ledger row {self.pk}"


class SignedHead(models.Model):
    """The last row of the ledger at one moment, signed by a key that is not in the database: who rewrites the rows
    before it, as the owner of the table may, cannot sign them again."""

    number = models.PositiveIntegerField(primary_key=True, help_text="1, 2, 3 and so on: none may be missing.")
    row = models.BigIntegerField(help_text="The id of the last row.")
    hash = models.BinaryField(help_text="Its hash, which follows from all rows before it.")
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"Signed head {self.pk}"
