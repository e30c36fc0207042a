"""Copying last year's register forward: lines that reached their last day begin again, at the level they had."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.models.lines import HEAD_SEAT, RegisterLineQuerySet
from access_register.notices import mail
from access_register.register.register import give_within
from access_register.register.rules import CannotChange, Entry, hold_register, is_head
from sharing.authorise import Asker, Permission, Visit, visit
from sharing.models.plain import in_order_of
from sharing.records import Here, Why
from sharing.statements import values_of

THIRTEEN_MONTHS = timedelta(days=396)


@dataclass(frozen=True)
class EndedLine:
    """A line that reached its last day."""

    id: int
    name: str
    role_words: str
    level: int
    ended_on: date


@dataclass(frozen=True)
class EndedPage:
    """The lines that can begin again."""

    here: Here
    lines: tuple[EndedLine, ...]
    why: Why


def list_ended(asker: Asker, urn: int) -> EndedPage:
    """Lines that reached their last day in the last 13 months, of people who have none here now.

    Leaves out lines that were withdrawn, or suspended to the end, since that had a reason (R35), also older ones of the
    same person, and third parties, since their contract decides (R25).
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="list_ended") as here:
        found = [
            EndedLine(line.pk, line.person.name, line.get_role_display(), line.level, line.ends_on)
            for line in _ended(here).order_by("level", *in_order_of("person__name"))
            if line.ends_on
        ]
        here.showed(lines=len(found))
        return EndedPage(here.here, tuple(found), here.why)


def copy_forward(
    asker: Asker, urn: int, *, line_ids: Collection[int], last_day: date | None, confirmed: bool
) -> tuple[int, int]:
    """Begin these lines again, all or none, narrowed as they were. Returns (lines, emails that could not be sent).

    `confirmed`: the people at Level 2 or 1 need it for their work (R34). Raises CannotChange.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="copy_forward") as here:
        hold_register(here)
        lines = list(_ended(here).filter(pk__in=line_ids))
        if len(lines) != len(set(line_ids)) or not lines:
            raise CannotChange("The register has changed since you looked. Look through the list again.")
        if not confirmed and any(line.level < Level.THREE for line in lines):
            raise CannotChange("Confirm that these people need Level 2 or Level 1.", "confirmed")
        letters, levels = [], {}
        for line in lines:
            entry = Entry(
                Level(line.level), line.role, line.basis, line.basis_words, last_day,
                confirmed=confirmed, webmail_confirmed=True,
            )  # fmt: skip
            try:
                new, letter = give_within(
                    here, name=line.person.name, email=line.person.email, entry=entry, narrowed_like=line
                )
            except CannotChange as refused:
                field = refused.field if refused.field in ("confirmed", "ends_on") else None
                raise type(refused)(f"{line.person.name}: {refused.message}", field) from None
            letters.append(letter)
            levels[new.pk] = new.level
        here.changed(lines=levels)
    return len(lines), len(letters) - mail.send(*letters)


def _ended(here: Visit) -> RegisterLineQuerySet:
    """Each person's newest line that can begin again, under any URN that the establishment has had: most academies open
    on 1 September, the day after such lines end. Only the head is offered those at Level 1 (R35)."""
    earlier = values_of("SELECT id FROM portal_earlier(ARRAY[%s::bigint])", here.establishment.pk)
    lines = RegisterLine.objects.filter(establishment__in=[here.establishment.pk, *earlier])
    live = lines.live_on(here.today).values("person")
    ended = lines.filter(
        withdrawn_at=None, suspended_at=None, awaiting_since=None, person__is_active=True,
        ends_on__lt=here.today, ends_on__gte=here.today - THIRTEEN_MONTHS,
    ).exclude(seat=HEAD_SEAT).exclude(role=RegisterLine.Role.THIRD_PARTY).exclude(person__in=live)  # fmt: skip
    later = lines.filter(person=OuterRef("person"), starts_on__gt=OuterRef("ends_on")).exclude(seat=HEAD_SEAT)
    ended = ended.exclude(Exists(later.filter(Q(withdrawn_at__isnull=False) | Q(suspended_at__isnull=False))))
    if not is_head(here):
        ended = ended.exclude(level=Level.ONE)
    newest = ended.order_by("person", "-ends_on").distinct("person").values("pk")
    return lines.filter(pk__in=newest).select_related("person")
