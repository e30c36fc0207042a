"""What was imported when, from which file."""

from django.db import models


class Import(models.Model):
    """One applied import. `file_hash` is the SHA-256 of the file: the same file twice changes nothing."""

    kind = models.CharField(max_length=30)
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=64)
    establishment = models.ForeignKey("sharing.Establishment", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    as_of = models.DateField()
    report = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "file_hash"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
