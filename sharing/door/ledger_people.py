"""Whose records were seen or taken away: the people whom rows of the ledger are about (R43).

After a breach the law gives 72 hours to say whom it is about: a lost file, or a password in other hands.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sharing.authorise import Asker, Permission, Visit, visit
from sharing.door.ledger import EVERYTHING, LOOKED_THROUGH_OF_ONE, matching, narrowed
from sharing.door.paging import slice_of
from sharing.models import Download, LedgerEntry, Pupil, StaffMember
from sharing.models.ledger import LedgerQuerySet
from sharing.models.plain import in_order_of
from sharing.records.ledger import LedgerFilter, PeopleSeen, PersonSeen

MOST_ROWS = 1000
A_MINUTE = timedelta(minutes=1)


def list_people_in_ledger(
    asker: Asker,
    urn: int,
    *,
    only: LedgerFilter = EVERYTHING,
    row: int | None = None,
    download: int | None = None,
    number: int = 1,
) -> PeopleSeen:
    """Whose records are in one row, in one download, or in the rows that match: children, then staff, by name.

    Only those whose record the asker sees today are named. All others are counted together.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="list_people_in_ledger") as here:
        rows = LedgerEntry.objects.at(urn).told_to_heads()
        since = None
        if row:
            rows = rows.filter(pk=row)
        elif download:
            rows = _of_download(here, rows, download)
        else:
            rows, since = _chosen(asker, rows, only)
        facts = rows.of_people().newest_first().values_list("at", "about", "person_id", "person_name")
        found = list(facts[: MOST_ROWS + 1])
        read, people = found[:MOST_ROWS], {one[2:] for one in found[:MOST_ROWS]}
        pupils, staff = (_times(about.get(whose) for _, about, *_ in read) for whose in ("pupils", "staff"))
        children = Pupil.objects.of(here.establishment.pk).visible_on(here.today).numbered(pupils).by_name()
        members = StaffMember.objects.of(here.establishment.pk).in_post_on(here.today).filter(pk__in=staff)
        named = (
            *_named(children.values_list("pk", "forename", "surname"), pupils, is_staff=False),
            *_named(members.order_by(*in_order_of("surname", "forename"), "pk").values_list(
                "pk", "forename", "surname"), staff, is_staff=True),
        )  # fmt: skip
        page = slice_of(named, number)
        here.showed(
            pupils=[one.id for one in page if not one.is_staff], staff=[one.id for one in page if one.is_staff],
            of=page.total, rows=len(read),
        )  # fmt: skip
        return PeopleSeen(
            here.here,
            page,
            len(pupils) + len(staff) - page.total,
            len(read),
            read[-1][0] if len(found) > MOST_ROWS else since,
            next(iter(people))[1] if len(people) == 1 else "",
            only,
            f"D-{download}" if download and not row else "",
            here.why,
        )


def _of_download(here: Visit, rows: LedgerQuerySet, download: int) -> LedgerQuerySet:
    """The rows of the file. None is older than the moment at which it was asked for."""
    asked = Download.objects.filter(pk=download, establishment=here.establishment).values_list("asked_at", flat=True)
    if (at := asked.first()) is None:
        return rows.none()
    return rows.since(at - A_MINUTE).filter(about__download=download)


def _chosen(asker: Asker, rows: LedgerQuerySet, only: LedgerFilter) -> tuple[LedgerQuerySet, datetime | None]:
    """Those that the filter of the ledger's own page leaves, of the last 180 days before the newest of them; and since
    when that is, where there are older rows.
    """
    rows = narrowed(rows, only)
    newest = rows.newest_first().values_list("at", flat=True).first()
    if newest is None:
        return rows.none(), None
    since = newest - LOOKED_THROUGH_OF_ONE
    return matching(asker, rows, only).since(since), since if rows.before(since).exists() else None


def _times(ids: Iterable[Any]) -> Counter[UUID]:
    """Record -> in how many rows it is. A row may also say a number only."""
    return Counter(UUID(one) for of_a_row in ids if isinstance(of_a_row, list) for one in set(of_a_row))


def _named(people: Iterable[tuple[UUID, str, str]], times: Counter[UUID], *, is_staff: bool) -> Iterable[PersonSeen]:
    for pk, forename, surname in people:
        yield PersonSeen(pk, f"{surname}, {forename}", is_staff, times[pk])
