"""Who has seen our data: reading the ledger (R43), by those who keep a register and by the information manager.

Pages continue from a row and have no numbers, so that nobody counts a million rows to show fifty.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sharing import audience
from sharing.authorise import Asker, Permission, Through, Visit, the_one, visit
from sharing.authorise.visits import NEEDED_ON_EDUNET
from sharing.door.managing import looks_after, managing
from sharing.ledger.rows import WHOSE, came_of, how_many, names_of, told_of, whom
from sharing.ledger.words import WORDS, Kind, Who, words_of
from sharing.measures.history import urns_before
from sharing.models import LedgerEntry, Pupil, StaffMember
from sharing.models.ledger import LedgerQuerySet
from sharing.records import PAGE_SIZE
from sharing.records.ledger import LedgerFilter, LedgerLine, LedgerPage, Opening, OpeningsPage
from sharing.statements import rows_of, value_of

EVERYTHING = LedgerFilter()
THROUGH = {Who.SCHOOLS: Through.SCHOOLS_ONLINE, Who.OFFICERS: Through.EDUNET}
_PAST_THE_END = 2**63 - 1
# How far back one page searches where no index helps: in the whole ledger, and in that of one establishment or person.
LOOKED_THROUGH, LOOKED_THROUGH_OF_ONE = timedelta(days=14), timedelta(days=180)


def read_ledger(
    asker: Asker, urn: int, *, only: LedgerFilter = EVERYTHING, older_than: int | None = None
) -> LedgerPage:
    """Who has seen or changed what at the establishment, officers included, newest first.

    On EduNet it is for the information manager.
    """
    on_edunet = asker.through == Through.EDUNET
    with visit(asker, looks_after(asker), urn, action="read_ledger") as here:
        rows = LedgerEntry.objects.at(urn)
        told = rows if on_edunet else rows.told_to_heads()
        lines, older, since = _page(asker, told, only, older_than, LOOKED_THROUGH_OF_ONE)
        judges = on_edunet or here.establishment.pk in audience.asked("portal_heads")
        here.showed(rows=len(lines))
        return LedgerPage(here.here, lines, older, since, only, here.why, judges, urns_before(here.establishment))


def read_all_ledger(asker: Asker, *, only: LedgerFilter = EVERYTHING, older_than: int | None = None) -> LedgerPage:
    """The same for all establishments, and for what was at none of them; for the information manager."""
    with managing(asker, "read_all_ledger", needed=NEEDED_ON_EDUNET[Permission.MANAGE_DUTIES]) as here:
        period = LOOKED_THROUGH_OF_ONE if only.person else LOOKED_THROUGH
        rows = LedgerEntry.objects.all()
        if value_of("SELECT portal_reporter_is_withheld()"):
            rows = rows.without_cases_of_others(asker.person_id)
        lines, older, since = _page(asker, rows, only, older_than, period)
        here.showed(rows=len(lines))
        return LedgerPage(None, lines, older, since, only, here.why_anywhere())


def read_ledger_of_child(asker: Asker, urn: int, pupil_id: UUID, *, older_than: int | None = None) -> OpeningsPage:
    """Who has opened a child's record here, found it in a search, or taken it away in a file."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="read_ledger_of_child") as here:
        pupil = the_one(Pupil.objects.of(here.establishment.pk).visible_on(here.today).filter(pk=pupil_id))
        limits: list[str | int] = [str(pupil.pk), older_than or _PAST_THE_END, PAGE_SIZE + 1]
        rows = rows_of(
            "SELECT id, at, person_name, through, action, purpose FROM portal_openings(%s::uuid, %s, %s)", *limits
        )
        here.showed(pupils=[pupil.pk], rows=len(rows[:PAGE_SIZE]))
        return _openings(here, pupil, rows)


def read_ledger_of_member(asker: Asker, urn: int, member_id: UUID, *, older_than: int | None = None) -> OpeningsPage:
    """Who has opened the record of a member of staff here, or taken it away in a file."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="read_ledger_of_member") as here:
        member = the_one(StaffMember.objects.of(here.establishment.pk).in_post_on(here.today).filter(pk=member_id))
        entries = LedgerEntry.objects.at(urn).told_to_heads().of_the_record(member.pk)
        entries = entries.older_than(older_than or _PAST_THE_END).newest_first()
        rows = list(entries.values_list("id", "at", "person_name", "through", "action", "purpose")[: PAGE_SIZE + 1])
        here.showed(staff=[member.pk], rows=len(rows[:PAGE_SIZE]))
        return _openings(here, member, rows)


def _openings(here: Visit, whose: Pupil | StaffMember, rows: Sequence[tuple[Any, ...]]) -> OpeningsPage:
    openings = tuple(
        Opening(row, at, name, _site(through), words_of(action), purpose)
        for row, at, name, through, action, purpose in rows[:PAGE_SIZE]
    )
    older = openings[-1].id if len(rows) > PAGE_SIZE else None
    return OpeningsPage(here.here, whose.pk, f"{whose.forename} {whose.surname}", openings, older, here.why)


def _page(
    asker: Asker, rows: LedgerQuerySet, only: LedgerFilter, older_than: int | None, period: timedelta
) -> tuple[tuple[LedgerLine, ...], int | None, datetime | None]:
    """Fifty rows; the id before which the next page continues, if there are more; and how far back this page searched.

    The last is given where fewer than fifty rows of a `period` match and older rows exist.
    """
    rows = narrowed(rows, only)
    if older_than:
        rows = rows.older_than(older_than)
    found_in, since = matching(asker, rows, only), None
    if found_in is not rows and (newest := rows.newest_first().values_list("at", flat=True).first()):
        since = newest - period
        found_in = found_in.since(since)
    found = list(found_in.newest_first().defer("previous_hash", "hash")[: PAGE_SIZE + 1])
    names = names_of(found)
    lines = tuple(_line(row, names) for row in found[:PAGE_SIZE])
    if len(found) > PAGE_SIZE:
        return lines, lines[-1].id, None
    older = rows.before(since).newest_first().values_list("pk", flat=True).first() if since else None
    return (lines, older + 1, since) if older else (lines, None, None)


def narrowed(rows: LedgerQuerySet, only: LedgerFilter) -> LedgerQuerySet:
    """The rows that match those filters which an index supports."""
    if only.person:
        rows = rows.of(only.person)
    if only.first:
        rows = rows.from_day(only.first)
    return rows.until_day(only.last) if only.last else rows


def matching(asker: Asker, rows: LedgerQuerySet, only: LedgerFilter) -> LedgerQuerySet:
    """The rows that match those filters which no index supports."""
    if only.kind:
        rows = rows.of_actions(WORDS[Kind(only.kind)])
    if only.who == Who.OTHERS:
        rows = rows.not_of(asker.person_id)
    if only.who in THROUGH:
        rows = rows.through(THROUGH[Who(only.who)])
    return rows.refused() if only.refused else rows


def _line(row: LedgerEntry, names: Mapping[int, str]) -> LedgerLine:
    return LedgerLine(
        id=row.pk,
        at=row.at,
        person=row.person_name,
        person_id=row.person_id,
        site=_site(row.through),
        what=told_of(row),
        outcome=came_of(row),
        is_refusal=row.outcome == LedgerEntry.Outcome.REFUSED,
        how_many=how_many(row.about),
        named_people=row.outcome != LedgerEntry.Outcome.REFUSED and any(row.about.get(whose) for whose in WHOSE),
        whom=whom(row, names),
        purpose=row.purpose,
        urn=row.urn,
    )


def _site(through: str) -> str:
    return Through(through).label if through else ""
