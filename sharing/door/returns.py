"""Statutory returns (R23): what an establishment has sent, confirming it as complete, and who is late."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.db.models import Count, Q
from django.template.defaultfilters import pluralize
from django.utils.timezone import localdate

from sharing.authorise import Asker, NoSuchRecord, Permission, Through, Visit, visit
from sharing.cannot import ChangedMeanwhile, version_of
from sharing.days import day_in_words
from sharing.door.paging import slice_of
from sharing.models import Challenge, Establishment, ReturnConfirmation
from sharing.models.plain import in_order_of
from sharing.records import ToDo, Why
from sharing.records.accuracy import AccuracyDesk, DeskLine, LateReturn, NextReturn, ReturnLine, ReturnList
from sharing.returns import (
    BROUGHT_BY,
    CENSUS,
    WORKFORCE,
    Expected,
    Status,
    are_expected_of,
    expected,
    next_expected,
    reference_days,
    status,
)

Came = dict[tuple[int, str], dict[date, datetime | None]]  # and when the last file of that day was applied
Confirmed = dict[tuple[int, str, date], tuple[str, datetime]]
TookPart = set[tuple[int, date]]  # establishment, reference day
_KNOWN = """
    SELECT establishment_id, kind, as_of, 'file', '', finished_at FROM sharing_import
    WHERE state = 'applied' AND kind = ANY (%(kinds)s) AND as_of IS NOT NULL AND establishment_id IS NOT NULL
      AND (%(places)s::bigint[] IS NULL OR establishment_id = ANY (%(places)s))
    UNION ALL
    SELECT establishment_id, kind, as_of, 'record', '', NULL
    FROM sharing_record_days(%(place)s, %(census)s, %(workforce)s)
    UNION ALL
    SELECT establishment_id, kind, reference_day, 'confirmation', confirmed_by_name, confirmed_at
    FROM sharing_returnconfirmation WHERE %(places)s::bigint[] IS NULL OR establishment_id = ANY (%(places)s)
    UNION ALL
    SELECT establishment_id, '', day, 'part', '', NULL
    FROM sharing_participation JOIN unnest(%(census)s || %(workforce)s) AS day
      ON daterange(starts_on, ends_on, '[]') @> day
    WHERE %(places)s::bigint[] IS NULL OR establishment_id = ANY (%(places)s)
