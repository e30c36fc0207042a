"""Reminders of overdue challenges and late returns (P9, R23), written at night, as portal_batch.

Challenges that wait for a Level 1 that nobody holds pass to the data team. Each establishment's Level 1 gets at most
one email a week about challenges and one about returns, with numbers and no names: in the first month (28 days) after
the newest was due, and then every month. If a challenge that they were reminded of is taken back, they are told at
once.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.notices import answers, mail
from access_register.reviews.deadlines import keepers
from access_register.service import BY_ITSELF
from sharing.dates import covers
from sharing.days import day_in_words
from sharing.door.returns import Came, Confirmed, Known, TookPart
from sharing.ledger import ledger
from sharing.models import (
    Challenge,
    Establishment,
    Import,
    Participation,
    Pupil,
    ReturnConfirmation,
    ReturnReminder,
    StaffMember,
)
from sharing.returns import BROUGHT_BY, CENSUS, WORKFORCE, Expected, expected, is_reference_day
from sharing.signals import challenge_taken_back
from sharing.statements import values_of

A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=28)


@receiver(challenge_taken_back)
def tell_those_who_were_reminded(challenge: Challenge, **kwargs: Any) -> None:
    """Tell Level 1 that the challenge was taken back, once that is committed."""
    told = values_of("SELECT access_register_keepers_to_tell(%s)", challenge.pk)
    place = challenge.establishment
    link = mail.link("challenge", place.urn, challenge.pk)
    for person in Person.objects.filter(pk__in=told, is_active=True):
        mail.send_later("challenge_taken_back", [person.email], name=person.name, place=place.name, link=link)


def remind_of_challenges(today: date) -> Iterator[str]:
    """Tell Level 1 how many overdue challenges they have to answer. Challenges taken back meanwhile are left out, and
    so are those about closed children, which the page does not show either (R18)."""
    overdue = Challenge.objects.overdue_on(today).filter(assigned_to=Challenge.Desk.SCHOOL)
    overdue = overdue.exclude(pupil__in=Pupil.objects.closed().values("pk"))
    newly = overdue.filter(due_on__gt=today - A_MONTH).values("establishment")
    lately = Q(reminded_on__gt=today - A_MONTH) & ~Q(establishment__in=newly)
    quiet = overdue.filter(lately | Q(reminded_on__gt=today - A_WEEK)).values("establishment")
    for establishment, numbers in _at_each(overdue.exclude(establishment__in=quiet)):
        if not _write(establishment, today, "challenges_overdue", "challenges", number=len(numbers)):
            continue
        Challenge.objects.filter(pk__in=numbers).update(reminded_on=today)
        ledger.changed(action="remind_of_challenges", urn=establishment.urn, about={"challenges": numbers})
        yield f"{establishment.urn}: reminded of {len(numbers)} overdue challenge{pluralize(len(numbers))}"


def close_those_of_leavers(today: date) -> Iterator[str]:
    """Close challenges about children whose records nobody at the establishment can read any more (R5), as nobody there
    could answer them. The school where a child is now has its own record to keep right."""
    left = (
        Challenge.objects.waiting()
        .filter(about=Challenge.About.PUPIL)
        .exclude(pupil__in=Pupil.objects.visible_on(today))
    )
    for establishment, numbers in _at_each(left):
        Challenge.objects.waiting().filter(pk__in=numbers).update(
            state=Challenge.State.ANSWERED,
            outcome=Challenge.Outcome.HAS_LEFT,
            answered_by_name=BY_ITSELF,
            answered_at=timezone.now(),
        )
        ledger.changed(action="close_challenges", urn=establishment.urn, about={"challenges": numbers})
        answers.tell_who_challenged_a_leavers(establishment, numbers)
        yield f"{establishment.urn}: {len(numbers)} challenge{pluralize(len(numbers))} of leavers closed"


def pass_on_what_nobody_answers(today: date) -> Iterator[str]:
    """Pass to the data team the challenges of places where nobody holds Level 1: before the first head has come, or
    after the last has gone. If the holder is only suspended, the challenges wait for them."""
    held = RegisterLine.objects.filter(covers(today), level=Level.ONE, withdrawn_at=None, awaiting_since=None)
    at_schools = Challenge.objects.waiting().filter(assigned_to=Challenge.Desk.SCHOOL)
    nobodys = at_schools.exclude(establishment__in=held.values("establishment"))
    for establishment, numbers in _at_each(nobodys):
        at_schools.filter(pk__in=numbers).update(
            state=Challenge.State.PASSED_ON, assigned_to=Challenge.Desk.DATA_TEAM, answered_by_name=BY_ITSELF
        )
        ledger.changed(action="pass_on_challenges", urn=establishment.urn, about={"challenges": numbers})
        yield f"{establishment.urn}: {len(numbers)} challenge{pluralize(len(numbers))} passed on: no Level 1"


def _at_each(challenges: QuerySet[Challenge]) -> Iterator[tuple[Establishment, list[int]]]:
    """Each establishment, by name, with the numbers of its challenges, which are locked in this order."""
    numbers: dict[int, list[int]] = defaultdict(list)
    held = challenges.select_for_update(of=("self",)).order_by("pk")
    for number, place in held.values_list("pk", "establishment_id"):
        numbers[place].append(number)
    for establishment in Establishment.objects.filter(pk__in=numbers).by_name():
        yield establishment, numbers[establishment.pk]


def chase_returns(today: date) -> Iterator[str]:
    """Ask Level 1 of each participating establishment for its late returns."""
    known = Known(_that_came(), _confirmed(), _who_took_part(today), today)
    for establishment in Establishment.objects.participating(today).by_name():
        late = known.late_at(establishment)
        if late and not _asked_within(how_often(late, today), establishment, today):
            facts = [f"{wanted.kind.label} of {day_in_words(wanted.reference_day)}" for wanted in late]
            if not _write(establishment, today, "returns_late", "returns", number=len(late), returns=facts):
                continue
            _remember(establishment, late, today)
            ledger.changed(action="chase_returns", urn=establishment.urn, about={"returns": facts})
            yield f"{establishment.urn}: asked for {len(late)} late return{pluralize(len(late))}"


def _write(establishment: Establishment, today: date, kind: str, page: str, **about: object) -> bool:
    """Write to everybody who holds Level 1 today. Returns whether there was anybody."""
    facts = about | {"place": establishment.name, "link": mail.link(page, establishment.urn)}
    lines = keepers(establishment, today)
    for line in lines:
        mail.send_later(kind, [line.person.email], name=line.person.name, **facts)
    return bool(lines)


def _that_came() -> Came:
    """The days for which returns came, as sharing.door.returns has it, for all establishments and without an asker."""
    came: Came = defaultdict(dict)
    applied = Import.objects.filter(state=Import.State.APPLIED, kind__in=BROUGHT_BY)
    for place, slug, as_of, finished_at in applied.values_list("establishment_id", "kind", "as_of", "finished_at"):
        if place and as_of:
            came[place, BROUGHT_BY[slug].value][as_of] = finished_at
    for kind, records in ((CENSUS, Pupil.objects.brought_by_a_return()), (WORKFORCE, StaffMember.objects.all())):
        for place, as_of in records.values_list("establishment_id", "as_of").distinct():
            if is_reference_day(kind, as_of):
                came[place, kind.value].setdefault(as_of, None)
    return came


def _confirmed() -> Confirmed:
    return {
        (one.establishment_id, one.kind, one.reference_day): (one.confirmed_by_name, one.confirmed_at)
        for one in ReturnConfirmation.objects.all()
    }


def _who_took_part(today: date) -> TookPart:
    days = [wanted.reference_day for wanted in expected(today)]
    return {
        (place, day)
        for day in days
        for place in Participation.objects.filter(covers(day)).values_list("establishment", flat=True)
    }


def how_often(late: list[Expected], today: date) -> timedelta:
    """Every week in the first month after the newest was due, then every month: they know by then."""
    return A_WEEK if max(wanted.due_on for wanted in late) > today - A_MONTH else A_MONTH


def _asked_within(stretch: timedelta, establishment: Establishment, today: date) -> bool:
    return ReturnReminder.objects.filter(establishment=establishment, sent_on__gt=today - stretch).exists()


def _remember(establishment: Establishment, late: list[Expected], today: date) -> None:
    for wanted in late:
        ReturnReminder.objects.update_or_create(
            establishment=establishment, kind=wanted.kind, reference_day=wanted.reference_day,
            defaults={"sent_on": today},
        )  # fmt: skip
