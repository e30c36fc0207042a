"""Releases counted by this portal from its own pupil store (R22, R31).

`prepare` counts a dataset for an academic year and makes the next version of its release, for somebody to check and
schedule. If the figures are already those of the newest version, it makes nothing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sharing.ledger import ledger
from sharing.measures import cells, counted_attendance, counted_results, counted_roll, preparing
from sharing.measures.counted import Counted, When
from sharing.measures.preparing import CannotPrepare
from sharing.models.releases import Dataset, Release
from sharing.roles import BATCH, acting_as
from sharing.school_year import census_days, in_words

MEASURES: Final[Mapping[str, tuple[Counted, ...]]] = {
    "roll": counted_roll.MEASURES,
    "attendance": counted_attendance.ATTENDANCE,
    "suspensions": counted_attendance.SUSPENSIONS,
    "eyfsp": counted_results.EYFSP,
    "phonics": counted_results.PHONICS,
    "ks2_counts": counted_results.KS2,
    "ks4_counts": counted_results.KS4,
}
"""Dataset -> what is counted of it."""

BY_THE_PORTAL: Final = "The portal, from what schools have sent"
_OF_STAGES: Final = ("eyfsp", "phonics", "ks2_counts", "ks4_counts")
_NEVER_VALIDATED: Final = ("ks2_counts", "ks4_counts")


def prepare(
    dataset: str, academic_year: int, today: date, *, prepared_by: str = BY_THE_PORTAL, because: str = ""
) -> Release | None:
    """The next version of the dataset's release for that year, PREPARED; None if the newest version says the same.

    Raises CannotPrepare if the dataset is not counted here, or there is nothing to count.
    """
    if dataset not in MEASURES:
        raise CannotPrepare(f"“{dataset}” is not counted by the portal. Choose one of {', '.join(MEASURES)}.")
    when = days_of(dataset, academic_year, today)
    with acting_as(BATCH), ledger.written_last():
        cells.begin(when, today)
        cells.gather(when)
        cells.count(MEASURES[dataset], when)
        return store(dataset, when, prepared_by=prepared_by, because=because)


def store(dataset: str, when: When, *, prepared_by: str, because: str = "") -> Release | None:
    """Make a release from the cells; None if the newest version that was not withdrawn says the same.

    If that version is provisional and the year has now been counted in full, a new one is made, validated and with its
    own day. This is not done for stopped figures, which another manager shows again (docs/adr/0042).
    """
    if not cells.make():
        raise CannotPrepare(f"There is nothing of {in_words(when.academic_year)} to count for “{dataset}” yet.")
    # Anybody else who prepares the same dataset now waits here.
    of = Dataset.objects.select_for_update().get(slug=dataset)
    earlier = Release.objects.filter(dataset=of, academic_year=when.academic_year)
    newest = earlier.exclude(state=Release.State.WITHDRAWN).order_by("-version").first()
    is_the_same = newest is not None and cells.are_those_of(newest)
    to_be_validated = when.is_complete and newest is not None and newest.status == Release.Status.PROVISIONAL
    if newest and is_the_same and (newest.state == Release.State.STOPPED or not to_be_validated):
        return None
    why_new = (
        "The figures are the same, and are validated now."
        if is_the_same
        else "What schools have sent has changed since."
    )
    release = preparing.prepare(
        dataset,
        when.academic_year,
        status=Release.Status.VALIDATED if when.is_complete else Release.Status.PROVISIONAL,
        as_of=when.as_of,
        by=prepared_by,
        because=because or (why_new if earlier.exists() else ""),
    )
    cells.put_into(release)
    preparing.cover(release)
    return release


def days_of(dataset: str, academic_year: int, today: date) -> When:
    """The days for which a dataset of that year is counted. Raises CannotPrepare if none of them has come yet.

    The roll is that of the January census, or of the October one until January. Terms are counted by the censuses that
    ask about them. The portal's own counts of Key Stage 2 and 4 stay provisional for ever: the figures that the
    Department for Education validates are its own (docs/adr/0019).
    """
    autumn, ask = census_days(academic_year)[2], census_days(academic_year + 1)
    january = ask[0]
    counted_on = january if january <= today else autumn
    if counted_on > today:
        raise CannotPrepare(f"No census day of {in_words(academic_year)} has come yet.")
    if dataset == "roll":
        return When(academic_year, counted_on, counted_on, is_complete=counted_on == january)
    if dataset in _OF_STAGES:
        end = date(academic_year + 1, 7, 31)
        return When(academic_year, counted_on, min(end, today), end <= today and dataset not in _NEVER_VALIDATED)
    asked = [day for day in ask if day <= today]
    if not asked:
        raise CannotPrepare(f"No census has asked about a term of {in_words(academic_year)} yet.")
    return When(academic_year, counted_on, asked[-1], is_complete=len(asked) == len(ask))
