"""Reports that a comparison was misused (P8, R20): made by anybody signed up, dealt with by officers on EduNet."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sharing.authorise import (
    Asker,
    NeedsSecondFactor,
    NoSuchRecord,
    NotAtYourLevel,
    Permission,
    Through,
    Visit,
    the_one,
    visit,
)
from sharing.crypto import encrypt
from sharing.door.managing import other_managers
from sharing.door.paging import page_of
from sharing.key_data import headlines_of
from sharing.measures.catalogue import MEASURE
from sharing.models import Establishment, MisuseReport, Release
from sharing.models.misuse import MisuseReportQuerySet
from sharing.records import Why
from sharing.records.misuse import Comparison, ReportLine, ReportList, ReportPage
from sharing.school_year import in_words
from sharing.signals import misuse_closed, misuse_to_refer
from sharing.statements import one_at_a_time, value_of

OF_SEVERAL = {MisuseReport.Page.ESTABLISHMENTS, MisuseReport.Page.SCHOOL_FINDER, MisuseReport.Page.STATISTICS}
OF_ONE = set(MisuseReport.Page) - OF_SEVERAL
NEEDED = "Reports of misuse are seen to by officers with a recorded duty to bring in data. You have none today."
# Asked of the cases, as not every referred report has one: none was made for those closed before the Access Register's
# migration 0209.
_IS_A_CASE = "SELECT EXISTS (SELECT FROM access_register_breach WHERE of_misuse = %s)"
REASON = "Anybody who is signed up can report misuse, and see what became of it."


class NothingToSettle(Exception):
    """The report has been acknowledged or closed meanwhile, or is the asker's own: nothing was changed."""


def show_comparison(asker: Asker, page: str, urn: int | None = None) -> Comparison:
    """What somebody is about to report. Raises NoSuchRecord for a page that compares nothing or is not theirs."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_comparison") as here:
        place = _place(here, page, urn)
        here.showed(page=page, of=urn)
        measures = headlines_of(place) if place and page != MisuseReport.Page.ESTABLISHMENT else []
        return Comparison(
            page=MisuseReport.Page(page).label,
            urn=urn,
            name=place.name if place else "",
            measures=tuple((kind.code, kind.name) for kind in measures),
            why=_why(here),
        )


def report_misuse(
    asker: Asker, page: str, urn: int | None = None, *, form_key: UUID, happened: str, who: str = "", measure: str = ""
) -> int:
    """Report it. Returns the report's number, which is the same for a form that is sent twice."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="report_misuse") as here:
        one_at_a_time("report_misuse")
        known = MisuseReport.objects.by(asker.person_id).filter(form_key=form_key).first()
        if known:
            here.showed(misuse_report=known.pk)
            return known.pk
        report = MisuseReport.objects.create(
            page=MisuseReport.Page(page).value if page in MisuseReport.Page.values else "",
            about=_place(here, page, urn),
            measure=measure if measure in MEASURE else "",
            releases=sorted(Release.objects.current().values_list("pk", flat=True)),
            happened=happened,
            who=who,
            form_key=form_key,
            reported_by_id=asker.person_id,
            reported_by_name=asker.name,
        )
        here.changed(misuse_report=report.pk, page=page, of=urn)
        return report.pk


