"""Asking for open statistics, by the officers who run releases; the worker makes them (R11, R22)."""

from django.db.models import Max
from django.utils import timezone

from sharing.authorise import Asker, the_one
from sharing.cannot import CannotDo
from sharing.door.paging import page_of
from sharing.door.release_desk import at_the_desk
from sharing.measures.catalogue import OPEN_STATISTICS
from sharing.measures.computed import days_of
from sharing.measures.preparing import CannotPrepare
from sharing.models import Release, StatisticsRequest
from sharing.records.statistics_desk import RequestLine, RequestPage, StatisticsDesk
from sharing.school_year import academic_year, in_words

YEARS_BACK = 3


class CannotAsk(CannotDo):
    """Statistics cannot be asked for in this way."""


def show_statistics_desk(asker: Asker, *, number: int = 1) -> StatisticsDesk:
    """The requests, newest first, and the years that can be asked for."""
    with at_the_desk(asker, "show_statistics_desk") as here:
        requests = page_of(StatisticsRequest.objects.order_by("-pk"), number, _line)
        found = StatisticsDesk(requests, _years(), here.why_anywhere())
        here.showed(requests=len(requests.rows))
        return found


def show_statistics_request(asker: Asker, number: int) -> RequestPage:
    """One request: how far it is, or what came of it."""
    with at_the_desk(asker, "show_statistics_request") as here:
        found = the_one(StatisticsRequest.objects.filter(pk=number))
        here.showed(request=found.pk)
        return RequestPage(_line(found), here.why_anywhere())


def ask_for_statistics(asker: Asker, *, year: int, because: str = "", coarsen: bool = False) -> tuple[int, bool]:
    """Ask the worker for a school year's open statistics. Returns the request's id, and whether it says this.

    If a request for the year already waits, that one is returned, so that a double click makes one. Raises CannotAsk
    for a year that has not begun to be counted, and for a new version without a reason.
    """
    with at_the_desk(asker, "ask_for_statistics") as here:
        version = {of: newest for of, _, newest in _years()}.get(year)
        if version is None:
            raise CannotAsk("Choose one of these school years.", "year")
        if version and not because.strip():
            raise CannotAsk(f"There is already a version {version}. Say why there is a new one.", "because")
        asked = StatisticsRequest(
            academic_year=year, because=because.strip(), coarsen=coarsen, asked_by=asker.name,
            asked_by_id=asker.person_id,
        )  # fmt: skip
        StatisticsRequest.objects.bulk_create([asked], ignore_conflicts=True)
        waits = StatisticsRequest.objects.filter(academic_year=year).latest("pk")
        if waits.asked_at == asked.asked_at:
            here.changed(request=waits.pk, year=year, because=because.strip(), coarsen=coarsen)
        else:  # another waits already, for its own reason
            here.showed(request=waits.pk, year=year)
        return waits.pk, (waits.because, waits.coarsen) == (asked.because, asked.coarsen)


def _years() -> tuple[tuple[int, str, int], ...]:
    today = timezone.localdate()
    this_year = academic_year(today)
    versions = dict(
        Release.objects.filter(dataset__slug=OPEN_STATISTICS).values_list("academic_year").annotate(Max("version"))
    )
    asked = range(this_year, this_year - YEARS_BACK - 1, -1)
    return tuple((year, in_words(year), versions.get(year, 0)) for year in asked if _is_counted(year))


def _is_counted(year: int) -> bool:
    try:
        days_of("roll", year, timezone.localdate())
    except CannotPrepare:
        return False
    return True


def _line(request: StatisticsRequest) -> RequestLine:
    return RequestLine(
        id=request.pk,
        year=in_words(request.academic_year),
        because=request.because,
        coarsen=request.coarsen,
        state=request.state,
        state_words=request.get_state_display(),
        progress=request.progress,
        said=request.said,
        asked_at=request.asked_at,
        asked_by=request.asked_by,
        finished_at=request.finished_at,
        release=request.release_id,
    )
