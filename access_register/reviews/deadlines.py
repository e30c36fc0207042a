"""What the termly review does by itself, as portal_batch (R35, R36): it sets days, reminds, and acts on the deadline.

Nothing stays open because nobody looked at it. Each function yields what it did, for `run_daily` to print. Doing it
again, or twice at once, changes nothing more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import RegisterLine, ReviewNotice
from access_register.register import history
from access_register.reviews import terms
from access_register.service import BY_ITSELF
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.ledger import ledger
from sharing.models import Establishment


class Outcome(StrEnum):
    """What becomes of a line that was not confirmed in time."""

    LOWERED = "lowered"
    ENDED = "ended"
    SUSPENDED = "suspended"
    MISSED = "missed"


# The word in the line's history for each outcome.
HAPPENED = {
    Outcome.LOWERED: "lowered",
    Outcome.ENDED: "withdrawn",
    Outcome.SUSPENDED: "suspended",
    Outcome.MISSED: "missed",
}


def outcome_for(line: RegisterLine) -> Outcome:
    """What happens to the line at the deadline if nobody confirms it.

    A named Level 1 drops to Level 3, not 2: Level 2 needs a basis (R34), which a person has to give.
    """
    if line.role == RegisterLine.Role.THIRD_PARTY:
        return Outcome.ENDED
    if line.level != Level.THREE:
        return Outcome.LOWERED
    return Outcome.SUSPENDED if line.reviews_missed else Outcome.MISSED


def establishments_with_lines(today: date) -> list[Establishment]:
    """Establishments with a line in force, whether or not it takes part in reviews."""
    lines = RegisterLine.objects.live_on(today).filter(covers(today))
    return list(Establishment.objects.filter(pk__in=lines.values("establishment")).order_by("urn"))


def set_days(establishment: Establishment, today: date) -> Iterator[str]:
    """Give each line without one the last day of its next review: this term's if that is still to come, unless the line
    was given or raised this term. A line that is not in force is not reviewed, and gets a day once it is back:
    suspended, not accepted yet, ended by a sanction that an appeal may lift, or a deputy's while they act as head."""
    lines = RegisterLine.objects.filter(establishment=establishment)
    list(lines.select_for_update().order_by("pk").values_list("pk"))  # as whoever else changes many of them
    lines.exclude(terms.reviewed(today)).exclude(review_due_on=None).update(review_due_on=None)
    without = lines.filter(terms.reviewed(today), review_due_on=None)
    given = 0
    if today <= terms.due_this_term(today):
        given = without.filter(level_since__lt=terms.term_start(today)).update(review_due_on=terms.due_this_term(today))
    given += without.update(review_due_on=terms.due_next_term(today))
    if given:
        ledger.changed(action="set_review_days", urn=establishment.urn, about={"lines": given})
        yield f"{establishment.urn}: {_lines(given)} to be reviewed"


