"""The outbox: emails that are waiting to be posted (docs/adr/0034)."""

import uuid

from django.db import models
from django.utils import timezone

from sharing.fields import EncryptedTextField


class WaitingLetter(models.Model):
    """One email waiting to be posted: added in the transaction of the change it reports, deleted when it is posted."""

    # The database must not generate the key: the web application may add a row here, but may read none.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = EncryptedTextField(help_text="To whom, subject, text and HTML: JSON.")
    written_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0, help_text="In vain.")
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["written_at"], name="oldest_letter_first")]

    def __str__(self) -> str:
        return f"letter {self.pk}"
