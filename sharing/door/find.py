"""Finding a child at all the asker's establishments at once: by part of a name, UPN or date of birth (R5, R6, R35).

The words go to a function of the database that applies the whole filter and returns the ids of records
(sql/finding.sql), because under a policy LIKE cannot use an index. The records themselves are read under the policies,
like everything else.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sharing import codes
from sharing.authorise import Asker, NotAtYourLevel, Permission, Through, Visit, visit
from sharing.authorise.visits import NEEDED, NEEDED_ON_EDUNET
from sharing.door.pupils import standing_of
from sharing.models import Pupil
from sharing.models.plain import words_of
from sharing.models.transfers import who_have_left
from sharing.records import PAGE_SIZE, Page, Why
from sharing.records.pupils import FoundChild, FoundChildren
from sharing.statements import rows_of


@dataclass(frozen=True)
class Search:
    """What is searched for: everything given must match. `upn_key` is a UPN's blind index, never the UPN.

    `alike`: names that sound like `named`, which no UPN needs.
    """

    named: str = ""
    upn_key: str | None = None
    born_on: date | None = None
    alike: bool = False


def find_children(asker: Asker, *, search: Search, number: int = 1) -> FoundChildren:
    """The records that match at every establishment where the asker sees pupils today, by name, 50 a page.

    If no name is spelled like that, those which sound like it.

    Raises NotAtYourLevel (403) for somebody who sees pupils nowhere.
    """
    with visit(asker, Permission.VIEW_PUPILS, action="find_children") as here:
        check_that_pupils_are_seen(here)
        page = _page(here, search, number)
        if not page.total and search.named and not search.upn_key:
            search = replace(search, alike=True)
            page = _page(here, search, number)
        here.showed(pupils=[child.id for child in page], of=page.total)
        places = here.holdings.at(Permission.VIEW_PUPILS)
        return FoundChildren(
            page, search.alike, len(places), _why(here), may_break_glass=asker.through == Through.EDUNET
        )


def may_find(asker: Asker) -> Why:
    """Why the asker may search for children. Raises NotAtYourLevel (403) for somebody who sees pupils nowhere."""
    with visit(asker, Permission.VIEW_PUPILS, action="may_find") as here:
        check_that_pupils_are_seen(here)
        here.showed(pupils=[])
        return _why(here)


def check_that_pupils_are_seen(here: Visit) -> None:
    if not here.holdings.at(Permission.VIEW_PUPILS):
        needed = NEEDED_ON_EDUNET if here.asker.through == Through.EDUNET else NEEDED
        raise NotAtYourLevel(needed[Permission.VIEW_PUPILS])


def _why(here: Visit) -> Why:
    reasons = here.holdings.best(Permission.VIEW_PUPILS)
    same = set(reasons.values())
    words = same.pop() if len(same) == 1 else "Each child's page says why you may see it."
    where = f"You may see pupil information at {len(reasons)} establishment{'s' if len(reasons) > 1 else ''}."
    return Why(f"{where} {words}", here.permission)


def _page(here: Visit, search: Search, number: int) -> Page[FoundChild]:
    numbers, total = _numbers(search, number)
    if not numbers and number > 1:
        number = 1
        numbers, total = _numbers(search, number)
    if not numbers:
        return Page((), number, total)
    found = Pupil.objects.numbered(numbers).visible_on(here.today)
    rows = sorted(
        found.for_a_list(here.today).select_related("establishment"), key=lambda pupil: numbers.index(pupil.pk)
    )
    places = here.holdings.at(Permission.VIEW_PUPILS)
    left = who_have_left(rows, here.today)
    return Page(tuple(_found(pupil, left) for pupil in rows if pupil.establishment_id in places), number, total)


def _numbers(search: Search, number: int) -> tuple[list[UUID], int]:
    named, born_on = " ".join(words_of(search.named)), search.born_on
    if search.alike:
        heard = named, born_on, number, PAGE_SIZE
        rows = rows_of("SELECT pupil_id, total FROM portal_find_alike(%s, %s, %s, %s)", *heard)
    else:
        asked = named, search.upn_key, born_on, number, PAGE_SIZE
        rows = rows_of("SELECT pupil_id, total FROM portal_find_pupils(%s, %s, %s, %s, %s)", *asked)
    return [pupil_id for pupil_id, _ in rows], rows[0][1] if rows else 0


def _found(pupil: Pupil, left: Collection[UUID]) -> FoundChild:
    return FoundChild(
        urn=pupil.establishment.urn,
        establishment=pupil.establishment.name,
        id=pupil.pk,
        surname=pupil.surname,
        forename=pupil.forename,
        born_on=pupil.born_on,
        year_group=codes.NC_YEARS.get(pupil.year_group, pupil.year_group),
        standing=standing_of(pupil, left),
    )
