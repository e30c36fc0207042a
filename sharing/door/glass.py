"""Breaking the glass: an officer without the duty opens one child's record for safeguarding (R18, R43, P7).

The child must be named exactly, by UPN or by full name and date of birth; the answer says only that there is one. The
record opens for 24 hours, at its usual address. The information manager and the head are told at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Count
from django.utils import timezone

from sharing.authorise import (
    Asker,
    NoSuchRecord,
    Permission,
    Refusal,
    Through,
    Visit,
    the_one,
    visit,
)
from sharing.cannot import CannotDo, check_unchanged, version_of
from sharing.crypto import encrypt
from sharing.door.managing import as_officer, looks_after, managing
from sharing.door.paging import page_of
from sharing.door.pupils import standing_of
from sharing.models import Explanation, Opening, Pupil
from sharing.models.overrides import Mark, OpeningQuerySet
from sharing.models.plain import in_order_of
from sharing.models.transfers import who_have_left
from sharing.records import Page, Why
from sharing.records.overrides import (
    BrokenGlass,
    EndedOpening,
    ExplanationRecord,
    MyOpenings,
    OpenedAt,
    OpeningRecord,
    OpeningsHere,
    OpeningsToMark,
)
from sharing.signals import glass_asked, glass_broken, glass_explained
from sharing.statements import hold_lock, rows_of, value_of, values_of

NEEDED = "Breaking the glass is for officers of the Education Department, on EduNet."
KEPT_BY = "The information manager looks at records opened for safeguarding."
WHY = "Any officer may open one child's record for safeguarding. It is recorded, and others are told at once."
MOST_MISSES = 10  # within 24 hours
NO_SUCH_CHILD = "There is no such child at an establishment of the community today. Check what you typed."
NOBODY_ASKS = "Nothing was added: nobody is asking about this record any more. What you typed is still below."
TOO_OFTEN = (
    "You have named 10 children in a day who are not there, so the portal does not look for anybody by name. Use the "
    "UPN, or ask the information manager."
)
USE_THE_UPN = "You have named 10 children in one day who are not there, so you cannot search by name. Use the UPN."
MARKED_MEANWHILE = (
    "Nothing was changed: while you had the page open, somebody marked this opening, or the officer explained it. Look "
    "at it again below."
)
_breaking = partial(as_officer, permission=Permission.VIEW_PUPILS, needed=NEEDED)


class TriedTooOften(CannotDo):
    """Too many children not found by name and date of birth within a day: the date could be tried out."""


class CannotOpen(CannotDo, Refusal):
    """No child matches, or more than one: nothing was opened, and the ledger records that."""


class NobodyAsks(CannotDo):
    """Nobody is asking about the opening any more: nothing was added."""


@dataclass(frozen=True)
class Exactly:
    """Which child is meant. `upn_key` is the blind index of a UPN; without one, the names and the day of birth."""

    upn_key: str | None = None
    forename: str = ""
    surname: str = ""
    born_on: date | None = None


def count_exactly(asker: Asker, *, child: Exactly) -> int:
    """How many children match exactly, and nothing else. A closed child is not counted.

    Raises TriedTooOften, without looking for anybody.
    """
    with _breaking(asker, "count_exactly") as here:
        number = looked_for(here, child)
    if number is None:
        raise TriedTooOften(TOO_OFTEN)
    return number


def looked_for(here: Visit, child: Exactly) -> int | None:
    """How many match, recorded in the ledger of this visit `count_exactly`, in which misses are counted (R6, R43).

    None where ten searches by name found nobody in 24 hours, wherever they were made: nobody is looked for by name.
    """
    by_name = child.upn_key is None
    too_often = by_name and has_missed_too_often()
    number = 0 if too_often else _count(child)
    here.showed(children=number, by="name" if by_name else "upn", too_often=too_often)
    return None if too_often else number


def break_glass(asker: Asker, *, child: Exactly, because: str, reason: str, head_barred: bool) -> BrokenGlass:
    """Open the record. If the officer already has it open, nothing is added and nobody is told again.

    Raises CannotOpen unless exactly one child matches.
    """
    with _breaking(asker, "break_glass") as here:
        asker.prove()
        opened = rows_of(
            "SELECT * FROM sharing_break_glass(%s, %s, %s, %s, %s, %s, %s, %s)",
            child.upn_key, child.forename, child.surname, child.born_on, Opening.Because(because).value,
            encrypt(reason, column="sharing_opening.reason"), head_barred, asker.name,
        )  # fmt: skip
        is_new: dict[int, bool] = dict(opened)
        if not is_new:
            raise CannotOpen(NO_SUCH_CHILD)
        openings = list(Opening.objects.filter(pk__in=is_new).select_related("establishment").newest_first())
        new = [opening for opening in openings if is_new[opening.pk]]
        here.tells_the_head = not any(opening.head_barred for opening in new or openings)
        manager_told = False
        if new:
            manager_told = any(one != asker.person_id for one in values_of("SELECT sharing_information_managers()"))
            here.changed(
                broken_glass=True,
                pupils=[opening.pupil_id for opening in new],
                openings=[opening.pk for opening in new],
                because=because,
                before=new[0].before,
            )
            glass_broken.send(sender=Visit, openings=new)
        else:
            here.showed(openings=list(is_new))
    records = tuple((opening.establishment.urn, opening.pupil_id) for opening in openings)
    return BrokenGlass(records, min(opening.ends_at for opening in openings), bool(new), manager_told)


def end_opening(asker: Asker, opening_id: int) -> EndedOpening:
    """Close the record early, however often it was opened: from the officer's next request on (R44).

    Returns what is needed to open it again. An opening cannot be extended: after 24 hours a new one needs its own
    reason, and people are told of it.
    """
    with _breaking(asker, "end_opening") as here:
        opening = Opening.objects.by(asker.person_id).filter(pk=opening_id).first()
        child = Pupil.objects.filter(pk=opening.pupil_id).visible_on(here.today).first() if opening else None
        if opening is None:
            raise NoSuchRecord
        say = here.changed if value_of("SELECT sharing_end_opening(%s)", opening_id) else here.showed
        say(opening=opening_id)
        why = {"because": opening.because, "reason": str(opening.reason), "head_barred": opening.head_barred}
        return EndedOpening(child.upn_index if child else "", why)


def explain_opening(asker: Asker, opening_id: int, *, text: str) -> None:
    """Record why, in the officer's words, for those who asked, and tell them. It can never be changed.

    The same words sent twice are kept once. Raises NobodyAsks.
    """
    with _breaking(asker, "explain_opening") as here:
        opening = the_one(Opening.objects.by(asker.person_id).filter(pk=opening_id))
        here.tells_the_head = not opening.head_barred
        sealed = encrypt(text, column="sharing_explanation.text")
        is_new = value_of("SELECT sharing_explain_opening(%s, %s)", opening_id, sealed)
        latest = Explanation.objects.filter(opening=opening).last()
        if is_new:
            here.changed(opening=opening_id)
            opening.refresh_from_db(fields=["manager_mark", "head_mark"])
            glass_explained.send(sender=Visit, opening=opening)
        else:
            here.showed(opening=opening_id)
    if not is_new and (latest is None or latest.text != text):
        raise NobodyAsks(NOBODY_ASKS)


def list_my_openings(asker: Asker, *, number: int = 1) -> MyOpenings:
    """The officer's own openings, newest first, with a link to each record that is still open."""
    with _breaking(asker, "list_my_openings") as here:
        rows = Opening.objects.by(asker.person_id).select_related("establishment").newest_first()
        openings = _page(rows, number, here)
        here.tells_the_head = not any(opening.head_barred for opening in openings)
        here.showed(**_for_the_ledger(openings))
        return MyOpenings(openings, Why(WHY, here.permission))


