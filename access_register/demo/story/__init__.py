"""What has happened in the demonstration lately, told after the seed, and only by `manage.py demo`.

Each part is told once, by the functions that the pages call, as the people who take those steps. Visitors then take it
from there. Past events get their days afterwards; only the ledger keeps the day on which they were told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import transaction

from access_register.demo.story import advice, breaches, casework, downloads, patterns, transfers
from access_register.models import WaitingLetter
from access_register.register.rules import CannotChange
from sharing.authorise import Refusal
from sharing.roles import BATCH, acting_as

PARTS = {
    "when transfers were told": transfers.tell,
    "downloads": downloads.tell,
    "an explained pattern": patterns.tell,
    "casework": casework.tell,
    "advice of the council": advice.tell,
    "a breach that was decided": breaches.tell_of_the_decided_one,
    "a breach under way": breaches.tell_of_the_one_under_way,
}


def tell(today: date) -> tuple[str, ...]:
    """Tell what has not been told yet. Returns the parts that no longer fit, because of what visitors have done."""
    left_out = []
    with _no_letters():
        for title, part in PARTS.items():
            try:
                with transaction.atomic(), _no_waiting_letters():
                    part(today)
            except (Refusal, CannotChange):
                left_out.append(title)
    return tuple(left_out)


@contextmanager
def _no_waiting_letters() -> Iterator[None]:
    """Take out of the outbox, before it is committed, whatever was put into it."""
    with acting_as(BATCH):
        others = list(WaitingLetter.objects.values_list("pk", flat=True))
    yield
    with acting_as(BATCH):
        WaitingLetter.objects.exclude(pk__in=others).delete()


@contextmanager
def _no_letters() -> Iterator[None]:
    """Write to nobody about things that are only told."""
    before, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = before
