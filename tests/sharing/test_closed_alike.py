"""Who is closed stays closed where a file tells the child under another number, until somebody has looked (R5, R18)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from sharing import door
from sharing.models import Closing, LedgerEntry, Pupil
from tests.people import EDUNET, as_batch, asker, person
from tests.sharing.closings import HEAD, MANAGER, close, page
from tests.sharing.pupil_facts import THERE, UPNS, bring, record, told

pytestmark = pytest.mark.django_db
HEAD_THERE = "head-ravensgill"


def closings(of: Pupil) -> list[Closing]:
    with as_batch():
        return list(Closing.objects.filter(child=of.child_id))


def closed() -> Pupil:
    bring(told())
    close(record())
    return record()


def test_under_a_new_number_whose_former_one_is_not_told() -> None:
    """The school has the child's record twice, and sees neither; the officer reads why, and opens who is another."""
    one = closed()
    bring(told(1))
    other = record(UPNS[1])
    assert other.child_id != one.child_id
    assert (page(one), page(other)) == (404, 404)
    (like,) = closings(other)
    (first,) = closings(one)
    told_alike = ("named", "authoriser", "basis", "head_barred", "starts_at", "ends_at", "asked_by_id")
    assert [getattr(like, name) for name in told_alike] == [getattr(first, name) for name in told_alike]
    assert str(like.reason).startswith("An order. Closed by an import:")
    with as_batch():
        assert LedgerEntry.objects.get(action="close_alike").about == {"closing": like.pk, "like": first.pk}

    bring(told(1))
    assert len(closings(other)) == 1

    door.end_closing(asker(MANAGER, EDUNET), like.pk)
    assert (page(one), page(other)) == (404, 200)


def test_another_child_with_the_same_number() -> None:
    """Two children have one UPN: which of them was to be closed is for an officer to say."""
    closed()
    bring(told(urn=THERE, surname="Given", forename="Wrongly", born_on=date(2015, 1, 1)))
    other = record(urn=THERE)
    assert len(closings(other)) == 1
    assert page(other, HEAD_THERE) == 404


ALIKE: list[dict[str, Any]] = [
    {"number": 1},
    {"urn": THERE, "surname": "Given", "forename": "Wrongly", "born_on": date(2015, 1, 1)},
]


@pytest.mark.parametrize("facts", ALIKE, ids=["under a new number", "another child of that number"])
def test_who_came_before_the_child_was_closed(facts: dict[str, Any]) -> None:
    """P7: whichever was first, the file or the closing. Who is somebody else is opened as after a file."""
    bring(told())
    bring(told(**facts))
    one, other = record(), record(UPNS[facts.get("number", 0)], urn=facts.get("urn", 999002))
    head = HEAD_THERE if "urn" in facts else HEAD
    assert (page(one), page(other, head)) == (200, 200)
    first = close(one)
    assert (page(one), page(other, head)) == (404, 404)
    (like,) = closings(other)
    assert str(like.reason).startswith("An order. Closed too:")
    assert (like.ends_at, like.head_barred, like.asked_by_id) == (first.ends_at, False, person(MANAGER).pk)
    with as_batch():
        assert LedgerEntry.objects.get(action="close_child").about["alike"] == [like.pk]
    assert close(one).pk == first.pk
    assert len(closings(other)) == 1
    door.end_closing(asker(MANAGER, EDUNET), like.pk)
    assert (page(one), page(other, head)) == (404, 200)


@pytest.mark.parametrize(
    "facts", [{"born_on": date(2017, 3, 5)}, {"forename": "Robyn"}, {"surname": "Stagey"}, {"urn": THERE}], ids=str
)
def test_nobody_else(facts: dict[str, Any]) -> None:
    """A twin, a namesake, and a child of that name and birthday at another school are there as ever."""
    closed()
    bring(told(1, **facts))
    other = record(UPNS[1], urn=facts.get("urn", 999002))
    assert closings(other) == []
    assert page(other, HEAD_THERE if "urn" in facts else HEAD) == 200


def test_a_closing_that_is_over_closes_nobody() -> None:
    one = closed()
    (first,) = closings(one)
    door.end_closing(asker(MANAGER, EDUNET), first.pk)
    bring(told(1))
    assert closings(record(UPNS[1])) == []


@pytest.mark.parametrize(("is_agreed", "is_copied"), [(False, 0), (True, 1)])
def test_one_that_nobody_agreed_to_within_72_hours_is_over(is_agreed: bool, is_copied: int) -> None:
    (first,) = closings(closed())
    three_days_ago = timezone.now() - timedelta(hours=72)
    agreed = {"agreed_by_id": person(HEAD).pk, "agreed_at": three_days_ago} if is_agreed else {}
    with as_batch():
        Closing.objects.filter(pk=first.pk).update(starts_at=three_days_ago, **agreed)
    bring(told(1))
    assert len(closings(record(UPNS[1]))) == is_copied