def list_my_reports(asker: Asker, *, number: int = 1) -> ReportList:
    """What the asker has reported, and what came of it; waiting reports first."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="list_my_reports") as here:
        page = page_of(_found().by(asker.person_id).waiting_first(), number, _line)
        here.showed(misuse_reports=[line.id for line in page])
        return ReportList(page, is_desk=False, why=_why(here))


def list_misuse_reports(asker: Asker, *, number: int = 1) -> ReportList:
    """All reports, for officers; waiting reports first. Raises NotAtYourLevel."""
    with _at_the_desk(asker, "list_misuse_reports") as here:
        page = page_of(_found().waiting_first(), number, _line)
        here.showed(misuse_reports=[line.id for line in page])
        return ReportList(page, is_desk=True, why=_why(here))


def show_misuse_report(asker: Asker, report_id: int) -> ReportPage:
    """One report, for whoever made it and, with a second factor, for officers. Raises NoSuchRecord (404) for others."""
    with visit(asker, Permission.VIEW_ESTABLISHMENT, action="show_misuse_report") as here:
        found = _found() if _is_at_the_desk(here) else _found().by(asker.person_id)
        report = found.filter(pk=report_id).first()
        is_own = report is not None and report.reported_by_id == asker.person_id
        if _is_at_the_desk(here) and not is_own and not asker.second_factor:
            raise NeedsSecondFactor
        if report is None:
            raise NoSuchRecord
        may_settle = _is_at_the_desk(here) and not is_own
        can_close = may_settle and report.state != MisuseReport.State.CLOSED
        here.showed(misuse_report=report.pk)
        return ReportPage(
            _line(report),
            happened=str(report.happened),
            who=str(report.who),
            answer=str(report.answer),
            releases=_releases(report),
            reported_by=report.reported_by_name if _is_at_the_desk(here) else "",
            acknowledged_at=report.acknowledged_at,
            closed_at=report.closed_at,
            can_acknowledge=may_settle and report.state == MisuseReport.State.REPORTED,
            can_close=can_close,
            may_object=is_own and report.outcome in (MisuseReport.Outcome.NO_MISUSE, MisuseReport.Outcome.ADVICE),
            follows=is_own and bool(value_of(_IS_A_CASE, report.pk)),
            managers=other_managers() if can_close else (),
            why=_why(here),
        )


def acknowledge_misuse_report(asker: Asker, report_id: int) -> None:
    """Take it on, as an officer. Raises NothingToSettle."""
    _settle(asker, report_id, "acknowledge_misuse_report", MisuseReport.State.ACKNOWLEDGED)


def close_misuse_report(
    asker: Asker, report_id: int, *, outcome: str, answer: str, by_managers: Collection[int] = ()
) -> None:
    """Close it, as an officer, with an outcome and words for whoever reported it. Raises NothingToSettle.

    If it is referred, it becomes a case of a breach, which an information manager then deals with (P17, R41): not one
    of `by_managers`, who did it.
    """
    result = MisuseReport.Outcome(outcome).value
    _settle(asker, report_id, "close_misuse_report", MisuseReport.State.CLOSED, result, answer, by_managers)


def _settle(
    asker: Asker,
    report_id: int,
    action: str,
    step: str,
    result: str = "",
    answer: str = "",
    by_managers: Collection[int] = (),
) -> None:
    with _at_the_desk(asker, action) as here:
        report = the_one(_found().filter(pk=report_id))
        sealed = encrypt(answer, column="sharing_misusereport.answer") if answer else None
        said = report_id, step, result, sealed, asker.name
        is_settled = value_of("SELECT sharing_settle_misuse(%s, %s, %s, %s, %s)", *said)
        if is_settled:
            refers = result == MisuseReport.Outcome.TO_REFER
            case = _case_of(report, answer, asker.name, by_managers) if refers else {}
            here.changed(misuse_report=report_id, outcome=result, **case)
            if step == MisuseReport.State.CLOSED:
                misuse_closed.send(sender=Visit, report=report)
        else:
            here.showed(misuse_report=report_id)
    if not is_settled:
        raise NothingToSettle


def _case_of(report: MisuseReport, answer: str, by: str, by_managers: Collection[int]) -> dict[str, Any]:
    told = {"report": report, "answer": answer, "by": by, "by_managers": by_managers}
    made: list[tuple[Any, Any]] = misuse_to_refer.send(sender=Visit, **told)
    return next(dict(case) for _, case in made)


@contextmanager
def _at_the_desk(asker: Asker, action: str) -> Iterator[Visit]:
    with visit(asker, Permission.KEEP_RECORDS, action=action) as here:
        if not _is_at_the_desk(here):
            raise NotAtYourLevel(NEEDED)
        yield here


def _is_at_the_desk(here: Visit) -> bool:
    return here.asker.through == Through.EDUNET and bool(here.holdings.at(Permission.KEEP_RECORDS))


def _place(here: Visit, page: str, urn: int | None) -> Establishment | None:
    if page not in MisuseReport.Page.values or (page in OF_ONE) != (urn is not None):
        raise NoSuchRecord
    if urn is None:
        return None
    return the_one(here.readable_establishments().filter(urn=urn))


def _found() -> MisuseReportQuerySet:
    return MisuseReport.objects.select_related("about")


def _why(here: Visit) -> Why:
    if not _is_at_the_desk(here):
        return Why(REASON, "")
    return Why(next(iter(here.holdings.best(Permission.KEEP_RECORDS).values()), REASON), here.permission)


def _releases(report: MisuseReport) -> tuple[str, ...]:
    """The releases that were out then, in words. One that the reader may not see by now is given only as a number."""
    found = Release.objects.filter(pk__in=report.releases).select_related("dataset")
    known = {out.pk: f"{out.dataset.name} {in_words(out.academic_year)}, version {out.version}: " for out in found}
    in_order = sorted(report.releases, key=lambda number: (known.get(number, ""), number))
    return tuple(f"{known.get(number, '')}R{number}" for number in in_order)


def _line(report: MisuseReport) -> ReportLine:
    return ReportLine(
        id=report.pk,
        page=report.get_page_display(),
        about=report.about.name if report.about else "",
        measure=MEASURE[report.measure].name if report.measure in MEASURE else "",
        state=report.get_state_display(),
        is_closed=report.state == MisuseReport.State.CLOSED,
        outcome=report.get_outcome_display() if report.outcome else "",
        reported_at=report.reported_at,
    )
