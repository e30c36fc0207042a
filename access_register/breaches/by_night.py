"""What the nightly run does for breaches, as portal_batch: emails about the 72 hours, and panels drawn by lot (R41).

The emails give the number of the case and the time, and nothing of what it is about.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.breaches import notices, rules
from access_register.models import Breach, BreachTold, Person
from access_register.models.breaches import BreachQuerySet
from access_register.notices import mail
from sharing.ledger import ledger
from sharing.statements import values_of

HOURS_BEFORE: Final = 30  # more than a day, so that at least one nightly run falls within them
OLDEST: Final = timedelta(days=30)


# If nobody is left at the desk, the panel has the case (draw_panels): those of its members who may still sit.
DESK: Final = "SELECT access_register_breach_desk(%s)"
PANEL: Final = """
SELECT seat.person_id FROM access_register_breachseat AS seat
JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
WHERE breach.id = %s AND access_register_may_sit(breach.id, seat.person_id)
"""


class NobodyToTell(Exception):
    """Nobody is at the desk and no panel sits. The case waits for an information manager, who is then told."""


def waiting(now: datetime) -> list[int]:
    """Breaches whose desk has to be told tonight that the 72 hours run out soon, or have run out."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True))


def send(breach_id: int, now: datetime) -> int:
    """Tell the information managers at its desk, or else its panel, and note that. Returns how many were written to.

    If two runs start at once, the later one finds it done. Raises NobodyToTell, and then notes nothing.
    """
    row = _due(now).filter(pk=breach_id).select_for_update(skip_locked=True).first()
    if row is None:
        return 0
    due_at = rules.due_at(row.aware_at)
    facts = {"number": row.pk, "due_at": timezone.localtime(due_at), "is_past": due_at <= now}
    desk = values_of(DESK, breach_id)
    people = Person.objects.filter(pk__in=desk or values_of(PANEL, breach_id)).order_by("pk")
    letters = [
        mail.letter(
            "breach_clock", person.email, name=person.name, is_desk=bool(desk),
            link=notices.link_for(person, breach_id), **facts,
        )
        for person in people
    ]  # fmt: skip
    if not letters:
        raise NobodyToTell
    mail.send_once_committed(*letters)
    row.clock_told_at, row.run_out_told_at = row.clock_told_at or now, now if facts["is_past"] else None
    row.save(update_fields=["clock_told_at", "run_out_told_at"])
    about = {"breach": row.pk, "past": facts["is_past"], "told": len(letters)}
    ledger.changed(action="tell_of_the_clock", about=about)
    return len(letters)


def draw_panels() -> Iterator[str]:
    """Draw panels by lot for cases where everybody at the desk has a part in the case and fewer than three can sit.
    Members who can no longer sit are replaced in the same way."""
    drawn = 0
    open_ones = Breach.objects.filter(state__in=[Breach.State.REPORTED, Breach.State.REFERRED, Breach.State.APPEALED])
    for breach_id in open_ones.order_by("pk").values_list("pk", flat=True):
        panel = notices.draw_panel(breach_id)
        if panel:
            about = {"breach": breach_id, **panel}
            ledger.changed(action="draw_panel", about=about)
            drawn += panel["drawn"]
    if drawn:
        yield f"{drawn} member{pluralize(drawn)} of panels drawn by lot"


def _due(now: datetime) -> BreachQuerySet:
    """Personal data breaches, and those not looked at yet, unless the Commissioner has been told or need not be."""
    told = BreachTold.objects.filter(breach=OuterRef("pk"), whom=BreachTold.Whom.ICO)
    all_hours = timedelta(hours=rules.HOURS)
    soon = Q(aware_at__lte=now - all_hours + timedelta(hours=HOURS_BEFORE), clock_told_at=None)
    past = Q(aware_at__lte=now - all_hours, run_out_told_at=None)
    unlikely = Q(severity=Breach.Severity.UNLIKELY, tell_ico=False)
    runs = Breach.objects.filter(soon | past, ~Exists(told), aware_at__gt=now - OLDEST)
    return runs.exclude(state=Breach.State.DISMISSED).exclude(is_personal=False).exclude(unlikely)