def list_openings(asker: Asker, urn: int, *, number: int = 1) -> OpeningsHere:
    """The broken glasses at an establishment, for its head unless barred, and for the information manager."""
    with visit(asker, looks_after(asker), urn, action="list_openings") as here:
        rows = Opening.objects.filter(establishment=here.establishment).select_related("establishment")
        if asker.through == Through.SCHOOLS_ONLINE:
            rows = rows.filter(head_barred=False)
        openings = _page(rows.newest_first(), number, here)
        here.tells_the_head = not any(opening.head_barred for opening in openings)
        here.showed(**_for_the_ledger(openings))
        as_head = asker.through == Through.SCHOOLS_ONLINE
        return OpeningsHere(here.here, openings, as_head, here.why)


def list_openings_to_mark(asker: Asker) -> OpeningsToMark:
    """The establishments where the information manager has openings to look at."""
    with managing(asker, "list_openings_to_mark", needed=KEPT_BY) as here:
        rows = Opening.objects.to_mark_by_manager(asker.person_id).values("establishment__urn", "establishment__name")
        counted = rows.annotate(number=Count("pk")).order_by(*in_order_of("establishment__name"), "establishment__urn")
        places = tuple(
            OpenedAt(*row) for row in counted.values_list("establishment__urn", "establishment__name", "number")
        )
        here.showed(establishments=len(places))
        return OpeningsToMark(places, here.why_anywhere())


