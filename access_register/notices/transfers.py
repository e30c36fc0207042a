"""What the nightly run does for transfers, as portal_batch: reminders, the sender's days (R8), and noting lapses (R7).

An email names no child: it says where to look. The transfer records what was written, in the same transaction.
"""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.models import Person
from access_register.notices import mail
from access_register.reviews.deadlines import keepers
from sharing import grace
from sharing.ledger import ledger
from sharing.models import Establishment, Pupil, Transfer
from sharing.school_year import school_days_after
from sharing.statements import value_of


def sweep(today: date) -> Iterator[str]:
    """Give the grace that returns have brought about, and note once which transfers have lapsed. Nobody's access waits
    for this, because access goes by the days. If a child did not arrive, what their file carried to that school is
    forgotten."""
    if given := grace.give_grace():
        yield f"{given} transfer file{pluralize(given)} to send noted"
    lapsed = Transfer.objects.filter(
        cancelled_at=None, declined_at=None, arrived_on=None, lapse_noted_on=None, lapses_on__lt=today
    )
    found = list(lapsed.select_for_update(skip_locked=True).order_by("pk"))
    if found:
        Transfer.objects.filter(pk__in=[row.pk for row in found]).update(lapse_noted_on=today)
        for row in found:
            value_of("SELECT sharing_forget_copy(%s)", row.pupil_id)
        about = {"transfers": [row.pk for row in found]}
        ledger.changed(action="transfers_lapsed", about=about)
        yield f"{len(found)} transfer{pluralize(len(found))} lapsed"


def waiting(today: date) -> list[int]:
    """The transfers that somebody is to be reminded of today. Nobody is written to about a closed child (R18)."""
    closed = Pupil.objects.closed().values("pk")
    due = Q(agreed_on=None, reminders__lt=len(settings.TRANSFER_REMINDERS)) | Q(
        agreed_on__isnull=False, overdue_told_on=None, expected_on__lt=today
    )
    rows = (
        Transfer.objects.under_way(today)
        .filter(due)
        .exclude(Q(leaving__in=closed) | Q(pupil__in=closed))
        .order_by("pk")
    )
    return [row.pk for row in rows if row.agreed_on or _passed(row, today) > row.reminders]


def send(transfer_id: int, today: date) -> int:
    """Remind whoever this transfer waits for, and note that. Returns how many emails were written.

    If two runs start at once, the later one finds it done. A transfer answered in the meantime is left alone.
    """
    held = Transfer.objects.under_way(today).select_for_update(of=("self",), skip_locked=True)
    row = held.select_related("establishment", "from_establishment").filter(pk=transfer_id).first()
    if row is None:
        return 0
    passed = _passed(row, today)
    letters = []
    if row.agreed_on is None and passed > row.reminders:
        letters = _letters("transfer_waiting", row.establishment, row, today, but=row.asserted_by)
        row.reminders = passed
    elif row.agreed_on and row.overdue_told_on is None and row.expected_on < today:
        letters = _letters("transfer_overdue_coming", row.establishment, row, today)
        if row.from_establishment:
            letters += _letters("transfer_overdue_leaving", row.from_establishment, row, today)
        row.overdue_told_on = today
    mail.send_once_committed(*letters)
    row.save(update_fields=["reminders", "overdue_told_on"])
    return len(letters)


def _passed(row: Transfer, today: date) -> int:
    """How many of the days for a reminder have come."""
    asserted_on = timezone.localdate(row.asserted_at)
    return sum(school_days_after(asserted_on, days) <= today for days in settings.TRANSFER_REMINDERS)


def _letters(
    kind: str, place: Establishment, row: Transfer, today: date, *, but: int | None = None
) -> list[mail.Letter]:
    """One email to each person at Level 1 of the establishment. `but`: who asserted it, and so does not answer (R7)."""
    kept = set(keepers(place, today)) - {but}
    people = Person.objects.filter(pk__in=kept, is_active=True).order_by("pk")
    facts = {"place": place.name, "link": mail.link("transfers", place.urn), "expected_on": row.expected_on}
    return [mail.letter(kind, person.email, name=person.name, lapses_on=row.lapses_on, **facts) for person in people]
