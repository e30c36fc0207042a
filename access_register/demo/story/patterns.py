"""Unusual patterns with their rows in the ledger: what they report is really done, on the day the story is told. One is
explained; the others wait for visitors."""

from contextlib import suppress
from datetime import date

from access_register.demo.story.acting import as_, person
from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.demo.places import BECKSIDE, RAVENSGILL
from sharing.models import Pupil, UnusualPattern
from sharing.roles import BATCH, acting_as

REFUSED, OFFICER, HEAD, MANAGER = "teacher-beckside", "officer-no-duty", "head-beckside", "officer-information"
BUSY = {"business-manager-beckside": BECKSIDE, "head-ravensgill": RAVENSGILL}
Kind = UnusualPattern.Kind
EXPLAINED = "She had kept an old bookmark of the list of staff, and has deleted it."
WHY = (
    ("hospital", "A ward at the infirmary has a child here and asks who the parents are."),
    ("missing", "The police ask where a child lives who was found alone in town."),
)
ANSWER = "The ward needed consent for an operation within the hour. The note of the call is with the safeguarding team."


def tell(today: date) -> None:
    refused, glass = _waiting(REFUSED, Kind.REFUSED), _waiting(OFFICER, Kind.GLASS)
    busy = [one for one in (_waiting(slug, Kind.MANY) for slug in BUSY) if one]
    if not refused or not glass or len(busy) < len(BUSY):
        return
    _is_refused(refused.number)
    for (slug, urn), pattern in zip(BUSY.items(), busy, strict=True):
        _opens(today, slug, urn, pattern.number)
    _breaks_the_glass(today)
    with acting_as(BATCH):
        UnusualPattern.objects.filter(pk__in=[one.pk for one in (refused, glass, *busy)]).update(day=today)
        UnusualPattern.objects.filter(pk=glass.pk).update(number=len(WHY))
    door.explain_pattern(as_(HEAD), refused.pk, reason=EXPLAINED)


def _waiting(slug: str, kind: str) -> UnusualPattern | None:
    with acting_as(BATCH):
        return UnusualPattern.objects.filter(person_id=person(slug).pk, kind=kind, state="raised").first()


def _is_refused(times: int) -> None:
    for _ in range(times):
        with suppress(NotAtYourLevel):
            door.list_staff(as_(REFUSED), BECKSIDE)


def _opens(today: date, slug: str, urn: int, number: int) -> None:
    somebody = as_(slug)
    for child in _children(today, urn)[:number]:
        door.show_pupil(somebody, urn, child.pk)


def _breaks_the_glass(today: date) -> None:
    """For two children, each until the officer has seen what they need. Both are asked about, and one is explained."""
    officer = as_(OFFICER)
    for child, (because, reason) in zip(_children(today, BECKSIDE)[: len(WHY)], WHY, strict=True):
        named = door.Exactly(child.upn_index)
        door.break_glass(officer, child=named, because=because, reason=reason, head_barred=False)
        door.show_pupil(officer, BECKSIDE, child.pk)
    asked_still, explained = door.list_my_openings(officer).openings.rows[:2]
    for opening in (asked_still, explained):
        door.end_opening(officer, opening.id)
        door.mark_opening(as_(MANAGER), BECKSIDE, opening.id, mark="asked")
    door.explain_opening(officer, explained.id, text=ANSWER)


def _children(today: date, urn: int) -> list[Pupil]:
    with acting_as(BATCH):
        return list(Pupil.objects.filter(establishment__urn=urn).visible_on(today).order_by("surname", "pk"))
