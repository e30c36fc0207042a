"""What the night does for breaches, as portal_batch: the 72 hours told of, and panels drawn where nobody is left (R41).

The emails say the number of the case and the time, and nothing of what it is about.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from access_register.breaches import notices, rules
from access_register.models import Breach, BreachTold, Person
from access_register.models.breaches import BreachQuerySet
from access_register.notices import mail
from sharing.ledger import ledger
from sharing.models import LedgerEntry
from sharing.statements import rows_of

HOURS_BEFORE: Final = 30  # more than a day, so that one run of the night at least falls into them
OLDEST: Final = timedelta(days=30)


# Where nobody is left at the desk, its panel has the case (draw_panels): whoever of them may still sit.
DESK: Final = "SELECT access_register_breach_desk(%s)"
PANEL: Final = """
SELECT seat.person_id FROM access_register_breachseat AS seat
JOIN access_register_breach AS breach ON breach.id = seat.breach_id AND breach.sitting = seat.sitting
WHERE breach.id = %s AND access_register_may_sit(breach.id, seat.person_id)
"""


class NobodyToTell(Exception):
    """Nobody is at the desk, and no panel sits: the case waits for an information manager, and is told of then."""


def waiting(now: datetime) -> list[int]:
    """The breaches of which the desk is to be told tonight that the 72 hours run out, or have."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True))


def send(breach_id: int, now: datetime) -> int:
    """Tell the information managers at its desk, or else its panel, and remember it. Answers how many are written to.

    Of two runs at once the later one finds it done. Raises NobodyToTell, and then remembers nothing.
    """
    row = _due(now).filter(pk=breach_id).select_for_update(skip_locked=True).first()
    if row is None:
        return 0
    due_at = rules.due_at(row.aware_at)
    facts = {"number": row.pk, "due_at": timezone.localtime(due_at), "is_past": due_at <= now}
    desk = _people(DESK, breach_id)
    people = Person.objects.filter(pk__in=desk or _people(PANEL, breach_id)).order_by("pk")
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
    ledger.write(None, action="tell_of_the_clock", outcome=LedgerEntry.Outcome.CHANGED, about=about)
    return len(letters)


def draw_panels() -> Iterator[str]:
    """Where nobody without a part in a case is at its desk, and fewer than three can sit: also in place of members."""
    drawn = 0
    open_ones = Breach.objects.filter(state__in=[Breach.State.REPORTED, Breach.State.REFERRED, Breach.State.APPEALED])
    for breach_id in open_ones.order_by("pk").values_list("pk", flat=True):
        panel = notices.draw_panel(breach_id)
        if panel:
            about = {"breach": breach_id, **panel}
            ledger.write(None, action="draw_panel", outcome=LedgerEntry.Outcome.CHANGED, about=about)
            drawn += panel["drawn"]
    if drawn:
        yield f"{drawn} member{'' if drawn == 1 else 's'} of panels drawn by lot"


def _due(now: datetime) -> BreachQuerySet:
    """Personal data breaches, and those not looked at yet, unless the Commissioner is told or need not be."""
    told = BreachTold.objects.filter(breach=OuterRef("pk"), whom=BreachTold.Whom.ICO)
    all_hours = timedelta(hours=rules.HOURS)
    soon = Q(aware_at__lte=now - all_hours + timedelta(hours=HOURS_BEFORE), clock_told_at=None)
    past = Q(aware_at__lte=now - all_hours, run_out_told_at=None)
    unlikely = Q(severity=Breach.Severity.UNLIKELY, tell_ico=False)
    runs = Breach.objects.filter(soon | past, ~Exists(told), aware_at__gt=now - OLDEST)
    return runs.exclude(state=Breach.State.DISMISSED).exclude(is_personal=False).exclude(unlikely)


def _people(statement: str, breach_id: int) -> list[int]:
    return [person for (person,) in rows_of(statement, breach_id)]
