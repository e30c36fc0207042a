"""Two at once make an own group of one name."""

from functools import partial

import pytest
from django.utils import timezone

from sharing import door
from sharing.door import own_groups
from sharing.door.own_groups import CannotGroup, Wanted
from sharing.imports.ending import end_establishment
from sharing.models import Establishment, OwnGroup, Pupil
from sharing.models.establishments import CLOSED
from tests.people import as_batch, asker
from tests.sharing.moves import day, on_roll
from tests.threads import at_once, in_turn

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
    same = Wanted("The same", "criteria", {"sex": ["F"]})
    assert len(set(at_once(*[lambda: door.make_own_group(somebody, BECKSIDE, same)] * 4))) == 1


@pytest.mark.django_db
def test_a_group_put_away_while_it_is_changed_is_put_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague puts it away between the two statements of a change: both are kept."""
    somebody = asker(HEAD)
    number = door.make_own_group(somebody, BECKSIDE, Wanted("Once", "criteria", {"sex": ["F"]}))

    def meanwhile(*_: object, **__: object) -> None:
        OwnGroup.objects.filter(pk=number).update(archived_at=timezone.now())

    monkeypatch.setattr(own_groups, "_refuse_a_name_in_use", meanwhile)
    door.change_own_group(somebody, BECKSIDE, number, Wanted("Now", "criteria", {"sex": ["M"]}))
    with as_batch():
        group = OwnGroup.objects.get(pk=number)
        assert (group.name, group.criteria, bool(group.archived_at)) == ("Now", {"sex": ["M"]}, True)


def test_a_child_put_in_while_the_school_ends(own_database: None) -> None:
    """R44: neither stops the other half-way, as a child's record may be pointed to while its days are counted anew."""
    pupil, head = on_roll(), asker(HEAD)
    group = door.make_own_group(head, BECKSIDE, Wanted("By hand", "hand"))
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(status_code=CLOSED, close_date=day(-1))
    steps = [
        lambda: end_establishment(BECKSIDE, by="Test", today=day(0)),
        lambda: door.change_members(head, BECKSIDE, group, put_in=[pupil.pk]),
    ]
    ended = in_turn(lambda: Pupil.objects.select_for_update().get(pk=pupil.pk), *steps)
    assert ended == [{"done": 1}] * 2
