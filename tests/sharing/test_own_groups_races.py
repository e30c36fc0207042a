"""Two at once make an own group of one name."""

from functools import partial

from sharing import door
from sharing.door.own_groups import CannotGroup, Wanted
from sharing.models import OwnGroup
from tests.people import as_batch, asker
from tests.threads import at_once

BECKSIDE, HEAD = 999002, "head-beckside"


def test_two_at_once_make_one_group_of_a_name(own_database: None) -> None:
    """The database lets one through; the other is told, or was the same."""
    somebody = asker(HEAD)
    wanted = [Wanted("At once", "criteria", {"sex": [sex]}) for sex in "FM"]
    ends = at_once(*[partial(door.make_own_group, somebody, BECKSIDE, one) for one in wanted])
    (refused,) = [ended for ended in ends if isinstance(ended, Exception)]
    assert isinstance(refused, CannotGroup)
    with as_batch():
        assert OwnGroup.objects.filter(made_by_id=somebody.person_id).count() == 1
