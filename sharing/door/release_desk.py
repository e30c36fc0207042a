"""The desk of the officers who run releases: look at what one contains, check, schedule, postpone, withdraw (R22).

The web application writes no release: each step is a function of the database (sharing/sql/releases.sql), which locks
the versions of the dataset and year. If two officers act at once, the later one finds that it has moved on.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import Count

from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Through, Visit, the_one, visit
from sharing.cannot import CannotDo
from sharing.door.paging import page_of
from sharing.door.release_returns import returns_behind
from sharing.door.statistics_preview import preview
from sharing.ledger import ledger
from sharing.measures import symbols
from sharing.measures.release_records import (
    Desk,
    DeskLine,
    DeskPage,
    MeasureContents,
    MeasureDifferences,
)
from sharing.models.releases import Measure, Release, ReleaseQuerySet
from sharing.statements import rows_of, value_of

OUT, OWN = "out", "own"
STATES = {
    Release.State.PREPARED.value: "To be checked",
    OWN: "Waiting for somebody else to check it",
    Release.State.CHECKED.value: "To be scheduled",
    Release.State.SCHEDULED.value: "Scheduled",
    OUT: "Out",
    Release.State.WITHDRAWN.value: "Withdrawn",
    Release.State.STOPPED.value: "Stopped",
}
NEEDED = "Releases are run by officers with a recorded duty to bring in data. You have none today."
MOVED_ON = "moved on"
REFUSED = {
    MOVED_ON: "This release has moved on: somebody has taken another step in the meantime. Look at it again.",
    "prepared by you": "You prepared this release. Another officer has to check it.",
    "holds what you prepared": "This version also holds figures that you prepared in an earlier one, and nobody has "
    "checked them. Let another officer check that version first, or this one.",
    "held by a newer version": "A newer version was made of this one, and holds its figures. Withdraw that one first, "
    "and bring its file in again afterwards.",
    "no figures": "This release holds no figures. Withdraw it, and prepare it again.",
    "not safe": "Somebody could be found in these numbers, or they have not been tested yet. Withdraw this release, "
    "and prepare it again.",
    "prepared beside another": "Another version has got its day, or lost it, since this one was prepared, and the two "
    "were never tried together. Withdraw this release, and prepare it again.",
    "in the past": "That time has passed, or is less than a minute away. Choose a later one.",
    "holds what is stopped": "It holds figures that were stopped. Withdraw it, and bring the file in again.",
    "newer version": "A newer version is scheduled, or has come out already. Withdraw this one.",
    "before the earlier version": "The earlier version comes out at that time or later. Choose a time after it.",
    "too late": "This release is out, or goes out within a minute. Prepare a new version instead.",
    "no reason": "Say why. It stays on record.",
}
FIELDS = {"in the past": "day", "before the earlier version": "day", "no reason": "because"}


class CannotRelease(CannotDo):
    """The step cannot be taken now. `answer` is PostgreSQL's answer, for the ledger."""

    def __init__(self, answer: str) -> None:
        super().__init__(REFUSED[answer], FIELDS.get(answer))
        self.answer = answer


def list_releases(asker: Asker, *, state: str = "", number: int = 1) -> Desk:
    """All releases, the most recently prepared first. `state` is one of STATES, or empty for all.

    Those to be checked are other people's: nobody checks what they prepared (R22).
    """
    with at_the_desk(asker, "list_releases") as here:
        me = here.asker.person_id
        found = _in_state(state, me).knowing_if_out().select_related("dataset").order_by("-prepared_at", "-pk")
        page = page_of(found, number, lambda release: _line(release, me))
        counts = _counts(me)
        here.showed(releases=len(page.rows))
        return Desk(page, tuple((key, words, counts[key]) for key, words in STATES.items()), here.why_anywhere())


def show_release(asker: Asker, release_id: int) -> DeskPage:
    """What a release contains, in numbers of figures, and what differs from the version before it."""
    with at_the_desk(asker, "show_release") as here:
        release = _find(release_id)
        earlier = _earlier(release)
        line = _line(release, asker.person_id)
        here.showed(release=release.pk)
        return DeskPage(
            release=line,
            contents=_contents(release),
            earlier_version=earlier.version if earlier else None,
            differences=_differences(release, earlier) if earlier else (),
            protected=preview(release),
            behind=returns_behind(here, release),
            versions=_versions(release, asker.person_id),
            may_check=line.state == Release.State.PREPARED,
            may_schedule=line.state == Release.State.CHECKED,
            may_postpone=line.state == Release.State.SCHEDULED,
            may_withdraw=line.state not in (OUT, Release.State.WITHDRAWN, Release.State.STOPPED),
            why=here.why_anywhere(),
        )


def check_release(asker: Asker, release_id: int) -> None:
    """Say that the figures are right; never by whoever prepared them. Raises CannotRelease."""
    _step(asker, "check_release", "SELECT portal_check_release(%s)", release_id)


def schedule_release(asker: Asker, release_id: int, *, at: datetime) -> None:
    """Let everybody see it from `at`, by the database's clock, on both sites. Raises CannotRelease."""
    _step(asker, "schedule_release", "SELECT portal_schedule_release(%s, %s)", release_id, at=at)


def postpone_release(asker: Asker, release_id: int, *, because: str) -> None:
    """Put it off, to be scheduled again. Everybody can read that, and why. Raises CannotRelease."""
    _step(asker, "postpone_release", "SELECT portal_postpone_release(%s, %s)", release_id, because=because)