"""
OF_WHOM = ("id", "urn", "name", "kind", "open_date", "close_date")  # of an establishment, to tell what it owes
BROUGHT_ANEW = (
    "Nothing was confirmed: a file with other figures was applied after you had opened this page. Look at what it "
    "brought, then confirm."
)


def show_returns(asker: Asker, urn: int) -> ReturnList:
    """The returns of the last twelve months, and what has become of each."""
    with visit(asker, Permission.KEEP_RECORDS, urn, action="show_returns") as here:
        lines = tuple(_lines_here(here))
        here.showed(returns=len(lines))
        can_confirm = asker.through == Through.SCHOOLS_ONLINE
        return ReturnList(here.here, lines, _coming(here), can_confirm, here.why)


def confirm_return(asker: Asker, urn: int, *, kind: str, reference_day: date, version: str | None = None) -> None:
    """Confirm, as Level 1, that the return is complete. Twice is the same as once.

    `version`: of the line that the page showed. Raises ChangedMeanwhile where a file of that return has been applied
    since, and NoSuchRecord for a return that has not arrived.
    """
    with visit(asker, Permission.KEEP_RECORDS, urn, action="confirm_return") as here:
        line = next((one for one in _lines_here(here) if (one.kind, one.reference_day) == (kind, reference_day)), None)
        if line is None or not (line.can_confirm or line.confirmed_on):
            raise NoSuchRecord
        if line.can_confirm and version not in (None, line.version):
            raise ChangedMeanwhile(BROUGHT_ANEW, line.version)
        _, is_new = ReturnConfirmation.objects.get_or_create(
            establishment=here.establishment, kind=kind, reference_day=reference_day,
            defaults={"confirmed_by_id": asker.person_id, "confirmed_by_name": asker.name},
        )  # fmt: skip
        say = here.changed if is_new else here.showed
        say(returns=[f"{kind} {reference_day}"])


def waiting_returns(here: Visit, places: Collection[Establishment]) -> dict[int, tuple[ToDo, ...]]:
    """Establishment -> its returns that are late, expected next, or still to be confirmed by it (R23), in one sentence.

    Those of `places` where the asker keeps no records are left out.
    """
    kept = [place for place in places if here.holdings.holds(Permission.KEEP_RECORDS, place.pk)]
    if not kept:
        return {}
    known = Known.of([place.pk for place in kept], here.today)
    return {place.pk: _to_do(list(_lines(here, place, known))) for place in kept}


def _to_do(lines: list[ReturnLine]) -> tuple[ToDo, ...]:
    late = [line for line in lines if line.is_late]
    awaited = [line for line in lines if line.state == Status.AWAITED]
    to_confirm = sum(line.can_confirm for line in lines)
    parts = (
        f"{len(late)} return{pluralize(len(late))} late" if late else "",
        f"{awaited[-1].kind_name} due by {day_in_words(awaited[-1].due_on)}" if awaited else "",
        f"{to_confirm} return{pluralize(to_confirm)} to confirm as complete" if to_confirm else "",
    )
    words = ", ".join(filter(None, parts))
    by = min((line.due_on for line in (*late, *awaited)), default=date.max)
    return (ToDo(words, "returns", bool(late), by=by),) if words else ()


def show_accuracy_desk(asker: Asker, *, number: int = 1) -> AccuracyDesk:
    """Late returns and waiting challenges by establishment, for officers who keep records. No values, no outcomes."""
    with visit(asker, Permission.KEEP_RECORDS, action="show_accuracy_desk") as here:
        kept = here.establishments_with(Permission.KEEP_RECORDS).in_our_time().exclude(kind="").by_name()
        places = list(kept.only(*OF_WHOM))
        late = tuple(_late(places, Known.of_all(here.today)))
        mine = Challenge.objects.waiting().filter(assigned_to=Challenge.Desk.DATA_TEAM, establishment__in=kept)
        overdue = Count("pk", filter=Q(due_on__lt=here.today))
        waiting = mine.values("establishment__urn", "establishment__name").annotate(
            waiting=Count("pk"), overdue=overdue
        )
        challenges = tuple(
            DeskLine(row["establishment__urn"], row["establishment__name"], row["waiting"], row["overdue"])
            for row in waiting.order_by(*in_order_of("establishment__name"), "establishment__urn")
        )
        here.showed(establishments=len(places))
        reasons = here.holdings.best(Permission.KEEP_RECORDS)
        reason = next(iter(reasons.values()), "You do not keep any records today.")
        return AccuracyDesk(slice_of(late, number), challenges, len(places), Why(reason, here.permission))


@dataclass(frozen=True)
class Known:
    """What is known of returns: what has arrived, who has confirmed it, and who took part on which reference day."""

    came: Came
    confirmed: Confirmed
    took_part: TookPart
    today: date

    @cached_property
    def wanted(self) -> tuple[Expected, ...]:
        """The returns of the last twelve months, which are the same for everybody."""
        return expected(self.today)

    @classmethod
    def of_all(cls, today: date) -> "Known":
        """Of all establishments that the asker may see."""
        return cls.of(None, today)

    @classmethod
    def of(cls, establishments: list[int] | None, today: date) -> "Known":
        """Of these establishments, or of all (None), in one query for what matters today.

        Something of a return is here by the files applied, and by the days of the records, which a file of the whole
        authority may have brought.
        """
        one = establishments[0] if establishments and len(establishments) == 1 else None
        days = {kind.value: reference_days(kind, today) for kind in (CENSUS, WORKFORCE)}
        known = cls(defaultdict(dict), {}, set(), today)
        told = {"place": one, "places": establishments, "kinds": list(BROUGHT_BY), **days}
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, told)
            for place, kind, day, told_by, name, at in cursor.fetchall():
                if told_by == "confirmation":
                    known.confirmed[place, kind, day] = (name, at)
                elif told_by == "part":
                    known.took_part.add((place, day))
                elif told_by == "file":
                    applied = known.came[place, BROUGHT_BY[kind].value]
                    applied[day] = max(filter(None, (applied.get(day), at)), default=None)
                else:
                    known.came[place, kind].setdefault(day, None)
        return known

    def status_at(self, place: Establishment, wanted: Expected) -> Status | None:
        """What has become of the return; None for an establishment that does not send it."""
        day = wanted.reference_day
        if not are_expected_of(place, day):
            return None
        is_confirmed, took_part = (place.pk, wanted.kind, day) in self.confirmed, (place.pk, day) in self.took_part
        return status(wanted, self.came[place.pk, wanted.kind], is_confirmed, took_part, self.today)

    def late_at(self, place: Establishment) -> list[Expected]:
        """The establishment's returns that should have arrived by now."""
        return [wanted for wanted in self.wanted if self.status_at(place, wanted) == Status.LATE]


def _coming(here: Visit) -> NextReturn | None:
    wanted = next_expected(here.today)
    if not are_expected_of(here.establishment, wanted.reference_day):
        return None
    return NextReturn(wanted.kind.label, wanted.reference_day, wanted.due_on)


def _lines_here(here: Visit) -> Iterable[ReturnLine]:
    return _lines(here, here.establishment, Known.of([here.establishment.pk], here.today))


def _lines(here: Visit, place: Establishment, known: Known) -> Iterable[ReturnLine]:
    for wanted in known.wanted:
        has_become = known.status_at(place, wanted)
        if has_become is None:
            continue
        by, at = known.confirmed.get((place.pk, wanted.kind, wanted.reference_day), ("", None))
        applied = known.came[place.pk, wanted.kind].get(wanted.reference_day)
        yield ReturnLine(
            kind=wanted.kind.value,
            kind_name=wanted.kind.label,
            reference_day=wanted.reference_day,
            due_on=wanted.due_on,
            state=has_become.value,
            is_late=has_become == Status.LATE,
            is_awaited=has_become in (Status.LATE, Status.AWAITED),
            can_confirm=has_become == Status.COME and here.asker.through == Through.SCHOOLS_ONLINE,
            confirmed_by=by,
            confirmed_on=localdate(at) if at else None,
            applied_after=localdate(applied) if applied and at and applied > at else None,
            version=version_of(applied),
        )


def _late(places: Iterable[Establishment], known: Known) -> Iterable[LateReturn]:
    for place in places:
        for wanted in known.late_at(place):
            yield LateReturn(place.urn, place.name, wanted.kind.label, wanted.reference_day, wanted.due_on)
