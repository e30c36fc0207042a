"""The outbox in tests: what waits there is posted by the worker, and is then in Django's `mail.outbox`."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core import mail
from django.core.mail import EmailMessage

from access_register.models import WaitingLetter
from access_register.notices import outbox
from tests.people import as_batch


def post() -> None:
    """As the worker does, until nothing is due."""
    while outbox.post_next():
        pass


def sent() -> list[EmailMessage]:
    """All that was sent so far, once what waits is posted."""
    post()
    return mail.outbox


@contextmanager
def posting() -> Iterator[None]:
    """What is written inside is posted at the end. What waited before is forgotten."""
    with as_batch():
        WaitingLetter.objects.all().delete()
    yield
    post()
