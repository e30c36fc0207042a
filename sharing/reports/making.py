"""Reports made by the worker: first those that somebody is waiting for, then those due to a release or a new day (R22).

The Report table is the queue (docs/adr/0014). A worker may be killed at any moment: a report is stored in one
transaction, and one that was being made is taken up again.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.utils import timezone

from sharing.claim import REPORTS, claim, or_failed
from sharing.ledger import ledger
from sharing.models import Report
from sharing.records.reports import ReportFacts
from sharing.reports import pdf, queue
from sharing.reports.gathering import gather
from sharing.roles import BATCH, acting_as

State = Report.State
MOST_TRIES: Final = 3


def do_next() -> bool:
    """Make one report, or check whether an establishment needs one. False if there is nothing to do, or no pango."""
    if pdf.missing():
        return False
    with acting_as(BATCH):
        to_do = Report.objects.filter(state__in=Report.TO_DO).order_by("-is_awaited", "pk")
        waiting = list(to_do.values_list("pk", flat=True))
    return any(take_up(report_id) for report_id in waiting) or (settings.REPORTS_AHEAD and _look())


def _look() -> bool:
    """Compare one establishment. One that cannot be compared is passed over, and raises once no other is left."""
    with acting_as(BATCH):
        today, out = timezone.localdate(), queue.releases_out()
        waiting = queue.to_look_at(today, out)
    trouble: Exception | None = None
    for establishment_id in waiting:
        try:
            with acting_as(BATCH):
                queue.look_at(establishment_id, today, out)
        except Exception as problem:
            trouble = trouble or problem
        else:
            return True
    if trouble:
        raise trouble
    return False


def take_up(report_id: int) -> bool:
    """Make this report. False if another worker has it, or it is gone."""
    with claim(report_id, REPORTS) as mine:
        if mine is None or not (tries := mine.begin(State.MAKING, instead_of=Report.TO_DO)):
            return False
        with or_failed(f"report {report_id}", partial(_fail, report_id)):
            if tries > MOST_TRIES:
                raise RuntimeError("the worker ended each time")
            make(report_id, mine.progress)
    return True


def _fail(report_id: int) -> None:
    with acting_as(BATCH):
        Report.objects.filter(pk=report_id, state=State.MAKING).update(state=State.FAILED)


def make(report_id: int, progress: Callable[[int], None]) -> None:
    """Draw the report and store it. If its contents are out of date, queue today's report instead."""
    if facts := _still_to_be_said(report_id):
        progress(20)
        _keep(report_id, facts, pdf.draw(facts, timezone.localdate()))


def _still_to_be_said(report_id: int) -> ReportFacts | None:
    """What the report says; None if that is out of date, in which case today's report is queued instead."""
    with acting_as(BATCH):
        row = Report.objects.filter(pk=report_id).first()
        if row is None:
            return None
        (facts,) = gather(row.establishment_id, timezone.localdate(), row.kind)
        if facts.fingerprint != row.fingerprint:
            queue.keep(row.establishment_id, facts, is_awaited=row.is_awaited)
            return None
        return facts


def _keep(report_id: int, facts: ReportFacts, drawn: pdf.Drawn) -> None:
    """Store the file and write it to the ledger, in one transaction."""
    with acting_as(BATCH):
        kept = Report.objects.filter(pk=report_id, state__in=Report.TO_DO).update(
            state=State.MADE, sealed=queue.seal(report_id, drawn.content), size=len(drawn.content),
            pages=drawn.pages, made_at=timezone.now(), progress=100, tries=0,
        )  # fmt: skip
        if kept:
            about = {"report": facts.report, "releases": facts.releases, "bytes": len(drawn.content)}
            ledger.changed(action="make_report", urn=facts.urn, about=about)
