"""The termly review of the Access Register (R35, R36): the head confirms each line, lowers it, or undoes a deadline.

The named staff may confirm and lower Levels 2 and 3. Each function is one visit.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from access_register.levels import Level
from access_register.models import LineEvent, RegisterLine
from access_register.models.lines import HEAD_SEAT, RegisterLineQuerySet
from access_register.notices import mail
from access_register.register import history
from access_register.register.rules import CannotChange, ChangeRefused, enact, free_seats, hold_register, is_head, store
from access_register.reviews import terms
from access_register.reviews.deadlines import Outcome, outcome_for
from access_register.reviews.records import ReviewLine, ReviewPage, Undoable, Undone
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, the_one, visit
from sharing.dates import covers
from sharing.door.downloads import count_still_kept
from sharing.models.plain import in_order_of

ONLY_THE_HEAD = "Only the head may confirm or change a Level 1 line."
ONLY_THE_HEAD_UNDOES = "Only the head may undo what the review did."
CHANGED_MEANWHILE = "{name}’s line was changed while you had this page open. Look at it again."
CHANGED_SINCE = "This line has been changed since. Change it in the register instead."
OTHERWISE = {
    Outcome.LOWERED: "it drops to Level 3",
    Outcome.ENDED: "access ends",
    Outcome.SUSPENDED: "it is suspended, because it was missed last time too",
    Outcome.MISSED: "it stays, and is suspended if it is missed again next term",
}
# The facts of a line that confirming changes.
REVIEWED = {"review_due_on", "confirmed_on", "reviews_missed"}


def show_review(asker: Asker, urn: int) -> ReviewPage:
    """The lines to confirm, those already confirmed, and what can still be undone."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_review") as here:
        lines = list(
            _lines(here).filter(terms.reviewed(here.today)).order_by("level", "seat", *in_order_of("person__name"))
        )
        waiting = set(_lines(here).filter(terms.to_confirm(here.today)).values_list("pk", flat=True))
        asker_is_head = is_head(here)
        kept = count_still_kept(here)
        to_confirm = [_record(here, line, asker_is_head, kept) for line in lines if line.pk in waiting]
        to_confirm.sort(key=lambda line: not line.may_confirm)
        done = [line for line in lines if line.pk not in waiting and line.confirmed_on and not line.reviews_missed]
        confirmed = [_record(here, line, asker_is_head, kept) for line in done]
        undoable = [_undoable(event) for event in _events(here) if _as_it_was_left(event, event.line)]
        here.showed(lines=len(lines), undoable=len(undoable))
        return ReviewPage(
            here.here,
            min((line.due_on for line in to_confirm if line.due_on), default=None),
            tuple(to_confirm),
            tuple(confirmed),
            tuple(undoable),
            terms.due_next_term(here.today),
            settings.UNDO_DAYS,
            asker_is_head,
            here.why,
        )


def confirm_lines(asker: Asker, urn: int, *, versions: Mapping[int, int]) -> int:
    """Confirm these lines as they are (line -> the version that was looked at), all or none. Returns how many it
    confirmed.

    A line that is already confirmed is left alone. Raises CannotChange and NoSuchRecord.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="confirm_lines") as here:
        lines = _held(here, versions)
        open_now = set(_lines(here).filter(terms.to_confirm(here.today), pk__in=versions).values_list("pk", flat=True))
        to_do = [line for line in lines if line.pk in open_now]
        for line in to_do:
            before = history.facts(line)
            _confirm(here, line)
            line.save(update_fields=REVIEWED)
            history.tell(line, "confirmed", by_name=asker.name, before=before)
        if to_do:
            here.changed(confirmed=[line.pk for line in to_do])
        else:
            here.showed(lines=len(lines))
        return len(to_do)


def lower_line(asker: Asker, urn: int, line_id: int, *, version: int) -> str:
    """Lower a line to Level 3, and so confirm it. Returns the person's name. If that was already done today, nothing
    changes.

    Raises CannotChange and NoSuchRecord.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="lower_line") as here:
        known = _lines(here).filter(pk=line_id, withdrawn_at=None).select_for_update(of=("self",)).first()
        if known and (known.level, known.confirmed_on) == (Level.THREE, here.today):
            here.showed(line=known.pk)
            return known.person.name
        (line,) = _held(here, {line_id: version})
        before = history.facts(line)
        if line.level != Level.THREE:
            line.level, line.seat, line.basis, line.basis_words = Level.THREE, None, "", ""
            line.level_since, line.given_by_name = here.today, asker.name
            _confirm(here, line)
            store(line)
            enact(here, line, "lowered", before=before, because="at the review")
        here.changed(line=line.pk, person=line.person_id, level_before=before["level"], level=line.level)
        return line.person.name


def undo(asker: Asker, urn: int, event_id: int) -> Undone:
    """Put a line back as it was before the deadline, and so confirm it. Only the head can, and only for 14 days (R35).

    The person is told by email. Raises CannotChange if the line has been changed since, or its Level 1 place is taken,
    and NoSuchRecord if there is nothing to undo.
    """
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="undo_review") as here:
        hold_register(here)
        event = the_one(_events(here).filter(pk=event_id))
        if not is_head(here):
            raise ChangeRefused(ONLY_THE_HEAD_UNDOES)
        line = _lines(here).select_for_update(of=("self",)).get(pk=event.line_id)
        if not _as_it_was_left(event, line):
            raise CannotChange(CHANGED_SINCE)
        before = history.facts(line)
        _put_back(here, line, event.before or {})
        _confirm(here, line)
        store(line)
        enact(here, line, "undone", before=before)
        event.undone_at = timezone.now()
        event.save(update_fields=["undone_at"])
        here.changed(line=line.pk, person=line.person_id, undone=event.pk, level=line.level)
        about = {"place": here.establishment.name, "level": line.level, "giver": asker.name, "link": mail.link("home")}
        mail.send_later("review_undone", [line.person.email], name=line.person.name, **about)
        return Undone(line.person.name, line.level)


