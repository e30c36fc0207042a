"""What the nightly run does for transfers, as portal_batch: reminders, the sender's days (R8), and noting lapses (R7).

An email names no child: it says where to look. The transfer records what was written, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.notices import mail
from access_register.reviews.deadlines import keepers
from sharing import grace
from sharing.ledger import ledger
from sharing.models import Establishment, Pupil, Transfer
from sharing.school_year import school_days_after
from sharing.statements import value_of, values_of


def sweep(today: date) -> Iterator[str]:
    """Give the grace that returns have brought about, and note once which transfers have lapsed. Nobody's access waits
    for this, because access goes by the days. If a child did not arrive, what their file carried to that school is
    forgotten."""
    if given := grace.give_grace():
        ledger.changed(action="give_grace", about={"transfers": given})
        yield f"{len(given)} transfer file{pluralize(len(given))} to send noted"
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
    """The establishments to which children are coming of whom somebody is to be reminded today."""
    return sorted({row.establishment_id for row in _due(today) if row.agreed_on or _is_to_remind(row, today)})


def send(establishment_id: int, today: date) -> int:
    """Remind whoever the transfers to this establishment wait for, and note that. Returns how many emails were written:
    one of a kind to each person, however many of its children are due to be reminded of today.

    If two runs start at once, the later one finds it done. A transfer answered in the meantime is left alone.
    """
    held = _due(today).filter(establishment=establishment_id).select_for_update(of=("self",), skip_locked=True)
    rows = list(held.select_related("establishment", "from_establishment"))
    asked = [row for row in rows if not row.agreed_on and _is_to_remind(row, today)]
    late = [row for row in rows if row.agreed_on]
    letters = _letters("transfer_waiting", "establishment", asked, today)
    letters += _nobody_else(asked, today)
    letters += _letters("transfer_overdue_coming", "establishment", late, today)
    letters += _letters("transfer_overdue_leaving", "from_establishment", late, today)
    mail.send_once_committed(*letters)
    for row in asked:
        row.reminders = _passed(row, today)
    for row in late:
        row.overdue_told_on = today
    Transfer.objects.bulk_update(asked + late, ["reminders", "overdue_told_on"])
    return len(letters)


def _due(today: date) -> QuerySet[Transfer]:
    """The transfers of which somebody may have to be reminded. Nobody is written to about a closed child (R18)."""
    closed = Pupil.objects.closed().values("pk")
    due = Q(agreed_on=None, reminders__lt=len(settings.TRANSFER_REMINDERS)) | Q(
        agreed_on__isnull=False, overdue_told_on=None, expected_on__lt=today
    )
    expected = values_of("SELECT portal_closed_and_expected()")
    under_way = Transfer.objects.under_way(today).filter(due).exclude(pk__in=expected)
    return under_way.exclude(Q(leaving__in=closed) | Q(pupil__in=closed)).order_by("pk")


def _is_to_remind(row: Transfer, today: date) -> bool:
    return _passed(row, today) > row.reminders


def _passed(row: Transfer, today: date) -> int:
    """How many of the days for a reminder have come."""
    asserted_on = timezone.localdate(row.asserted_at)
    return sum(school_days_after(asserted_on, days) <= today for days in settings.TRANSFER_REMINDERS)


def _letters(kind: str, side: str, rows: Sequence[Transfer], today: date) -> list[mail.Letter]:
    """One email to each person at Level 1 of each establishment at that side, about all its children among these.
    Nobody is reminded to answer what they have asserted (R7)."""
    at: dict[Establishment, list[Transfer]] = defaultdict(list)
    for row in rows:
        if place := getattr(row, side):
            at[place].append(row)
    letters = []
    for place, children in at.items():
        for person in (line.person for line in keepers(place, today)):
            theirs = [row for row in children if row.agreed_on or row.asserted_by != person.pk]
            if theirs:
                letters.append(
                    mail.letter(
                        kind, person.email, name=person.name, place=place.name, link=mail.link("transfers", place.urn),
                        children=len(theirs), expected_on=min(row.expected_on for row in theirs),
                        lapses_on=min(row.lapses_on for row in theirs),
                    )
                )  # fmt: skip
    return letters


def _nobody_else(rows: Sequence[Transfer], today: date) -> list[mail.Letter]:
    """To whoever alone holds Level 1 at the receiver and has asserted children themselves: until somebody else can
    answer, nobody is reminded of these (R7)."""
    if not rows:
        return []
    place = rows[0].establishment
    able = keepers(place, today)
    theirs = [row for row in rows if [row.asserted_by] == [line.person_id for line in able]]
    if not theirs:
        return []
    (alone,) = able
    return [
        mail.letter(
            "transfer_nobody_else", alone.person.email, name=alone.person.name, place=place.name,
            link=mail.link("register", place.urn), is_head=alone.is_head,
            children=len(theirs), lapses_on=min(row.lapses_on for row in theirs),
        )
    ]  # fmt: skip
