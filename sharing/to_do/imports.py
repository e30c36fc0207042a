"""What waits for those who bring in files, for their home page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.dispatch import receiver

from sharing.authorise import Permission, Visit
from sharing.models import Establishment, Import, Pupil
from sharing.models.establishments import Kind
from sharing.signals import home_counted
from sharing.to_do.here import Counted, at_schools, number_of, said


@receiver(home_counted)
def imports_to_look_at(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """How many files have been checked and wait for a decision, at each establishment where there are any."""
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    if kept:
        ready = Import.objects.filter(state=Import.State.READY, establishment__in=kept)
        yield Counted(ready, number_of("import to look at", "imports to look at"), "imports")


@receiver(home_counted)
def no_children_yet(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """Where no child is on the register today, as on the first day, when nothing else says where records come from.

    Children's centres send no census, and some have no child on a register.
    """
    kept = at_schools(here, Permission.KEEP_RECORDS)
    if kept:
        child = Pupil.objects.filter(establishment=OuterRef("pk")).visible_on(here.today)
        schools = Establishment.objects.filter(pk__in=kept).exclude(kind=Kind.CHILDRENS_CENTRE)
        words = said("No children are recorded here: bring in a file")
        yield Counted(schools.exclude(Exists(child)), words, "bring_in", at=F("pk"))
