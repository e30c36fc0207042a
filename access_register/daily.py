"""What has to be done every day (R34-R36, R44), each part in its own transaction, so that one failure stops no other.

    manage.py run_daily        # by cron or a systemd timer, early in the morning

It can be run again at any time without harm. If two runs start at once, the later one raises AlreadyRunning.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, connection
from django.db.models import DateField, Exists, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register import former_people, grants
from access_register.breaches import by_night
from access_register.casework import orders
from access_register.headships import handovers
from access_register.models import LineEvent, RegisterLine
from access_register.notices import challenges, closings, downloads, transfers, waiting
from access_register.register import history
from access_register.reviews import deadlines, notices
from access_register.service import BY_ITSELF
from access_register.sign_in import sessions
from access_register.third_parties import third_parties
from sharing.imports import ending, listed_types, running
from sharing.ledger import ledger, proof
from sharing.roles import BATCH, acting_as, refuse_a_pool
from sharing.school_year import is_school_day
from sharing.unusual import raising

log = logging.getLogger(__name__)
PAST = "past"
Thing = TypeVar("Thing")
_WHICH_ONE = re.compile(r"( at)? \d+$")  # the end of a part's name: which establishment, transfer or notice
# In this order: nobody is reminded of a line that has just been settled.
REVIEW_STEPS = (deadlines.settle, deadlines.set_days, deadlines.remind)


class AlreadyRunning(Exception):
    """Raised when another run is already under way."""


@dataclass
class Report:
    """What was done, in words, and what failed. `parts`: kind of part -> how many parts succeeded and how many failed.
    `put_right`: how many rows of the permission table differed from what the register says."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=dict)
    written: int = 0
    put_right: int = 0

    def found(self, part: str, find: Callable[[], list[Thing]]) -> list[Thing]:
        """The things that a part has to be done for, each in its own transaction. Empty if looking for them fails."""
        things: list[Thing] = []

        def look() -> Iterable[str]:
            things.extend(find())
            return ()

        self.attempt(part, look)
        return things

    def attempt(self, part: str, do: Callable[[], Iterable[str]]) -> bool:
        """Do one part in its own transaction. A failure undoes that part and is noted; the other parts still run.

        Returns whether it is done.
        """
        counted = self.parts.setdefault(_WHICH_ONE.sub("", part).replace("_", " "), [0, 0])
        try:
            with acting_as(BATCH), ledger.written_last():
                done = list(do())
        except Exception as problem:
            # PostgreSQL's name for the error says more than Django's: DiskFull, DeadlockDetected. What is said of a
            # setting names nobody.
            is_setting = isinstance(problem, ImproperlyConfigured)
            why = str(problem) if is_setting else type(problem.__cause__ or problem).__name__
            log.error("run_daily: %s failed: %s", part, why)
            self.failed.append(f"{part}: {why}")
            counted[1] += 1
            return False
        counted[0] += 1
        self.done += done
        return True

    def write(self, part: str, send: Callable[[], int]) -> None:
        """Write emails as a part, and only count them: a line of report for each would drown everything else."""
        numbers: list[int] = []

        def do() -> Iterable[str]:
            numbers.append(send())
            return ()

        if self.attempt(part, do):
            self.written += sum(numbers)


