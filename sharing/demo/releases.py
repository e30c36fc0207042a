"""Releases of the demonstration: years that are out, one still to come out, and one that waits to be checked.

The last school year's figures are counted from the demonstration's children. For earlier years, whose children have
left, they are invented. A release that already exists stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from sharing.demo.comparators import comparators
from sharing.demo.past_measures import past
from sharing.measures import cells, computed
from sharing.measures.counted import When
from sharing.measures.preparing import CannotPrepare
from sharing.models import Establishment
from sharing.models.releases import Dataset, Figure, Measure, Release
from sharing.roles import BATCH, acting_as
from sharing.school_year import THURSDAY, academic_year

INVENTED = "Demonstration data"
YEARS = 4
AT_HALF_PAST_NINE = time(9, 30)
CHILDREN_NEARBY = 350  # children behind a figure of an invented neighbourhood


@dataclass(frozen=True)
class _Stream:
    """When releases of a dataset come out in the calendar year in which the academic year ends.

    `newest_is_counted`: the release for the last academic year is counted from the demonstration's children.
    """

    month: int
    day: int
    newest_is_counted: bool = False


OUT = {
    "roll": _Stream(6, 11, newest_is_counted=True),
    "ks2": _Stream(9, 10),
    "phonics": _Stream(9, 24, newest_is_counted=True),
    "eyfsp": _Stream(9, 24, newest_is_counted=True),
    "ks4": _Stream(10, 16),
    "attendance": _Stream(10, 22, newest_is_counted=True),
    "suspensions": _Stream(11, 12, newest_is_counted=True),
}
COMPARATORS, DEPRIVATION = _Stream(8, 27), _Stream(3, 12)
TO_COME = "suspensions"
TO_BE_CHECKED = "roll"


def place_releases(today: date) -> int:
    """Make the missing releases, and return how many there were."""
    last = academic_year(today) - 1
    years = range(last - YEARS + 1, last + 1)
    with acting_as(BATCH):
        there = set(Release.objects.values_list("dataset__slug", "academic_year"))
        missing = [(dataset, year) for dataset in OUT for year in years if (dataset, year) not in there]
        counted = [(dataset, year) for dataset, year in missing if OUT[dataset].newest_is_counted and year == last]
        made = _invented([of for of in missing if of not in counted], today)
        for dataset, year in counted:
            release = _counted(dataset, year, today)
            if release:
                _schedule(release, _next_thursday(today) if dataset == TO_COME else _day(OUT[dataset], year))
                made += 1
        if (TO_BE_CHECKED, last + 1) not in there:
            made += _counted(TO_BE_CHECKED, last + 1, today) is not None
        made += sum(_compare(year, last - year) for year in years if ("comparators", year) not in there)
        if not any(dataset == "deprivation" for dataset, _ in there):
            made += _deprivation(last, today)
    return made


def _counted(dataset: str, year: int, today: date) -> Release | None:
    try:
        return computed.prepare(dataset, year, today)
    except CannotPrepare:
        return None


def _invented(wanted: list[tuple[str, int]], today: date) -> int:
    """Make releases of children like those on roll last school year, so that the trend leads up to what is counted."""
    this_year = academic_year(today)
    then = computed.days_of("roll", this_year - 1, today)
    if wanted:
        cells.begin(then, today)
        cells.gather(then)
    for dataset, year in wanted:
        out = _day(OUT[dataset], year)
        as_of = min(out - timedelta(days=28), today)
        cells.count(past(dataset, year, this_year - year), then)
        release = computed.store(dataset, When(year, then.counted_on, as_of, is_complete=True), prepared_by=INVENTED)
        if release:
            _schedule(release, out)
    return len(wanted)


def _compare(year: int, years_before: int) -> int:
    known = dict(Measure.objects.values_list("code", "pk"))
    out = _day(COMPARATORS, year)
    release = _release("comparators", year, out - timedelta(days=7))
    Figure.objects.bulk_create(
        Figure(release=release, measure_id=known[code], area=area, group=group, value=value)
        for code, area, group, value in comparators(year, years_before)
    )
    _schedule(release, out)
    return 1


def _deprivation(year: int, today: date) -> int:
    """Invent deprivation where each establishment is and where its pupils live: higher where more have free meals."""
    rows: list[cells.Cell] = []
    for place in Establishment.objects.of_the_community().order_by("urn"):
        rng = Random(f"deprivation {place.urn}")  # noqa: S311 - invented places, not secrets
        idaci = round(rng.uniform(0.12, 0.48), 3)
        values = {"idaci": idaci, "imd_score": round(10 + 75 * idaci + rng.uniform(-4, 4), 1)}
        if place.number_of_pupils:
            values["idaci_pupils"] = round(0.8 * idaci + 0.2 * 0.29, 3)
        for code, value in values.items():
            whole = place.number_of_pupils or 0 if code == "idaci_pupils" else CHILDREN_NEARBY
            total = Decimal(str(value)) * whole
            rows.append((code, place.pk, "total", total, whole, whole, whole, False, False))
    if not rows:
        return 0
    out = _day(DEPRIVATION, year)
    when = When(year, out, out - timedelta(days=28), is_complete=True)
    cells.begin(when, today)
    cells.lay(rows)
    release = computed.store("deprivation", when, prepared_by=INVENTED)
    if release is None:
        return 0
    _schedule(release, out)
    return 1


def _release(dataset: str, year: int, as_of: date) -> Release:
    return Release.objects.create(
        dataset=Dataset.objects.get(slug=dataset),
        academic_year=year,
        status=Release.Status.VALIDATED,
        as_of=as_of,
        prepared_by=INVENTED,
    )


def _day(stream: _Stream, year: int) -> date:
    return date(year + 1, stream.month, stream.day)


def _next_thursday(today: date) -> date:
    """The first Thursday that is at least a week away."""
    later = today + timedelta(days=7)
    return later + timedelta(days=(THURSDAY - later.weekday()) % 7)


def _schedule(release: Release, day: date) -> None:
    """Have somebody else check the release, and schedule it for half past nine on the day."""
    out = timezone.make_aware(datetime.combine(day, AT_HALF_PAST_NINE))
    checked = min(out, timezone.now()) - timedelta(days=2)
    second = f"{INVENTED}, a second person"
    release.state, release.checked_at, release.checked_by = Release.State.CHECKED, checked, second
    release.save()
    release.state, release.goes_out_at = Release.State.SCHEDULED, out
    release.scheduled_at, release.scheduled_by = checked + timedelta(days=1), second
    release.save()
