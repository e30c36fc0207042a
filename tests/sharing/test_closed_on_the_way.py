"""A child is told of from outside, and closed before the school has answered (P7, R18)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_register.notices import transfers
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.models import Enrolment, Transfer
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker
from tests.sharing.closings import MANAGER, close
from tests.sharing.pupil_facts import FACTS, HERE, THERE, UPNS, bring, record, told

pytestmark = pytest.mark.django_db
HEADS = {HERE: "head-beckside", THERE: "head-ravensgill"}
OFFICER = "officer-admissions"
TODAY = timezone.localdate()


def told_of(to: int, upn: str, **facts: Any) -> int:
    names = ("forename", "surname", "born_on", "sex", "year_group")
    door.tell_from_outside(
        asker(OFFICER, EDUNET), to=to, expected_on=TODAY + timedelta(days=3), upn=upn, from_name="Elsewhere",
        **{name: FACTS[name] for name in names} | facts,
    )  # fmt: skip
    with as_batch():
        return Transfer.objects.latest("pk").pk


def coming(to: int) -> list[str]:
    surnames = {FACTS["surname"], "Given", "Else"}
    inbox = door.show_transfers(asker(HEADS[to]), to)
    names = [row.name for group in inbox.coming for row in group.rows]
    return [name for name in names if name.split()[-1] in surnames]


@pytest.mark.parametrize(
    ("to", "upn", "facts"),
    [
        (THERE, UPNS[0], {}),
        (THERE, UPNS[0], {"surname": "Given", "forename": "Wrongly", "born_on": date(2015, 1, 1)}),
        (HERE, "", {}),
    ],
    ids=["by the UPN", "by the UPN with another name", "by the name, where the child was before"],
)
def test_who_is_closed_is_not_expected_anywhere(to: int, upn: str, facts: dict[str, Any]) -> None:
    """R18: nobody reads the name or answers, neither the school nor whoever told of the child, until it is opened."""
    bring(told())
    if to == HERE:
        with as_batch():
            Enrolment.objects.filter(pupil=record()).update(ends_on=TODAY - timedelta(days=9))
    number = told_of(to, upn, **facts)
    other = told_of(to, UPNS[7], forename="Somebody", surname="Else")
    assert len(coming(to)) == 2
    closing = close(record())
    assert coming(to) == ["Somebody Else"]
    for slug, through in ((HEADS[to], SCHOOLS_ONLINE), (OFFICER, EDUNET)):
        with pytest.raises(NoSuchRecord):
            door.accept_transfer(asker(slug, through), to, number)
        with pytest.raises(NoSuchRecord):
            door.cancel_transfer(asker(slug, through), to, number)
    assert door.accept_transfer(asker(HEADS[to]), to, other)
    door.end_closing(asker(MANAGER, EDUNET), closing.pk)
    assert len(coming(to)) == 2
    assert door.accept_transfer(asker(HEADS[to]), to, number)


def test_nobody_is_reminded_of_who_is_closed() -> None:
    """R18: the school is written to about the children whom it can answer for."""
    bring(told())
    number, day = told_of(THERE, UPNS[0]), TODAY + timedelta(days=40)
    with as_batch():
        Transfer.objects.exclude(pk=number).delete()
        Transfer.objects.filter(pk=number).update(expected_on=day, lapses_on=day)
        place = Transfer.objects.get(pk=number).establishment_id
        assert transfers.waiting(day) == [place]
    close(record())
    with as_batch():
        assert transfers.waiting(day) == []
