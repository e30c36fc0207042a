"""What the nightly run does for downloads, as portal_batch: it deletes uncollected files and reminds people (R14).

An email names no child and gives no passphrase. It says how many downloads have to be destroyed, and where to confirm
it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db.models import F, Q
from django.template.defaultfilters import pluralize

from access_register.models import Person
from access_register.notices import mail
from sharing.authorise import Through
from sharing.downloads import keeping
from sharing.models import Download
from sharing.models.downloads import DownloadQuerySet

DAYS_BEFORE: Final = 3
A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=28)


def forget_uncollected(today: date) -> Iterator[str]:
    """Delete files that nobody collected, so that none outlives its day even if no worker runs."""
    if lapsed := keeping.lapse():
        yield f"{lapsed} download{pluralize(lapsed)} not collected, deleted"


def waiting(today: date) -> list[tuple[int, str]]:
    """Whom to remind today, and the site they downloaded from: once before the day, every week in the month
    after it, and then every month."""
    found = _due(today).order_by("by_person_id", "through").values_list("by_person_id", "through").distinct()
    return list(found)


def send(person_id: int, through: str, today: date) -> int:
    """Write one email about everything due from a person, and note that. Returns how many emails were written."""
    due = _due(today).filter(by_person_id=person_id, through=through)
    rows = list(due.select_for_update(skip_locked=True).order_by("dispose_by"))
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if not rows or person is None:
        return 0
    mail.send_later(
        "downloads_due", [person.email], name=person.name, number=len(rows), first=rows[0].dispose_by,
        overdue=sum(row.dispose_by < today for row in rows), link=mail.link("my_downloads", at=Through(through)),
    )  # fmt: skip
    Download.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=today)
    return 1


def _due(today: date) -> DownloadQuerySet:
    soon = Q(dispose_by__lte=today + timedelta(days=DAYS_BEFORE), reminded_on=None)
    late = Q(dispose_by__lt=today) & (
        Q(reminded_on__lte=F("dispose_by"))
        | Q(reminded_on__lte=today - A_WEEK, dispose_by__gt=today - A_MONTH)
        | Q(reminded_on__lte=today - A_MONTH)
    )
    return Download.objects.still_kept().filter(soon | late)