def settle(establishment: Establishment, today: date) -> Iterator[str]:
    """Once the last day has passed, lower, end or suspend what nobody confirmed, undoable for UNDO_DAYS, and write."""
    missed = (
        RegisterLine.objects.filter(terms.reviewed(today), establishment=establishment, review_due_on__lt=today)
        .select_related("person")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    done: Counter[Outcome] = Counter()
    due_on = today
    undo_until = day_in_words(today + timedelta(days=settings.UNDO_DAYS))
    for line in missed:
        due_on = line.review_due_on or today
        outcome = outcome_for(line)
        _carry_out(line, outcome, today)
        done[outcome] += 1
        if outcome != Outcome.MISSED:
            _write(
                line, ReviewNotice.Kind.CHANGED, establishment, due_on,
                about={"outcome": outcome.value, "due_on": day_in_words(due_on), "undo_until": undo_until},
            )  # fmt: skip
    if not done:
        return
    counts = {outcome.value: number for outcome, number in done.items()}
    told = counts | {"due_on": day_in_words(due_on), "undo_until": undo_until}
    for keeper in keepers(establishment, today):
        _write(keeper, ReviewNotice.Kind.RESULT, establishment, due_on, about=told)
    ledger.changed(action="review_deadline", urn=establishment.urn, about=counts)
    yield f"{establishment.urn}: " + ", ".join(
        f"{number} {_WORDS[outcome]}" for outcome, number in sorted(done.items())
    )


def remind(establishment: Establishment, today: date) -> Iterator[str]:
    """Remind everybody who can still confirm lines, 14, 7 and 1 days before, but not before the review has opened. One
    that was missed is written until the next is due, and one that was not sent says what is so today, or goes."""
    last = today + timedelta(days=max(terms.reminders()))
    waiting = RegisterLine.objects.filter(
        terms.reviewed(today), terms.REVIEW_COMES, establishment=establishment, review_due_on__range=(today, last)
    )
    left = [(line.level, line.review_due_on or last) for line in waiting]
    unsent = ReviewNotice.objects.filter(establishment=establishment, kind=ReviewNotice.Kind.REMINDER, sent_at=None)
    if not left:
        unsent.delete()
        return
    due_on = min(day for _, day in left)
    stage = min(days for days in settings.REVIEW_REMINDERS if (due_on - today).days <= days)
    written, told = 0, list[int]()
    for keeper in keepers(establishment, today):
        levels = [1, 2, 3] if keeper.is_head else [2, 3]
        number = sum(1 for level, day in left if level in levels and day == due_on)
        if number:
            about = {"lines": number, "due_on": day_in_words(due_on)}
            notice, is_new = _write(
                keeper, ReviewNotice.Kind.REMINDER, establishment, due_on, days_before=stage, about=about
            )
            if not is_new:
                unsent.filter(pk=notice.pk).update(about=notice.about | about)
            written += is_new
            told.append(notice.pk)
    unsent.exclude(pk__in=told).delete()
    if written:
        about = {"people": written, "days": stage}
        ledger.changed(action="remind_of_review", urn=establishment.urn, about=about)
        yield f"{establishment.urn}: {written} reminded, {stage} {'days' if stage > 1 else 'day'} or less to go"


def keepers(establishment: Establishment, today: date) -> list[RegisterLine]:
    """The lines of who keeps the register today, the head's first. Nobody whom a sanction shuts out (R41)."""
    lines = RegisterLine.objects.filter(
        covers(today), establishment=establishment, level=Level.ONE,
        withdrawn_at=None, suspended_at=None, awaiting_since=None, person__is_active=True,
    ).exclude(person__suspended_until__gte=today)  # fmt: skip
    return list(lines.select_related("person").order_by("seat"))


def _carry_out(line: RegisterLine, outcome: Outcome, today: date) -> None:
    """Carry out the outcome, with permission rows and history. The history keeps the seat, so it can be given back."""
    before = history.facts(line) | {"seat": line.seat}
    because = f"not confirmed by {day_in_words(line.review_due_on or today)}"
    line.reviews_missed += 1
    line.review_due_on = terms.due_next_term(today)
    if outcome == Outcome.LOWERED:
        line.level, line.seat, line.basis, line.basis_words = Level.THREE, None, "", ""
        line.level_since, line.given_by_name = today, BY_ITSELF
    elif outcome == Outcome.ENDED:
        line.withdrawn_at, line.withdrawn_by_name, line.withdrawn_because = timezone.now(), BY_ITSELF, because
    elif outcome == Outcome.SUSPENDED:
        line.suspended_at, line.suspended_by_name, line.suspended_because = timezone.now(), BY_ITSELF, because
        line.review_due_on = None
    line.version += 1
    line.save()
    grants.follow_line(line)
    undo_until = None if outcome == Outcome.MISSED else today + timedelta(days=settings.UNDO_DAYS)
    history.tell(line, HAPPENED[outcome], by_name=BY_ITSELF, before=before, because=because, undo_until=undo_until)


_WORDS = {
    Outcome.LOWERED: "lowered to Level 3",
    Outcome.ENDED: "ended",
    Outcome.SUSPENDED: "suspended",
    Outcome.MISSED: "missed for the first time",
}


def _write(
    line: RegisterLine,
    kind: ReviewNotice.Kind,
    establishment: Establishment,
    due_on: date,
    *,
    about: Mapping[str, object],
    days_before: int = 0,
) -> tuple[ReviewNotice, bool]:
    """Leave a notice for the line's person. Returns it, and whether there was none of this kind yet."""
    return ReviewNotice.objects.get_or_create(
        {"about": {**about, "place": establishment.name}},
        establishment=establishment, person=line.person, kind=kind, due_on=due_on, days_before=days_before,
    )  # fmt: skip


def _lines(number: int) -> str:
    return f"{number} line{pluralize(number)}"