def lines_waiting(here: Visit, establishment_ids: set[int]) -> RegisterLineQuerySet:
    """The lines that the asker can confirm there; only the head can confirm those at Level 1."""
    mine = RegisterLine.objects.filter(person_id=here.asker.person_id, seat=HEAD_SEAT, withdrawn_at=None)
    headed = mine.filter(covers(here.today)).values("establishment")
    due = RegisterLine.objects.filter(terms.to_confirm(here.today), establishment__in=establishment_ids)
    due = due.filter(review_due_on__isnull=False).exclude(seat=HEAD_SEAT)
    return due.filter(~Q(level=Level.ONE) | Q(establishment__in=headed))


def _lines(here: Visit) -> RegisterLineQuerySet:
    return RegisterLine.objects.filter(establishment=here.establishment).select_related("person")


def _events(here: Visit) -> QuerySet[LineEvent]:
    """What the deadline did here and can still be undone, the latest first. Leaves out lines whose own last day has
    passed since, or whose contract is over (R25): putting them back would open nothing."""
    found = LineEvent.objects.filter(establishment=here.establishment, undone_at=None, undo_until__gte=here.today)
    found = found.exclude(line__ends_on__lt=here.today).exclude(line__contract__ended_at__isnull=False)
    found = found.exclude(line__contract__ends_on__lt=here.today)
    return found.select_related("line__person").order_by("-at", "-pk")


def _held(here: Visit, versions: Mapping[int, int]) -> list[RegisterLine]:
    """The lines, locked until the end of the transaction, each still as it was when it was looked at. Raises
    CannotChange and NoSuchRecord."""
    lines = list(_lines(here).filter(pk__in=versions).select_for_update(of=("self",)).order_by("pk"))
    if len(lines) != len(versions) or any(line.is_head for line in lines):
        raise NoSuchRecord
    if any(line.level == Level.ONE for line in lines) and not is_head(here):
        raise ChangeRefused(ONLY_THE_HEAD)
    reviewed = set(_lines(here).filter(terms.reviewed(here.today), pk__in=versions).values_list("pk", flat=True))
    for line in lines:
        if line.version != versions[line.pk] or line.pk not in reviewed:
            raise CannotChange(CHANGED_MEANWHILE.format(name=line.person.name), "lines")
    return lines


def _confirm(here: Visit, line: RegisterLine) -> None:
    """Mark the line as confirmed today, and due again next term."""
    line.confirmed_on, line.reviews_missed = here.today, 0
    line.review_due_on = terms.due_next_term(here.today)


def _as_it_was_left(event: LineEvent, line: RegisterLine) -> bool:
    """Whether nobody has changed the line since the deadline acted on it. Confirming what it left does not count."""
    return all(value == event.after.get(name) for name, value in history.facts(line).items() if name not in REVIEWED)


def _put_back(here: Visit, line: RegisterLine, before: Mapping[str, Any]) -> None:
    """Put the line back as it was before the deadline, which never acts on one that is suspended or withdrawn. If
    somebody else has the person's place at Level 1 by now, the person gets the other one, if it is free (R32)."""
    line.level, line.basis, line.basis_words = before["level"], before["basis"], before["basis_words"]
    line.given_by_name, line.level_since = before["given_by_name"], date.fromisoformat(before["level_since"])
    line.suspended_at, line.suspended_by_name, line.suspended_because = None, "", ""
    line.withdrawn_at, line.withdrawn_by_name, line.withdrawn_because = None, "", ""
    if line.contract and line.ends_on:
        line.ends_on = min(line.ends_on, line.contract.ends_on)  # which may have been brought forward since (R25)
    line.seat, free = before["seat"], free_seats(here)
    if line.seat is not None and free and line.seat not in free:
        line.seat = free[0]


def _undoable(event: LineEvent) -> Undoable:
    before = event.before or {}
    return Undoable(
        event.pk,
        event.line.person.name,
        event.words,
        f"Level {before['level']}",
        event.undo_until or event.at.date(),
    )


def _record(here: Visit, line: RegisterLine, asker_is_head: bool, kept: Mapping[int, int]) -> ReviewLine:
    return ReviewLine(
        id=line.pk,
        version=line.version,
        name=line.person.name,
        level=line.level,
        role_words=line.get_role_display(),
        basis_shown=line.basis_in_words,
        level_since=line.level_since,
        given_by_name=line.given_by_name,
        last_used_on=line.last_used_on,
        due_on=line.confirm_by,
        confirmed_on=line.confirmed_on,
        is_late=line.review_due_on is not None and line.review_due_on < here.today,
        if_not=OTHERWISE[outcome_for(line)],
        may_confirm=asker_is_head or line.level != Level.ONE,
        downloads=kept.get(line.person_id, 0),
    )
