"""Any sequence of steps and days, against a plain model of who then sees the child (R5, R7, R8, A3, A4)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.door import CannotTransfer
from sharing.models import Enrolment, Pupil, Transfer
from sharing.school_year import school_days_after
from tests.people import as_batch, asker
from tests.sharing.moves import BECKSIDE, RAVENSGILL, RECEIVER, SENDER, day, on_roll, sees

pytestmark = pytest.mark.django_db
TODAY = day(0)
LAPSE, GRACE = 4, 3


@dataclass
class Going:
    lapses: date
    agreed: date | None = None
    ended: bool = False  # declined or cancelled
    cancelled: bool = False
    arrived: bool = False
    keeps: date | None = None

    @property
    def live(self) -> bool:
        return not self.ended and not self.arrived and self.lapses >= TODAY


@dataclass
class Model:
    """The child is at Beckside until `last_day`, and at Ravensgill or not."""

    last_day: date | None = None
    there: bool = False
    going: list[Going] = field(default_factory=list)

    @property
    def here(self) -> bool:
        return self.last_day is None or self.last_day >= TODAY

    @property
    def newest(self) -> Going | None:
        return self.going[-1] if self.going else None

    def sender_sees(self) -> bool:
        return self.here or any(g.keeps and g.keeps >= TODAY and not g.cancelled for g in self.going)

    def receiver_sees(self) -> bool:
        return self.there or any(g.agreed and g.live for g in self.going)

    def begin(self) -> bool:
        if not self.here or self.there or any(g.live for g in self.going):
            return False
        self.going.append(Going(school_days_after(TODAY, LAPSE)))
        return True

    def accept(self) -> bool:
        done = bool(self.newest and self.newest.live and not self.newest.agreed)
        if done:
            self.newest.agreed = TODAY
        return done

    def decline(self) -> bool:
        done = bool(self.newest and self.newest.live and not self.newest.agreed)
        if done:
            self.newest.ended = True
        return done

    def cancel(self) -> bool:
        done = bool(self.newest and self.newest.live and self.sender_sees())
        if done:
            self.newest.ended = self.newest.cancelled = True
        return done

    def leave(self) -> bool:
        if not self.here:
            return False
        self.last_day = TODAY - timedelta(days=1)
        for going in self.going:
            if going.live and going.agreed:
                going.keeps = school_days_after(self.last_day, GRACE)
        return True

    def arrive(self) -> bool:
        done = bool(self.newest and self.newest.live and self.newest.agreed)
        if done:
            yesterday = TODAY - timedelta(days=1)
            self.there = self.newest.arrived = True
            if self.here:
                self.last_day = yesterday
            if self.last_day == yesterday:
                kept = school_days_after(yesterday, GRACE)
                self.newest.keeps = min(self.newest.keeps or kept, kept)
        return done

    def wait(self, days: int) -> None:
        back = timedelta(days=days)
        self.last_day = self.last_day and self.last_day - back
        for going in self.going:
            going.lapses -= back
            going.agreed = going.agreed and going.agreed - back
            going.keeps = going.keeps and going.keeps - back


def take(step: str, pupil: Pupil) -> bool:
    """The same step at the door, on the child's newest transfer. Answers whether it changed anything: a second click
    of the same person is let pass, and does not."""
    before = _how_it_stands(pupil)
    with as_batch():
        newest = Transfer.objects.filter(leaving=pupil).order_by("-pk").values_list("pk", flat=True).first() or 0
    sender, receiver = asker(SENDER), asker(RECEIVER)
    steps = {
        "begin": lambda: door.begin_transfer(sender, BECKSIDE, pupil.pk, to=RAVENSGILL, expected_on=TODAY),
        "accept": lambda: door.accept_transfer(receiver, RAVENSGILL, newest),
        "decline": lambda: door.decline_transfer(receiver, RAVENSGILL, newest, because="Full"),
        "cancel": lambda: door.cancel_transfer(sender, BECKSIDE, newest),
        "leave": lambda: door.end_enrolment(sender, BECKSIDE, pupil.pk, last_day=day(-1), reason="NT"),
        "arrive": lambda: door.say_arrived(receiver, RAVENSGILL, newest, on=TODAY, kind="C"),
    }
    try:
        steps[step]()
    except (CannotTransfer, NoSuchRecord):
        assert _how_it_stands(pupil) == before
    return _how_it_stands(pupil) != before


def _how_it_stands(pupil: Pupil) -> tuple[list[tuple], list[tuple]]:
    with as_batch():
        moves = Transfer.objects.filter(leaving=pupil).order_by("pk")
        stays = Enrolment.objects.filter(pupil__child=pupil.child_id).order_by("pk")
        return (
            list(moves.values_list("pk", "agreed_on", "declined_at", "cancelled_at", "arrived_on")),
            list(stays.values_list("pk", "starts_on", "ends_on")),
        )


def let_pass(pupil: Pupil, days: int) -> None:
    back = timedelta(days=days)
    with as_batch():
        for row in Transfer.objects.filter(leaving=pupil):
            for name in ("expected_on", "lapses_on", "agreed_on", "sender_keeps_until"):
                setattr(row, name, (was := getattr(row, name)) and was - back)
            row.save(update_fields=["expected_on", "lapses_on", "agreed_on", "sender_keeps_until"])
        for stay in Enrolment.objects.filter(pupil__child=pupil.child_id).order_by("starts_on"):
            stay.starts_on, stay.ends_on = stay.starts_on - back, stay.ends_on and stay.ends_on - back
            stay.save(update_fields=["starts_on", "ends_on"])


STEPS = st.sampled_from(["begin", "accept", "begin", "accept", "decline", "cancel", "leave", "arrive", 1, 3, 9])


@settings(max_examples=60)
@given(steps=st.lists(STEPS, min_size=2, max_size=9))
def test_any_sequence(steps: list[str | int]) -> None:
    """What is done, and who sees the child after it, is what the model says: by the page and by the policy."""
    with override_settings(TRANSFER_LAPSE_SCHOOL_DAYS=LAPSE, CTF_GRACE_SCHOOL_DAYS=GRACE):
        pupil, model = on_roll(), Model()
        for step in steps:
            if isinstance(step, int):
                let_pass(pupil, step)
                model.wait(step)
            else:
                assert take(step, pupil) is getattr(model, step)(), step
            with as_batch():
                there = Pupil.objects.filter(child=pupil.child_id, establishment__urn=RAVENSGILL).first()
            assert sees(SENDER, BECKSIDE, pupil.pk) is model.sender_sees()
            assert (there is not None and sees(RECEIVER, RAVENSGILL, there.pk)) is model.receiver_sees()
