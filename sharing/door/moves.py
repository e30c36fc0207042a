"""Who came, who goes, and whom no school has: joiners and leavers, and children missing education (R5, R8, R9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from sharing import codes
from sharing.authorise import Asker, Permission, Visit, visit
from sharing.dates import covers
from sharing.door.paging import page_of
from sharing.door.pupils import pupils_here
from sharing.door.transfers import duties, named_as_today
from sharing.models import Enrolment, Pupil, Transfer
from sharing.models.plain import Plain, in_order_of
from sharing.models.pupils import EnrolmentQuerySet
from sharing.narrowing import in_words, leaving_reason_in_words
from sharing.records import PAGE_SIZE, Page
from sharing.records.transfers import MissingChild, MissingList, Move, MovesPage
from sharing.school_year import academic_year
from sharing.statements import rows_of

# It reads every enrolment of the community: a second in the largest authorities, several while everybody works.
_MISSING = """
    SET LOCAL statement_timeout = '10s';
    SELECT missing.id, forename, surname, born_on, sex, year_group, place.urn, place.name, last_day,
           leaving_reason, destination, count(*) OVER ()
    FROM sharing_missing_children() AS missing JOIN sharing_establishment AS place ON place.id = establishment_id
    OFFSET %s LIMIT %s
"""


def show_moves(asker: Asker, urn: int, *, since: date | None = None, number: int = 1) -> MovesPage:
    """Who came since a day (`_begun` by default), who is coming, and who is going to leave.

    Those who have left are only counted: their names are no longer the establishment's to see (R8), except where their
    transfer file still has to be sent.
    """
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_moves") as here:
        moves = moves_here(here, since)
        joined = page_of(moves.joined, number, joiner)
        shown = {move.child for move in (*joined, *moves.to_leave, *moves.coming, *moves.in_grace)}
        here.showed(pupils=sorted(shown, key=str))
        return MovesPage(
            here.here,
            moves.since,
            joined,
            moves.coming,
            moves.to_leave,
            moves.in_grace,
            None if here.narrowing.year_groups else _left(moves.stays, moves.since, here.today),
            in_words(here.narrowing.year_groups, here.narrowing.withheld),
            here.why,
        )


@dataclass(frozen=True)
class MovesHere:
    """Who came since a day, as enrolments; who is coming, is leaving, or is still seen for the transfer file.

    `stays`: all enrolments.
    """

    since: date
    stays: QuerySet[Enrolment]
    joined: QuerySet[Enrolment]
    coming: tuple[Move, ...]
    to_leave: tuple[Move, ...]
    in_grace: tuple[Move, ...]


def moves_here(here: Visit, since: date | None) -> MovesHere:
    """The moves of the children whom the asker sees."""
    since = min(since or _begun(here), here.today)
    seen = pupils_here(here)
    stays = Enrolment.objects.filter(establishment=here.establishment.pk, cancelled_at=None)
    mine = stays.filter(pupil__in=seen).select_related("pupil")
    here_now = mine.filter(covers(here.today))
    moves = Transfer.objects.select_related("establishment", "from_establishment").by_day()
    return MovesHere(
        since,
        stays,
        joined=here_now.filter(_joined(since)).order_by(Coalesce("here_since", "starts_on").desc(), *_BY_NAME),
        coming=tuple(
            Move(row.pupil_id, _name(row), _year(row), row.expected_on, row.sender)
            for row in named_as_today(
                moves.coming_to([here.establishment.pk]).filter(pupil__in=seen).agreed(here.today),
                here.establishment.pk,
            )
            if row.pupil_id
        ),
        to_leave=tuple(
            _leaver(stay, here.narrowing.withheld)
            for stay in here_now.exclude(ends_on=None).order_by("ends_on", *_BY_NAME)
        ),
        in_grace=(*_in_grace(here, moves, seen), *_in_grace_outside(here, mine)),
    )


def count_moves(here: Visit) -> tuple[int, int, int | None, date]:
    """Children on roll today, how many of them came since a day (`_begun`), how many have left since, and that day.

    Only children whom the asker sees. Leavers are counted for all year groups or not at all (None), as on the page.
    """
    since, years = _begun(here), here.narrowing.year_groups
    stays = Enrolment.objects.filter(establishment=here.establishment.pk, cancelled_at=None)
    mine = Q(pupil__in=pupils_here(here)) & covers(here.today)
    counted = stays.aggregate(
        on_roll=Count("pupil", distinct=True, filter=mine),
        joined=Count("pk", filter=mine & _joined(since)),
        left=Count("pupil", distinct=True, filter=_has_left(stays, since, here.today)),
    )
    return counted["on_roll"], counted["joined"], None if years else counted["left"], since


def _joined(since: date) -> Q:
    """Enrolments of children who came since then, without those who were here already under an earlier URN."""
    return Q(starts_on__gte=since) & (Q(here_since=None) | Q(here_since__gte=since))


def list_missing(asker: Asker, *, number: int = 1) -> MissingList:
    """Children of compulsory school age who are on no roll today and whom no transfer awaits, the latest first.

    Only within an officer's duties for pupils at the last establishment (R9); the database itself sets that limit.
    """
    with visit(asker, Permission.VIEW_PUPILS, action="list_missing") as here:
        mine = duties(here)
        rows = _missing(number)
        if not rows and number > 1:
            number, rows = 1, _missing(1)
        here.showed(pupils=[row[0] for row in rows], of=rows[0][-1] if rows else 0)
        children = tuple(
            MissingChild(
                forename, surname, born_on, sex, year, urn, place, last_day,
                codes.LEAVING_REASON.get(reason, reason), destination,
            )
            for _, forename, surname, born_on, sex, year, urn, place, last_day, reason, destination, _ in rows
        )  # fmt: skip
        may_tell = bool(here.holdings.at(Permission.KEEP_RECORDS) & mine)
        page = Page(children, number, rows[0][-1] if rows else 0)
        return MissingList(page, may_tell, here.why_anywhere())


OUTSIDE = "A school outside the community"
_BY_NAME: tuple[str | Plain, ...] = (*in_order_of("pupil__surname", "pupil__forename"), "pk")


def _missing(number: int) -> list[tuple[Any, ...]]:
    return rows_of(_MISSING, (number - 1) * PAGE_SIZE, PAGE_SIZE)


def _begun(here: Visit) -> date:
    """The first day of the school year, or the day after a school opened, if that was later.

    A school may have opened under a new URN: the children it opened with did not join it.
    """
    first = date(academic_year(here.today), 9, 1)
    opened = here.establishment.open_date
    return opened + timedelta(days=1) if opened and first <= opened < here.today else first


def _left(stays: Any, since: date, today: date) -> int:
    """How many children had their last day on roll on or after `since`, and are not on roll today."""
    return stays.filter(_has_left(stays, since, today)).values("pupil").distinct().count()


def _has_left(stays: Any, since: date, today: date) -> Q:
    again = stays.filter(covers(today), pupil=OuterRef("pupil"))
    return Q(~Exists(again), ends_on__gte=since, ends_on__lt=today)


def _in_grace(here: Visit, moves: Any, seen: Any) -> tuple[Move, ...]:
    """Those who have left and whose file must be sent: seen until a certain day, and then no more (R8)."""
    on_roll = Enrolment.objects.filter(covers(here.today), cancelled_at=None, pupil=OuterRef("leaving"))
    found = moves.leaving_from([here.establishment.pk]).filter(leaving__in=seen).file_to_send(here.today)
    return tuple(
        Move(row.leaving_id, _name(row), _year(row), row.sender_keeps_until, row.establishment.name)
        for row in named_as_today(found.filter(~Exists(on_roll)), here.establishment.pk)
        if row.leaving_id and row.sender_keeps_until
    )


def _in_grace_outside(here: Visit, mine: EnrolmentQuerySet) -> tuple[Move, ...]:
    """The same, for a school outside the community."""
    found = mine.file_to_send(here.today).order_by("file_until", *_BY_NAME)
    return tuple(
        Move(stay.pupil_id, _name(stay.pupil), _year(stay.pupil), stay.file_until, stay.destination or OUTSIDE)
        for stay in found
        if stay.file_until
    )


def joiner(stay: Enrolment) -> Move:
    came_on = stay.here_since or stay.starts_on
    return Move(stay.pupil_id, _name(stay.pupil), _year(stay.pupil), came_on, stay.get_kind_display())


def _leaver(stay: Enrolment, withheld: Collection[str]) -> Move:
    reason = leaving_reason_in_words(stay.leaving_reason, withheld)
    words = ". ".join(filter(None, (reason, stay.destination))) or "No reason given"
    assert stay.ends_on is not None
    return Move(stay.pupil_id, _name(stay.pupil), _year(stay.pupil), stay.ends_on, words)


def _name(row: Pupil | Transfer) -> str:
    return f"{row.forename} {row.surname}"


def _year(row: Pupil | Transfer) -> str:
    return codes.NC_YEARS.get(row.year_group, row.year_group)