def run(today: date) -> Report:
    """Do every part of the daily run. Raises AlreadyRunning."""
    report = Report()
    with _alone():
        report.attempt("headships handed over", partial(handovers.carry_out, today))
        report.attempt("certificates of destruction", partial(third_parties.ask_for_certificates, today))
        report.attempt("types that count no more", partial(listed_types.let_go, today))
        report.attempt("centres that have closed", partial(ending.end_closed_centres, today))
        report.attempt("files nobody looked at", partial(running.discard_unlooked, timezone.now()))
        report.attempt("names behind refused files", partial(running.forget_people, timezone.now()))
        report.attempt("downloads nobody collected", partial(downloads.forget_uncollected, today))
        report.attempt("old sign-ins", partial(sessions.forget_old_sign_ins, timezone.now()))
        report.attempt("old emails of reviews", partial(former_people.forget_notices, today))
        report.attempt("accounts that nothing needs", partial(former_people.forget_accounts, timezone.now()))
        report.attempt("last days", partial(note_last_days, today))
        report.attempt("legal overrides of leavers", partial(orders.end_those_of_leavers, today))
        report.attempt("permission table", partial(put_right, report, today))
        report.attempt("kept lists of leavers", partial(former_people.forget_own_lists, today))
        report.attempt("challenges of leavers", partial(challenges.close_those_of_leavers, today))
        report.attempt("challenges of nobody", partial(challenges.pass_on_what_nobody_answers, today))
        for establishment in report.found("reviews", partial(deadlines.establishments_with_lines, today)):
            for step in REVIEW_STEPS:
                part = f"{step.__name__} at {establishment.urn}"
                report.attempt(part, partial(step, establishment, today))
        if is_school_day(today):  # after the reviews, so that nobody is asked who has lost Level 1 tonight
            report.attempt("challenges", partial(challenges.remind_of_challenges, today))
            report.attempt("returns", partial(challenges.chase_returns, today))
        report.attempt("duties that end", partial(waiting.tell_of_duties_that_end, today))
        report.attempt("transfers", partial(transfers.sweep, today))
        for establishment_id in report.found("reminders of transfers", partial(transfers.waiting, today)):
            part = f"transfers to establishment {establishment_id}"
            report.write(part, partial(transfers.send, establishment_id, today))
        for person_id, through in report.found("reminders of downloads", partial(downloads.waiting, today)):
            part = f"downloads of person {person_id}"
            report.write(part, partial(downloads.send, person_id, through, today))
        for closing_id in report.found("closings that lapse", partial(closings.waiting, timezone.now())):
            part = f"second person of closing {closing_id}"
            report.write(part, partial(closings.send, closing_id, timezone.now()))
        report.attempt("panels drawn", by_night.draw_panels)
        for breach_id in report.found("breaches", partial(by_night.waiting, timezone.now())):
            report.write(f"72 hours of breach {breach_id}", partial(by_night.send, breach_id, timezone.now()))
        for notice_id in report.found("notices of reviews", partial(notices.waiting, today)):
            report.write(f"notice {notice_id}", partial(notices.send, notice_id))
        report.attempt("unusual patterns", partial(raising.raise_patterns, today))
        report.attempt("the ledger's months", partial(ledger.make_months, today))
        report.attempt("the ledger's head", proof.seal)
        if report.written:
            report.done.append(f"{report.written} email{pluralize(report.written)} written")
    return report


def note_last_days(today: date) -> Iterator[str]:
    """Record in the history that a line's last day has passed. The line has opened nothing since that day, because its
    permission rows end on the same day."""
    told = LineEvent.objects.annotate(day=Cast(KT("after__ends_on"), DateField())).filter(
        line=OuterRef("pk"), what=PAST, day=OuterRef("ends_on")
    )
    past = RegisterLine.objects.filter(~Exists(told), withdrawn_at=None, ends_on__lt=today).order_by("pk")
    lines = list(past)
    for line in lines:
        history.tell(line, PAST, by_name=BY_ITSELF, before=history.facts(line))
    if lines:
        about = {"lines": [line.pk for line in lines]}
        ledger.changed(action="note_last_days", about=about)
        yield f"{len(lines)} line{pluralize(len(lines))} past the last day"


def put_right(report: Report, today: date) -> Iterator[str]:
    """Make the permission table exact again, if anything has made it differ from the register."""
    missing, extra = grants.rebuild(today)
    report.put_right = missing + extra
    if report.put_right:
        yield f"permission table put right: {missing} rows were missing, {extra} ought not to have been there"


@contextmanager
def _alone() -> Iterator[None]:
    """Allow only one run at a time in this database, whoever started it and wherever. Raises AlreadyRunning."""
    refuse_a_pool()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('run_daily'))")
        if cursor.fetchone() != (True,):
            raise AlreadyRunning
        try:
            yield
        finally:
            # If PostgreSQL was restarted meanwhile, the lock went with its connection. The run still reports what it
            # did.
            with suppress(InterfaceError, OperationalError):
                cursor.execute("SELECT pg_advisory_unlock(hashtext('run_daily'))")
