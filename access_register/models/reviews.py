"""What the termly review has to tell people by email (R36)."""

from django.conf import settings
from django.db import models

from sharing.models import Establishment


class ReviewNotice(models.Model):
    """One email of the termly review: written in the transaction that decides on it, sent afterwards, and only once."""

    class Kind(models.TextChoices):
        """Each value is the name of its templates under `templates/email/`."""

        REMINDER = "review_reminder", "People to confirm"
        RESULT = "review_result", "What happened to people who were not confirmed"
        CHANGED = "review_changed", "To the person whose access it was"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    due_on = models.DateField(help_text="The last day of the review that it is about.")
    days_before = models.PositiveSmallIntegerField(default=0, help_text="Of a reminder: 14, 7 or 1.")
    about = models.JSONField(help_text="What its templates say. Nothing about a child.")
    written_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "person", "kind", "due_on", "days_before"], name="each_notice_once"
            ),
        ]
        indexes = [models.Index(fields=["written_at"], condition=models.Q(sent_at=None), name="notices_to_send")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
