"""What an officer keeps for their own work: views of lists, and notes on establishments they will visit (R9)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class SavedView(models.Model):
    """A list as an officer has filtered it. `page` and `query` come from a closed set (sharing.door.keepable)."""

    MOST = 20

    person_id = models.BigIntegerField(db_index=True)
    name = EncryptedTextField()
    page = models.CharField(max_length=30)
    query = models.CharField(max_length=300, blank=True, default="")
    saved_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"View {self.pk}"


class VisitNoteQuerySet(models.QuerySet["VisitNote"]):
    def at(self, establishment_id: int) -> "VisitNoteQuerySet":
        return self.filter(establishment=establishment_id)

    def for_heads(self) -> "VisitNoteQuerySet":
        return self.filter(for_head=True)

    def since(self, moment: datetime) -> "VisitNoteQuerySet":
        """Those written or changed at that moment or later."""
        return self.filter(Q(written_at__gte=moment) | Q(changed_at__gte=moment))

    def newest_first(self) -> "VisitNoteQuerySet":
        return self.order_by("-written_at", "-pk")


class VisitNote(models.Model):
    """What an officer notes for a visit, for officers with a duty there and, if the author says so, for its head."""

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=200)
    text = EncryptedTextField()
    for_head = models.BooleanField(default=False)
    written_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True)

    objects = VisitNoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "-written_at"], name="notes_of_an_establishment")]

    def __str__(self) -> str:
        return f"Note {self.pk}"
