"""Challenges in the demonstration (P9): one open, one overdue, one answered, and one for the data team."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from access_register.demo.cast import BY_SLUG
from access_register.models import Person
from sharing.demo.cases import BY_SLUG as CASES
from sharing.demo.places import BECKSIDE
from sharing.demo.pupils import record_id
from sharing.models import Challenge, Establishment
from sharing.school_year import school_days_after

SCHOOL, DATA_TEAM = Challenge.Desk.SCHOOL, Challenge.Desk.DATA_TEAM


@dataclass(frozen=True)
class Disputed:
    """`case`: the child, from the demonstration's cases; empty if it is about the establishment. `raised`: days ago.
    `left`: school days until the answer is due; None: it was due yesterday."""

    fact: str
    by: str
    statement: str
    raised: int
    left: int | None
    case: str = ""
    answer: str = ""


DISPUTED = (
    Disputed(
        "language", "teacher-beckside", "At home they speak Polish, the mother told me so in September.", 3, 8,
        "came-back",
    ),
    Disputed(
        "born_on", "senco-beckside", "The passport says the year after. I have seen it.", 24, None,
        "transfer-the-other-way",
    ),
    Disputed(
        "meals", "office-beckside", "The letter from the benefits office is of last month.", 30, 1, "came-back",
        "You are right. We have recorded the period, and it comes with the next census.",
    ),
    Disputed("on_roll", "head-beckside", "We have one class more since September than this number says.", 4, 7),
)  # fmt: skip


def place_challenges(today: date, places: dict[int, Establishment]) -> int:
    """Each is placed once, and visitors take it from there. Only the last day of one that waits moves with the days."""
    return sum(_place(disputed, today, places[BECKSIDE]) for disputed in DISPUTED)


def _place(disputed: Disputed, today: date, place: Establishment) -> int:
    raised_by = BY_SLUG[disputed.by].name
    child = record_id(place.urn, CASES[disputed.case].upn) if disputed.case else None
    due_on = today - timedelta(days=1) if disputed.left is None else school_days_after(today, disputed.left)
    which = {"establishment": place, "pupil_id": child, "fact": disputed.fact, "raised_by_name": raised_by}
    known = Challenge.objects.filter(**which)
    if known.exists():
        return known.waiting().exclude(due_on=due_on).update(due_on=due_on)
    challenge = Challenge.objects.create(
        **which,
        raised_by_id=Person.objects.get(email=BY_SLUG[disputed.by].email).pk,
        about=Challenge.About.PUPIL if child else Challenge.About.FIGURE,
        statement=disputed.statement,
        due_on=due_on,
        assigned_to=SCHOOL if child else DATA_TEAM,
    )
    then = timezone.now() - timedelta(days=disputed.raised)
    Challenge.objects.filter(pk=challenge.pk).update(raised_at=then)
    challenge.events.update(at=then)
    if disputed.answer:
        _answer(challenge, disputed.answer)
    return 1


def _answer(challenge: Challenge, answer: str) -> None:
    challenge.state, challenge.outcome = Challenge.State.ANSWERED, Challenge.Outcome.CORRECTED
    challenge.answer, challenge.answered_at = answer, timezone.now()
    challenge.answered_by_name = BY_SLUG["head-beckside"].name
    challenge.save(update_fields=["state", "outcome", "answer", "answered_at", "answered_by_name"])
