"""Unusual patterns in the ledger (R43, P17), which the head of the establishment, or the information manager on EduNet,
explains or refers. Those of officers and heads are for the information manager only, and nobody judges their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from sharing import audience
from sharing.authorise import Asker, NotAtYourLevel, Permission, Through, Visit, the_one, visit
from sharing.authorise.visits import NEEDED_ON_EDUNET
from sharing.crypto import encrypt
from sharing.door.managing import looks_after, managing
from sharing.door.paging import page_of
from sharing.door.restricted import heads
from sharing.models import UnusualPattern
from sharing.models.unusual import UnusualPatternQuerySet
from sharing.records.unusual import PatternLine, PatternList, PatternPage
from sharing.statements import value_of
from sharing.unusual.rules import COUNTED, INNOCENT, Kind

FOR_THE_HEAD = "The head of the establishment looks at unusual patterns."


class AlreadyLookedAt(Exception):
    """Somebody else has explained or referred the pattern first: nothing was changed."""


def list_patterns(asker: Asker, urn: int, *, number: int = 1) -> PatternList:
    """The patterns of an establishment, waiting ones first. Raises NotAtYourLevel for anybody but its head."""
    with visit(asker, looks_after(asker), urn, action="list_patterns") as here:
        as_head = audience.asked("portal_heads") if asker.through == Through.SCHOOLS_ONLINE else set()
        if asker.through == Through.SCHOOLS_ONLINE and here.establishment.pk not in as_head:
            raise NotAtYourLevel(f"Your access here: {here.reason}. {FOR_THE_HEAD}")
        page = page_of(_judged(here, as_head).filter(establishment=here.establishment).waiting_first(), number, _line)
        here.showed(patterns=[line.id for line in page])
        return PatternList(here.here, page, here.why)


def list_all_patterns(asker: Asker, *, number: int = 1) -> PatternList:
    """The patterns of all establishments and of none, including officers', for the information manager."""
    with managing(asker, "list_all_patterns", needed=NEEDED_ON_EDUNET[Permission.MANAGE_DUTIES]) as here:
        page = page_of(_judged(here, set()).waiting_first(), number, _line)
        here.showed(patterns=[line.id for line in page])
        return PatternList(None, page, here.why_anywhere())


def show_pattern(asker: Asker, pattern_id: int) -> PatternPage:
    """One pattern. Raises NoSuchRecord (404) for anybody who does not judge it."""
    with _at(asker, pattern_id, "show_pattern") as (here, pattern):
        here.showed(pattern=pattern.pk)
        return PatternPage(
            _line(pattern),
            raised_at=pattern.raised_at,
            usual=pattern.usual,
            reason=str(pattern.reason or ""),
            settled_by=pattern.settled_by_name,
            settled_at=pattern.settled_at,
            why=here.why,
        )


def explain_pattern(asker: Asker, pattern_id: int, *, reason: str) -> None:
    """Accept that there is a good reason, and keep it. Raises AlreadyLookedAt."""
    _settle(asker, pattern_id, "explain_pattern", UnusualPattern.State.EXPLAINED, reason)


def refer_pattern(asker: Asker, pattern_id: int, *, reason: str) -> None:
    """Refer it to be looked into as a possible breach (P17), which the state then says. Raises AlreadyLookedAt.

    The same words sent twice count once (a double click).
    """
    _settle(asker, pattern_id, "refer_pattern", UnusualPattern.State.REFERRED, reason)


def _settle(asker: Asker, pattern_id: int, action: str, step: str, reason: str) -> None:
    with _at(asker, pattern_id, action) as (here, pattern):
        sealed = encrypt(reason, column="sharing_unusualpattern.reason")
        is_settled = value_of("SELECT sharing_settle_pattern(%s, %s, %s, %s)", pattern.pk, step, sealed, asker.name)
        if is_settled:
            here.changed(pattern=pattern.pk)
        else:
            here.showed(pattern=pattern.pk)
            pattern.refresh_from_db()
            said = pattern.state, pattern.settled_by_id, str(pattern.reason)
            is_settled = said == (step, asker.person_id, reason)
    if not is_settled:
        raise AlreadyLookedAt


@contextmanager
def _at(asker: Asker, pattern_id: int, action: str) -> Iterator[tuple[Visit, UnusualPattern]]:
    with visit(asker, looks_after(asker), action=action) as here:
        pattern = the_one(_judged(here, heads(here)).filter(pk=pattern_id))
        reasons = here.holdings.best(here.permission)
        if pattern.establishment:
            here.came_to(pattern.establishment, reasons.get(pattern.establishment.pk) or next(iter(reasons.values())))
        else:
            here.reason = next(iter(reasons.values()))
        yield here, pattern


def _judged(here: Visit, as_head: set[int]) -> UnusualPatternQuerySet:
    """What the asker judges, as head of these establishments: the first lock."""
    of_others = UnusualPattern.objects.select_related("establishment").of_others(here.asker.person_id)
    if here.asker.through == Through.SCHOOLS_ONLINE:
        return of_others.for_head_of(as_head)
    return of_others if here.holdings.at(Permission.MANAGE_DUTIES) else of_others.none()


def _line(pattern: UnusualPattern) -> PatternLine:
    kind = Kind(pattern.kind)
    return PatternLine(
        id=pattern.pk,
        kind=kind.label,
        counted=COUNTED[kind].format(
            number=pattern.number, at_most=pattern.at_most, leaving=settings.UNUSUAL_LEAVING_DAYS
        ),
        innocent=INNOCENT[kind],
        person=pattern.person_name,
        person_id=pattern.person_id,
        site=pattern.get_through_display(),
        urn=pattern.establishment.urn if pattern.establishment else None,
        establishment=pattern.establishment.name if pattern.establishment else "",
        day=pattern.day,
        state=pattern.get_state_display(),
        is_settled=pattern.state != UnusualPattern.State.RAISED,
    )
