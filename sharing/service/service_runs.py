"""Noting when the service's jobs last ran and how they ended. A job that cannot note it continues all the same."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final

from django.db import Error, connection
from django.utils import timezone

from sharing import crypto
from sharing.keys import fit
from sharing.models.service import ParityRun, ServiceRun
from sharing.roles import BATCH, acting_as

log = logging.getLogger(__name__)
Job, Outcome = ServiceRun.Job, ServiceRun.Outcome
RENEWED: Final = timedelta(days=28)  # before its last day, an information manager's right can be renewed
SIGN_OF_LIFE: Final = timedelta(minutes=5)  # the worker gives one every minute, but not during a long import


class NotARun(Exception):
    """Raised inside `noted`: this was no run after all, as another one is under way. The note stays as it was."""


@contextmanager
def noted(job: ServiceRun.Job) -> Iterator[dict[str, Any]]:
    """Note that the job begins, and how it ends. An exception counts as a failure and is raised further.

    What is put into the dict that it yields is shown on the page: numbers and words about no establishment or person.
    """
    about: dict[str, Any] = {}
    started_at = timezone.now()
    before = _keep(job, started_at=started_at, outcome=Outcome.RUNNING)
    try:
        yield about
    except NotARun:
        if before is not None:
            _keep(job, **before)
    except BaseException as problem:
        _keep(job, ended_at=timezone.now(), outcome=Outcome.FAILED, about={"why": type(problem).__name__} | about)
        raise
    else:
        now = timezone.now()
        _keep(job, ended_at=now, last_good_at=now, outcome=Outcome.DONE, about=about)


def record(job: ServiceRun.Job, about: Mapping[str, Any] | None = None) -> bool:
    """Note something that is done by the time it is noted: a backup, a sign of life. Returns whether it was noted.

    Without `about`, what was known of it stays.
    """
    now = timezone.now()
    facts = {} if about is None else {"about": dict(about)}
    return _keep(job, started_at=now, ended_at=now, last_good_at=now, outcome=Outcome.DONE, **facts) is not None


def work_failed() -> None:
    """Note that a kind of the worker's work has just failed. Its signs of life go on, and do not tell of that."""
    _keep(Job.WORKER, about={"failed_at": timezone.now().isoformat()})


def worker_is_silent() -> bool:
    """Whether the worker has stopped or is at something long: those who wait are told that it takes longer."""
    since = timezone.now() - SIGN_OF_LIFE
    return not ServiceRun.objects.filter(name=Job.WORKER, ended_at__gte=since).exists()


def note_key(today: date) -> None:
    """Note since when the first key of FIELD_KEYS has been in use, to the day if this is called daily.

    Also a sample, which tells the web application whether it has the same keys.
    """
    key = crypto.key_in_use()
    known = ServiceRun.objects.filter(name=Job.KEY).first()
    since = known.about.get("since") if known and known.about.get("key") == key else None
    record(Job.KEY, {"key": key, "since": since or today.isoformat()} | fit.sample())


def post_failed(number: int) -> None:
    """Note how many emails could not be sent just now. The web application may do so."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_post_failed(%s)", [number])
    except Error as trouble:
        log.error("failed emails could not be noted: %s", type(trouble).__name__)


def post_answers() -> None:
    """Note that the mail server has just taken an email, or refused one for a reason in the email itself."""
    _keep(Job.POST, last_good_at=timezone.now())


def add_comparison(**facts: Any) -> None:
    """Note a comparison of the two sites (fields of ParityRun)."""
    ParityRun.objects.create(**facts)


def last_comparison() -> ParityRun | None:
    return ParityRun.objects.order_by("-ended_at").first()


def _keep(job: ServiceRun.Job, **facts: Any) -> dict[str, Any] | None:
    """Write these facts of the job, and return those that were there before: None if they could not be written."""
    try:
        with acting_as(BATCH):
            columns = ("started_at", "ended_at", "last_good_at", "outcome", "about")
            before = ServiceRun.objects.filter(name=job).values(*columns).first() or {}
            if facts:
                begun = {"started_at": timezone.now()} | facts
                ServiceRun.objects.update_or_create(name=job, defaults=facts, create_defaults=begun)
            else:
                ServiceRun.objects.filter(name=job).delete()
    except Error as trouble:
        log.error("the run of %s could not be noted: %s", job.value, type(trouble).__name__)
        return None
    return before