def withdraw_release(asker: Asker, release_id: int, *, because: str) -> None:
    """Make sure that it never comes out. Raises CannotRelease.

    It stays on record with the reason, and in the calendar too if it was announced.
    """
    _step(asker, "withdraw_release", "SELECT portal_withdraw_release(%s, %s)", release_id, because=because)


def _step(asker: Asker, action: str, sql: str, release_id: int, **given: Any) -> None:
    try:
        with at_the_desk(asker, action) as here:
            release = _find(release_id)
            answer = value_of(sql, release.pk, *given.values())
            if answer != "done":
                raise CannotRelease(answer)
            here.changed(release=release.pk, **given)
    except CannotRelease as refused:
        ledger.refuse(asker, action=action, why=refused.answer)
        raise


@contextmanager
def at_the_desk(asker: Asker, action: str) -> Iterator[Visit]:
    """A visit by an officer who runs releases."""
    with visit(asker, Permission.KEEP_RECORDS, action=action) as here:
        if asker.through != Through.EDUNET:
            raise NoSuchRecord
        if not here.holdings.at(Permission.KEEP_RECORDS):
            raise NotAtYourLevel(NEEDED)
        yield here


def _find(release_id: int) -> Release:
    return the_one(Release.objects.knowing_if_out().select_related("dataset").filter(pk=release_id))


def _in_state(state: str, me: int) -> ReleaseQuerySet:
    if state == OUT:
        return Release.objects.out()
    if state == OWN:
        return Release.objects.filter(state=Release.State.PREPARED, prepared_by_id=me)
    if state == Release.State.PREPARED:
        return Release.objects.to_be_checked_by(me)
    if state == Release.State.SCHEDULED:
        return Release.objects.filter(state=state).exclude(pk__in=Release.objects.out().values("pk"))
    return Release.objects.filter(state=state) if state in STATES else Release.objects.all()


def _counts(me: int) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    rows = Release.objects.values_list("state", "prepared_by_id").annotate(Count("pk"))
    for state, prepared_by_id, number in rows:
        counts[_whose_turn(state, prepared_by_id, me)] += number
    counts[OUT] = Release.objects.out().count()
    counts[Release.State.SCHEDULED.value] -= counts[OUT]
    return counts


def _whose_turn(state: str, prepared_by_id: int | None, me: int) -> str:
    return OWN if state == Release.State.PREPARED and prepared_by_id == me else state


def _earlier(release: Release) -> Release | None:
    """The version that readers have before this one or, if none has a day, the newest that was prepared.

    What another person prepared in between counts as a difference too, since nobody may have checked it (R22).
    """
    versions = Release.objects.filter(dataset=release.dataset, academic_year=release.academic_year)
    before = versions.filter(version__lt=release.version).order_by("-version")
    with_a_day = before.filter(state__in=(Release.State.SCHEDULED, Release.State.STOPPED)).first()
    return with_a_day or before.exclude(state=Release.State.WITHDRAWN).first()


def _versions(release: Release, me: int) -> tuple[DeskLine, ...]:
    """The other versions of that year, newest first."""
    same = Release.objects.filter(dataset=release.dataset, academic_year=release.academic_year)
    others = same.exclude(pk=release.pk).knowing_if_out().select_related("dataset").order_by("-version")
    return tuple(_line(other, me) for other in others)


def _line(release: Release, me: int) -> DeskLine:
    state = OUT if release.is_out else _whose_turn(release.state, release.prepared_by_id, me)
    as_they_are = (
        "id", "academic_year", "version", "as_of", "because", "goes_out_at", "prepared_at", "prepared_by", "checked_at",
        "checked_by", "scheduled_at", "scheduled_by", "announced_for", "put_off_because", "withdrawn_at",
        "withdrawn_by", "withdrawn_because", "stopped_at", "stopped_by", "stopped_because",
    )  # fmt: skip
    return DeskLine(
        **{name: getattr(release, name) for name in as_they_are},
        dataset=release.dataset.name,
        dataset_slug=release.dataset.slug,
        owner=release.dataset.owner,
        source=release.dataset.source,
        status=release.get_status_display(),
        state=state,
        state_words=STATES[state],
    )


def _measures() -> dict[int, Measure]:
    return Measure.objects.in_bulk()


def _contents(release: Release) -> tuple[MeasureContents, ...]:
    measures = _measures()
    told = rows_of("SELECT * FROM portal_release_contents(%s)", release.pk)
    rows = sorted(told, key=lambda row: measures[row[0]].place)
    return tuple(
        MeasureContents(
            measure=measures[measure].name,
            establishments=establishments,
            areas=areas,
            figures=figures,
            numbers=numbers,
            small=small,
            symbols=tuple(
                (symbol, symbols.in_words(symbol), times) for symbol, times in sorted(json.loads(used).items())
            ),
        )
        for measure, establishments, areas, figures, numbers, small, used in rows
    )


def _differences(release: Release, earlier: Release) -> tuple[MeasureDifferences, ...]:
    measures = _measures()
    told = rows_of("SELECT * FROM portal_release_differences(%s, %s)", release.pk, earlier.pk)
    rows = sorted(told, key=lambda row: measures[row[0]].place)
    return tuple(
        MeasureDifferences(measures[measure].name, added, gone, differ, tuple(biggest or ()))
        for measure, added, gone, differ, biggest in rows
    )