def mark_opening(asker: Asker, urn: int, opening_id: int, *, mark: str, version: str | None = None) -> None:
    """Mark an opening as explained, or ask the officer about it, who is told: by the head or the information manager.

    Nobody marks their own. `version`: of the opening as the page showed it. Raises ChangedMeanwhile.
    """
    with visit(asker, looks_after(asker), urn, action="mark_opening") as here:
        hold_lock("sharing_mark_opening")  # so that the second of two alike finds the first, and tells nobody again
        opening = the_one(Opening.objects.filter(pk=opening_id, establishment=here.establishment))
        here.tells_the_head = not opening.head_barred
        said, by = _marked(opening, here)
        if (said, by) != (mark, asker.name):  # not sent twice
            check_unchanged(version, *_told_of(opening, here), message=MARKED_MEANWHILE)
        if not value_of("SELECT sharing_mark_opening(%s, %s, %s)", opening_id, Mark(mark).value, asker.name):
            raise NoSuchRecord
        say = here.showed if (said, by) == (mark, asker.name) else here.changed
        say(opening=opening_id, mark=mark)
        if mark == Mark.ASKED and said != Mark.ASKED:
            glass_asked.send(sender=Visit, opening=opening, by=asker.name)


def _marked(opening: Opening, here: Visit) -> tuple[str, str]:
    """(the mark, by whom) of the head or, on EduNet, of the information managers."""
    if here.asker.through == Through.EDUNET:
        return opening.manager_mark, opening.manager_mark_by
    return opening.head_mark, opening.head_mark_by


def _told_of(opening: Opening, here: Visit) -> tuple[object, ...]:
    """What whoever marks it has seen: the mark of their side, and the explanations."""
    return *_marked(opening, here), len(opening.explanations.all())


def _count(child: Exactly) -> int:
    named = child.upn_key, child.forename, child.surname, child.born_on
    return int(value_of("SELECT sharing_glass_count(%s, %s, %s, %s)", *named))


def has_missed_too_often() -> bool:
    """Whether the asker has named as many children today who are not there as are let pass."""
    return bool(value_of("SELECT sharing_glass_misses() >= %s", MOST_MISSES))


def _page(rows: OpeningQuerySet, number: int, here: Visit) -> Page[OpeningRecord]:
    """A page of openings. The child's name is for the head, and for the officer while the record is open."""
    found: Page[Opening] = page_of(rows.prefetch_related("explanations"), number, lambda row: row)
    now = timezone.now()
    at_the_school = here.asker.through == Through.SCHOOLS_ONLINE
    of_mine = set(Opening.objects.by(here.asker.person_id).open_at(now).values_list("pupil_id", flat=True))
    wanted = [opening.pupil_id for opening in found if at_the_school or opening.pupil_id in of_mine]
    rows_seen = Pupil.objects.filter(pk__in=wanted).visible_on(here.today).for_a_list(here.today)
    seen = {pupil.pk: pupil for pupil in rows_seen}
    left = who_have_left(seen.values(), here.today)
    standing = {pk: standing_of(pupil, left) for pk, pupil in seen.items()}
    names = {pk: f"{pupil.forename} {pupil.surname}" for pk, pupil in seen.items()}
    records = [
        _record(opening, names.get(opening.pupil_id, ""), standing.get(opening.pupil_id, ""), now, here)
        for opening in found
    ]
    # Where several records of one child were opened together, those of the school that the child is at now come first.
    records.sort(key=lambda one: (-one.starts_at.timestamp(), one.standing != ""))
    return Page(tuple(records), found.number, found.total)


def _for_the_ledger(openings: Iterable[OpeningRecord]) -> dict[str, Any]:
    """The openings shown, and whose records they name (R43)."""
    told = list(openings)
    return {"openings": [one.id for one in told], "pupils": [one.pupil_id for one in told if one.pupil_id]}


def _record(opening: Opening, child: str, standing: str, now: datetime, here: Visit) -> OpeningRecord:
    is_mine = opening.person_id == here.asker.person_id
    marks = (opening.manager_mark, opening.manager_mark_by), (opening.head_mark, opening.head_mark_by)
    return OpeningRecord(
        id=opening.pk,
        urn=opening.establishment.urn,
        establishment=opening.establishment.name,
        pupil_id=opening.pupil_id if child else None,
        child=child,
        standing=standing,
        person_name=opening.person_name,
        because=opening.get_because_display(),
        reason=str(opening.reason),
        head_barred=opening.head_barred,
        before=opening.before,
        starts_at=opening.starts_at,
        ends_at=opening.ended_at or opening.ends_at,
        is_open=opening.ended_at is None and opening.starts_at <= now < opening.ends_at,
        manager_mark=opening.get_manager_mark_display(),
        manager_mark_by=opening.manager_mark_by,
        head_mark=opening.get_head_mark_display(),
        head_mark_by=opening.head_mark_by,
        asked_by=tuple(name for mark, name in marks if mark == Mark.ASKED),
        explanations=tuple(ExplanationRecord(str(one.text), one.at) for one in opening.explanations.all()),
        is_mine=is_mine,
        version=version_of(*_told_of(opening, here)),
    )
