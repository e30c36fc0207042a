"""Of the unusual patterns one is explained; the others wait for visitors."""

from datetime import date

from access_register.demo.story.acting import as_, person
from sharing import door
from sharing.models import UnusualPattern
from sharing.roles import BATCH, acting_as

WHO, KIND, BY = "teacher-beckside", UnusualPattern.Kind.NIGHT, "head-beckside"
REASON = "She wrote her reports for the parents’ evening on that night, and told me so the day before."


def tell(today: date) -> None:
    with acting_as(BATCH):
        patterns = UnusualPattern.objects.filter(person_id=person(WHO).pk, kind=KIND)
        if patterns.exclude(state=UnusualPattern.State.RAISED).exists():
            return
        raised = patterns.earliest("pk").pk
    door.explain_pattern(as_(BY), raised, reason=REASON)
