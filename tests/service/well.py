"""A service of which nothing is wrong, and whose jobs ran some time ago."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from sharing.models import ParityRun, ServiceRun
from sharing.service import service_runs
from tests.people import as_batch

Job = ServiceRun.Job


def log_of_postgresql(**settings: str) -> None:
    """As the administrator would set it; until the test ends."""
    sets = [f"SET LOCAL {name} = '{value}'" for name, value in settings.items()]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(["SET LOCAL ROLE NONE", *sets, "SET LOCAL ROLE portal_app"]))


def load_module(name: str) -> None:
    """As a server does that was told to. It stays until the connection ends, and by itself logs nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE NONE; LOAD '{name}'; SET LOCAL ROLE portal_app")


def all_is_well() -> None:
    log_of_postgresql(log_min_error_statement="panic", log_error_verbosity="terse")
    for job in (Job.WORKER, Job.DAILY, Job.LEDGER, Job.BACKUP):
        service_runs.record(job)
    service_runs.note_key(timezone.localdate())
    now = timezone.now()
    ParityRun.objects.create(
        started_at=now, ended_at=now, is_whole=True, establishments=3, pages=4, figures=500, differences=0
    )


def aged(job: str, **ago: int) -> None:
    then = timezone.now() - timedelta(**ago)
    with as_batch():
        ServiceRun.objects.filter(name=job).update(ended_at=then, last_good_at=then)
