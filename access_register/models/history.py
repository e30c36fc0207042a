"""What happened to each line of the register: in words and as facts, kept as long as the line (R36)."""

from django.db import models
from django.utils import timezone

from access_register.models.lines import RegisterLine
from access_register.models.people import Person
from sharing.models import Establishment


class LineEvent(models.Model):
    """One change of one line. `after` is the line as it then was, so that the register of any past day can be shown."""

    line = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, related_name="events")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=30)
    words = models.CharField(max_length=500, help_text="On 3 September the head raised this line to Level 2.")
    by_name = models.CharField(max_length=200)
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who asked for it, which PostgreSQL fills in by itself. Empty for what the portal does by itself.",
    )
    before = models.JSONField(null=True)
    after = models.JSONField()
    undo_until = models.DateField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["establishment", "at"])]

    def __str__(self) -> str:
        return f"{self.what} of line {self.line_id}"
