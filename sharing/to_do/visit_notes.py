"""Notes that officers have written for the head, for the head's home page (R9): nothing else tells the head of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models.expressions import RawSQL
from django.dispatch import receiver
from django.utils import timezone

from sharing.authorise import Permission, Visit
from sharing.models import VisitNote
from sharing.signals import home_counted
from sharing.to_do.here import NEWS, Counted, at_schools, number_of


@receiver(home_counted)
def notes_to_read(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many notes were recently written for the head to read, at each establishment."""
    kept = at_schools(here, Permission.MANAGE_REGISTER)
    if not kept:
        return
    as_head = RawSQL("SELECT portal_heads()", [])
    notes = VisitNote.objects.for_heads().since(timezone.now() - NEWS)
    words = number_of("new note from officers to read", "new notes from officers to read")
    yield Counted(notes.filter(establishment__in=kept).filter(establishment__in=as_head), words, "notes_to_head")
