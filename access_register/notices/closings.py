"""Emails about a closing that waits for its second person (R18): when asked for, before it lapses, and once it has.

They go to the other information managers and, unless that is barred, to the heads of the child's schools. At night they
go to the person who asked for it too, but never as a head: nobody agrees to their own. They name no child.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.dispatch import receiver
from django.utils import timezone

from access_register.models import Person
from access_register.notices import mail
from access_register.notices.waiting import managers
from sharing.authorise import Through
from sharing.ledger import ledger
from sharing.models import Closing
from sharing.signals import child_closed
from sharing.statements import rows_of

FOR_WHO_ASKED: Final = "SELECT person_id, urn, place FROM access_register_heads_to_tell(%s)"
BY_NIGHT: Final = "SELECT person_id, urn, place FROM access_register_heads_of_closing(%s)"
HOURS_BEFORE: Final = 30  # more than a day, so that at least one nightly run falls within them


@receiver(child_closed)
def ask_for_the_second(closing: Closing, **kwargs: Any) -> None:
    """Sent once the closing is committed."""
    mail.send_once_committed(*_letters("closing_asked", closing, FOR_WHO_ASKED))


def waiting(now: datetime) -> list[int]:
    """The closings that somebody has to be told of tonight."""
    return list(Closing.objects.filter(_due(now)).order_by("pk").values_list("pk", flat=True))


def send(closing_id: int, now: datetime) -> int:
    """Tell those who can still agree, and the person who asked, and note that. A renewal that lapses is also ended.

    Returns how many emails were written.

    If two runs start at once, the later one finds it done. A closing agreed to in the meantime is left alone.
    """
    row = Closing.objects.filter(_due(now), pk=closing_id).select_for_update(skip_locked=True).first()
    if row is None:
        return 0
    lapsed = row.alone_until <= now
    letters = list(_letters("closing_lapses", row, BY_NIGHT, lapsed=lapsed, with_asker=True))
    mail.send_once_committed(*letters)
    row.warned_at, row.lapse_told_at = row.warned_at or now, now if lapsed else None
    if lapsed and row.is_renewal:
        row.ended_at, row.ended_by_name = now, Closing.BY_ITSELF
    row.save(update_fields=["warned_at", "lapse_told_at", "ended_at", "ended_by_name"])
    about = {"closing": row.pk, "lapsed": lapsed, "told": len(letters)}
    ledger.changed(action="tell_of_lapsing", about=about)
    return len(letters)


def _due(now: datetime) -> Q:
    """Closings to tell people of, without those that would end by themselves before they lapse."""
    alone = timedelta(hours=Closing.HOURS_ALONE)
    soon = Q(starts_at__lte=now - alone + timedelta(hours=HOURS_BEFORE), warned_at=None)
    lapsed = Q(starts_at__lte=now - alone, lapse_told_at=None)
    waits = Q(agreed_at=None, ended_at=None, ends_at__gt=now) & Q(ends_at__gt=F("starts_at") + alone)
    return waits & (soon | lapsed)


def _letters(
    kind: str, closing: Closing, heads: str, *, with_asker: bool = False, **facts: Any
) -> Iterator[mail.Letter]:
    facts |= {"until": timezone.localtime(closing.alone_until), "is_renewal": closing.is_renewal}
    for person in managers():
        if person.pk != closing.asked_by_id or with_asker:
            yield mail.letter(
                kind, person.email, name=person.name, place="", is_asker=person.pk == closing.asked_by_id,
                link=mail.link("closings", at=Through.EDUNET), **facts,
            )  # fmt: skip
    told = [head for head in rows_of(heads, closing.pk) if head[0] != closing.asked_by_id]
    heads_by_id = Person.objects.filter(is_active=True).in_bulk([person for person, _, _ in told])
    for number, urn, place in told:
        if head := heads_by_id.get(number):
            link = mail.link("closings_here", urn)
            yield mail.letter(kind, head.email, name=head.name, place=place, is_asker=False, link=link, **facts)
