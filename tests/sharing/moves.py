"""Children on the move, for tests: on roll at Beckside, going to Ravensgill."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.door import CannotTransfer
from sharing.door.transferring import DAYS, REFUSED
from sharing.models import Enrolment, Pupil, Transfer
from tests import factories
from tests.people import EDUNET, as_batch, asker

BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999002, 999003, 999004, 999005
SENDER, RECEIVER, ADMISSIONS, DATA = "head-beckside", "head-ravensgill", "officer-admissions", "officer-data"


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def on_roll(**facts: Any) -> Pupil:
    """A child at Beckside since a year ago."""
    kind = facts.pop("kind", "C")
    pupil = factories.pupil(BECKSIDE, **{"surname": "Mover"} | facts)
    factories.enrolment(pupil, day(-365), kind=kind)
    return pupil


def asserted(pupil: Pupil | None = None, expected: int = 7) -> Transfer:
    """The sender has said that the child goes to Ravensgill."""
    pupil = pupil or on_roll()
    door.begin_transfer(asker(SENDER), BECKSIDE, pupil.pk, to=RAVENSGILL, expected_on=day(expected))
    with as_batch():
        return Transfer.objects.get(leaving=pupil, cancelled_at=None, declined_at=None, arrived_on=None)


def from_outside(**facts: Any) -> Transfer:
    """Admissions has told Ravensgill of a child from elsewhere."""
    told = {
        "forename": "Newly", "surname": "Come", "born_on": date(2017, 3, 2), "sex": "M", "year_group": "4",
        "from_name": "Elsewhere Primary School", "upn": "",
    } | facts  # fmt: skip
    door.tell_from_outside(asker(ADMISSIONS, EDUNET), to=RAVENSGILL, expected_on=day(7), **told)
    with as_batch():
        return Transfer.objects.order_by("-pk")[0]


def agreed(pupil: Pupil | None = None, expected: int = 7) -> Transfer:
    transfer = asserted(pupil, expected)
    door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
    return again(transfer)


def again(transfer: Transfer) -> Transfer:
    with as_batch():
        return Transfer.objects.get(pk=transfer.pk)


def shift(transfer: Transfer, days: int) -> None:
    """Let time pass: all days of the transfer, and of the enrolments at its two ends, go back."""
    back = timedelta(days=days)
    with as_batch():
        row = Transfer.objects.get(pk=transfer.pk)
        for name in ("expected_on", "lapses_on", "agreed_on", "sender_keeps_until"):
            if value := getattr(row, name):
                setattr(row, name, value - back)
        for stay in Enrolment.objects.filter(pupil__in=[row.pupil_id, row.leaving_id]).order_by("starts_on"):
            stay.starts_on -= back
            stay.ends_on = stay.ends_on and stay.ends_on - back
            stay.save()
        row.save(update_fields=["expected_on", "lapses_on", "agreed_on", "sender_keeps_until"])


def sees(slug: str, urn: int, pupil_id: Any, through: Any = None) -> bool:
    """Whether the person sees the record, by the page and by row-level security alike."""
    somebody = asker(slug, through) if through else asker(slug)
    try:
        door.show_pupil(somebody, urn, pupil_id)
        shown = True
    except NoSuchRecord:
        shown = False
    with visit(somebody, Permission.VIEW_PUPILS, action="test") as here:
        let_through = Pupil.objects.filter(pk=pupil_id).exists()
        here.showed()
    assert shown == let_through
    return shown


def word_of(refused: CannotTransfer) -> str:
    """The word with which the database refused."""
    words = {message: word for word, message in REFUSED.items()} | dict.fromkeys(DAYS.values(), "days")
    return words[refused.message]


def refusal(do) -> str:
    """What a step ended in: "done", the word of a refusal, or the status of the page."""
    try:
        do()
    except CannotTransfer as refused:
        return word_of(refused)
    except (NoSuchRecord, NotYourEstablishment):
        return "404"
    except NotAtYourLevel:
        return "403"
    return "done"
