"""A legal hold, or an open request, goes where the records go: to another URN, and to two identities again (P5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing import children
from sharing.door import retention as door
from sharing.models import ChildMerge, Establishment
from tests import factories
from tests.people import EDUNET, as_batch, asker
from tests.retention.test_bounds import asked_for
from tests.retention.worlds import BECKSIDE, MANAGER, RAVENSGILL, due, grown_up

pytestmark = pytest.mark.django_db


def hold(**told: object) -> int:
    facts = {"upn_key": "", "urn": None, "reason": "A claim", "until": None} | told
    return door.place_hold(asker(MANAGER, EDUNET), **facts)


@pytest.mark.parametrize("urn", [BECKSIDE, RAVENSGILL], ids=["the old URN", "the new URN"])
def test_a_hold_on_a_school_holds_what_is_kept_under_each_of_its_urns(urn: int) -> None:
    """P5: whoever left before the school became an academy, and whoever left after it."""
    before, after = grown_up(BECKSIDE), grown_up(RAVENSGILL)
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(goes_on_as=factories.establishment(RAVENSGILL))
    number = hold(urn=urn)
    assert not {str(before.child_id), str(after.child_id)} & due("child")
    door.lift_hold(asker(MANAGER, EDUNET), number)
    assert {str(before.child_id), str(after.child_id)} <= due("child")


@pytest.mark.parametrize("by", ["a hold", "a request"])
def test_what_was_said_of_two_that_were_one_holds_both(by: str) -> None:
    """P5, R18: by the UPN of either. Nobody knows which of the two was meant, once they are two again."""
    one, other = grown_up(BECKSIDE), grown_up(RAVENSGILL)
    joined = children.merge(one.child_id, other.child_id, because="Test", by_name="Test")
    with as_batch():
        ChildMerge.objects.update(at=timezone.now() - timedelta(days=9))
    if by == "a hold":
        hold(upn_key=one.upn_index)
    else:
        asked_for(one)
    children.undo(joined.pk, by_name="Test")
    assert not {str(one.child_id), str(other.child_id)} & due("child")


def test_a_hold_by_a_upn_that_two_children_have_holds_both() -> None:
    """P5: a school reports the UPN of somebody elsewhere, and nobody knows which of the two was meant."""
    one = grown_up(BECKSIDE)
    other = grown_up(RAVENSGILL, upn=one.upn, upn_index=one.upn_index)
    assert one.child_id != other.child_id
    hold(upn_key=one.upn_index)
    assert not {str(one.child_id), str(other.child_id)} & due("child")
