"""The days of a transfer that are counted in school days: when it lapses (R7), how long the sender keeps sight (R8)."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from sharing.models import Enrolment, Transfer
from sharing.school_year import school_days_after


def lapses_on(expected_on: date) -> date:
    """The last day on which the receiver sees a child who has not arrived."""
    return school_days_after(expected_on, settings.TRANSFER_LAPSE_SCHOOL_DAYS)


def kept_until(last_day: date) -> date | None:
    """The last day on which the sender sees a child whose last day there was `last_day`; None: not after that day."""
    days: int = settings.CTF_GRACE_SCHOOL_DAYS
    return school_days_after(last_day, days) if days else None


def give_grace() -> list[int]:
    """Set, as portal_batch, until when the sender may make the file of each child who has left; returns whose
    transfers these are.

    It is for arrivals and departures reported by a return. Call it in the transaction that applies a return, so that
    there is no gap; `run_daily` calls it too. Without it, access simply ends. A transfer that had lapsed when the child
    left gives the sender no duty: the child stayed, and is going elsewhere now.
    """
    _stay_after_all()
    given = _give_to_senders() if settings.CTF_GRACE_SCHOOL_DAYS else []
    _follow_the_last_day()
    return given


def _stays() -> Exists:
    """A condition: the child is on the sender's register, and no last day is known."""
    return Exists(Enrolment.objects.filter(pupil=OuterRef("leaving"), cancelled_at=None, ends_on=None))


def _leaving() -> QuerySet[Any]:
    """Agreed transfers of children whose last day at the sender's is known, with that `last_day`."""
    last_day = Max("leaving__enrolments__ends_on", filter=Q(leaving__enrolments__cancelled_at=None))
    agreed = Transfer.objects.filter(~_stays(), cancelled_at=None, agreed_on__isnull=False, leaving__isnull=False)
    return agreed.annotate(last_day=last_day).exclude(last_day=None).order_by("pk")


def _stay_after_all() -> None:
    """Where a return has taken a last day back, the days are counted anew from the next one."""
    under_way = Transfer.objects.agreed(timezone.localdate())
    under_way.filter(_stays(), sender_keeps_until__isnull=False).update(sender_keeps_until=None)


def _give_to_senders() -> list[int]:
    left = _leaving().filter(sender_keeps_until=None).exclude(arrived_on=None, lapses_on__lt=F("last_day"))
    found = list(left)
    for transfer in found:
        transfer.sender_keeps_until = kept_until(transfer.last_day)
    _keep(found)
    return [transfer.pk for transfer in found]


def _follow_the_last_day() -> None:
    """Where a return, or the end of the school, has moved a last day, the file is due sooner too.

    It is never due later: that was said, or counted from the last day that was known then.
    """
    today, moved = timezone.localdate(), []
    for transfer in _leaving().filter(sender_keeps_until__gte=today):
        until = kept_until(transfer.last_day) or transfer.last_day
        if transfer.sender_keeps_until and transfer.sender_keeps_until > until:
            transfer.sender_keeps_until = until
            moved.append(transfer)
    _keep(moved)
    owed = Enrolment.objects.filter(cancelled_at=None, file_until__gte=today)
    for last_day in filter(None, list(owed.order_by("ends_on").values_list("ends_on", flat=True).distinct())):
        until = kept_until(last_day)
        owed.filter(ends_on=last_day, file_until__gt=until or last_day).update(file_until=until)


def _keep(changed: list[Transfer]) -> None:
    """Store until when their files may be made. Locked by their number first: one UPDATE finds them in any order."""
    numbers = [transfer.pk for transfer in changed]
    list(Transfer.objects.select_for_update().filter(pk__in=numbers).order_by("pk").values_list("pk"))
    Transfer.objects.bulk_update(changed, ["sender_keeps_until"], batch_size=500)
