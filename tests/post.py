"""The outbox in tests: waiting letters are posted by the worker, and are then in Django's `mail.outbox`."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core import mail
from django.core.mail import EmailMessage

from access_register.models import WaitingLetter
from access_register.notices import outbox
from tests.people import as_batch


def post() -> None:
    """Post as the worker does, until nothing is due."""
    while outbox.post_next():
        pass


def sent() -> list[EmailMessage]:
    """All email sent so far, once what is waiting has been posted."""
    post()
    return mail.outbox


@contextmanager
def posting() -> Iterator[None]:
    """Post what is written inside at the end. What was waiting before is discarded."""
    with as_batch():
        WaitingLetter.objects.all().delete()
    yield
    post()
