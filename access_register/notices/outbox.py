"""The outbox: emails are written with the change they report, and the worker posts them afterwards (docs/adr/0034).

If the change is rolled back, so is the email. A committed one is posted at least once, whatever process is killed: if
the worker dies between posting it and committing that, it is posted again with the same Message-ID.
"""

import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from access_register.models import WaitingLetter
from sharing.authorise import Through
from sharing.roles import BATCH, acting_as
from sharing.service import service_runs
from sharing.service.work import WORK

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 60, 60 * 60  # seconds; each wait is twice the one before
KEPT: Final = timedelta(days=3)  # from the first try
# Somebody who is away sends no answer to it: the first is the standard's word for that, the second Exchange's.
BY_A_MACHINE: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
REFUSALS: Final = (SMTPRecipientsRefused, SMTPDataError)  # of this one letter: the server takes others


class NotTaken(Exception):
    """The mail server did not take the letter, and gave no reason."""


def put(letters: Iterable[EmailMultiAlternatives]) -> None:
    """Store the letters in this transaction, to be posted once it is committed. The web application may do this too."""
    WaitingLetter.objects.bulk_create([WaitingLetter(content=_packed(one)) for one in letters])


def post_next() -> bool:
    """For the worker: post the oldest letter that is due. Returns whether to look for the next one at once.

    A letter that is refused holds up no others. If the mail server takes nothing, the worker does other things in
    between. Two workers never hold the same letter.
    """
    with acting_as(BATCH):
        due = WaitingLetter.objects.filter(next_try_at__lte=timezone.now()).order_by("written_at")
        # The content is read later, so that a letter that cannot be decrypted is a problem for that letter only.
        letter = due.defer("content").select_for_update(skip_locked=True).first()
        if letter is None:
            return False
        try:
            _post(letter)
        except Exception as problem:
            _try_later(letter, type(problem).__name__)
            answers = isinstance(problem, REFUSALS)
        else:
            letter.delete()
            answers = True
        if answers:
            service_runs.post_answers()
        return answers


def _post(letter: WaitingLetter) -> None:
    said = json.loads(str(letter.content))
    headers = BY_A_MACHINE | {"Message-ID": f"<{letter.pk}@{settings.SITE_HOSTS[Through.SCHOOLS_ONLINE]}>"}
    written = EmailMultiAlternatives(said["subject"], said["text"], to=said["to"], headers=headers)
    if said["html"]:
        written.attach_alternative(said["html"], "text/html")
    connection = get_connection()
    connection.open()
    try:
        taken = connection.send_messages([written])
    finally:
        with suppress(OSError):  # an error on closing does not undo the posting
            connection.close()
    if not taken:
        raise NotTaken


def _packed(letter: EmailMultiAlternatives) -> str:
    """The letter as encrypted JSON will hold it. Emails about signing in have no HTML."""
    html = next((content for content, _ in letter.alternatives), "")
    return json.dumps({"to": letter.to, "subject": letter.subject, "text": letter.body, "html": html})


def _try_later(letter: WaitingLetter, why: str) -> None:
    """Put the letter off. Only the type of the problem is logged: its message may contain an address."""
    now = timezone.now()
    # Counted by tries, not by age: if the worker was away for days, the first try must not be the last.
    if sum(map(_wait_after, range(letter.tries)), timedelta()) >= KEPT:
        log.error("an email is given up after %d days: %s", KEPT.days, why)
        service_runs.post_failed(1)
        letter.delete()
        return
    log.warning("an email could not be posted, and is tried again: %s", why)
    letter.next_try_at = now + _wait_after(letter.tries)
    letter.tries += 1
    letter.save(update_fields=["tries", "next_try_at"])


def _wait_after(tries: int) -> timedelta:
    return timedelta(seconds=min(FIRST_WAIT * 2**tries, LONGEST_WAIT))


WORK.insert(0, post_next)  # before longer work: an import may take minutes
