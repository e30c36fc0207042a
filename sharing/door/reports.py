"""Standard reports: which ones there are, asking for one, and taking it away (R12, R16, R22, R31).

A report is only handed out while it is up to date: each visit works out again what it would say now.
"""

from contextlib import AbstractContextManager

from django.db.models import QuerySet

from sharing.authorise import Asker, NeedsSecondFactor, NotAtYourLevel, Permission, Visit, visit
from sharing.door.releases import where_small_figures_are_seen
from sharing.models import Report
from sharing.records.reports import (
    FULL,
    GOVERNORS,
    TITLES,
    WHAT_IT_IS,
    ReportFacts,
    ReportFile,
    ReportLine,
    ReportList,
)
from sharing.reports import pdf, queue
from sharing.reports.gathering import gather

ONLY_FOR_GOVERNORS = (
    "The full report shows figures about fewer than 10 children. It is for people who see all pupils here, and "
    "all that figures are made of."
)
NOT_FOR_A_NARROWED_LINE = (
    "Standard reports show figures for all pupils of a school. Your access is narrowed to some year groups, for which "
    "you see exact numbers. If you subtracted those, a report would tell you about the other children."
)
_COLUMNS = ("id", "state", "is_awaited", "progress", "made_at", "size", "pages")


class NotMadeYet(Exception):
    """There is no report on what is published now: somebody has to ask for it, or it is being made."""


def list_reports(asker: Asker, urn: int) -> ReportList:
    """The reports that the asker may take away from here, made or not."""
    with _visit(asker, urn, "list_reports") as here:
        found = gather(here.establishment.pk, here.today, *_reports_for(here))
        there = {row.kind: row for row in _rows(here, *found).only("kind", *_COLUMNS)}
        lines = tuple(_line(facts, there.get(facts.report)) for facts in found)
        here.showed(reports=[line.report for line in lines], releases=found[0].releases if found else [])
        return ReportList(
            here.here,
            lines,
            origins=found[-1].origins if found else (),
            stopped=found[-1].stopped if found else (),
            not_for_them="" if found else NOT_FOR_A_NARROWED_LINE,
            needs_second_factor=_would_with_a_second_factor(here),
            missing=pdf.missing(),
            why=here.why,
        )


def ask_for_report(asker: Asker, urn: int, report: str) -> None:
    """Have the report on what is published now made next. Asking again changes nothing."""
    with _visit(asker, urn, "ask_for_report") as here:
        facts = _facts(here, report)
        row = queue.waiting(here.establishment.pk, facts, is_awaited=True)
        Report.objects.bulk_create([row], ignore_conflicts=True)
        _rows(here, facts).filter(state=Report.State.WAITING).update(is_awaited=True)
        here.changed(report=report, releases=facts.releases)


def download_report(asker: Asker, urn: int, report: str) -> ReportFile:
    """The PDF on what is published now. Raises NotMadeYet and, inside the visit, whatever keeps the asker from it."""
    content = None
    with _visit(asker, urn, "download_report") as here:
        facts = _facts(here, report)
        made = _rows(here, facts).filter(state=Report.State.MADE).values_list("id", "sealed").first()
        if made:
            report_id, sealed = made
            content = queue.unseal(report_id, bytes(sealed or b""))
            here.showed(report=report, releases=facts.releases, edition=facts.fingerprint[:8], file="pdf")
        else:
            here.showed(report=report, not_made_yet=True)
    if content is None:
        raise NotMadeYet
    return ReportFile(f"{report}-report-{urn}.pdf", content)


def _visit(asker: Asker, urn: int, action: str) -> AbstractContextManager[Visit]:
    return visit(asker, Permission.VIEW_ESTABLISHMENT, urn, action=action, shared=True)


def _facts(here: Visit, report: str) -> ReportFacts:
    """What the report would say now, for somebody who may have it."""
    if here.holdings.narrowed():
        raise NotAtYourLevel(NOT_FOR_A_NARROWED_LINE)
    if report == FULL and not _sees_small_figures(here):
        if _would_with_a_second_factor(here):
            raise NeedsSecondFactor
        raise NotAtYourLevel(ONLY_FOR_GOVERNORS)
    (facts,) = gather(here.establishment.pk, here.today, report)
    return facts


def _reports_for(here: Visit) -> tuple[str, ...]:
    """The reports that the asker may have: none with a narrowed line (R35)."""
    if here.holdings.narrowed():
        return ()
    return (GOVERNORS, FULL) if _sees_small_figures(here) else (GOVERNORS,)


def _sees_small_figures(here: Visit) -> bool:
    return here.establishment.pk in where_small_figures_are_seen(here)


def _would_with_a_second_factor(here: Visit) -> bool:
    return not here.asker.second_factor and here.establishment.pk in here.holdings.at(Permission.VIEW_PUPILS)


def _rows(here: Visit, *reports: ReportFacts) -> QuerySet[Report]:
    """The reports already made that say the same as these."""
    said = [facts.fingerprint for facts in reports]
    return Report.objects.filter(establishment=here.establishment, fingerprint__in=said)


def _line(facts: ReportFacts, row: Report | None) -> ReportLine:
    state = row.state if row else "" if facts.measures else Report.State.EMPTY
    return ReportLine(
        report=facts.report,
        title=TITLES[facts.report],
        what_it_is=WHAT_IT_IS[facts.report],
        as_of=facts.as_of,
        releases=tuple(origin.label for origin in facts.origins),
        state=state,
        state_words=Report.State(state).label if state else "Not made yet",
        is_awaited=row is not None and row.is_awaited,
        progress=row.progress if row else 0,
        made_at=row.made_at if row else None,
        size=row.size if row else 0,
        pages=row.pages if row else 0,
    )
