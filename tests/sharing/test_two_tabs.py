"""Two people have one form open: the second is told what the first did, and takes nothing back unseen (R43)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing import door
from sharing.demo.places import AMBERSTONE, BECKSIDE
from sharing.door.own_groups import Wanted
from sharing.door.support import NewOffer
from sharing.models import LedgerEntry
from tests.access_register import duties
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
HEAD, DEPUTY = "head-beckside", "deputy-beckside"
TODAY = timezone.localdate()


def _typed(days: int) -> str:
    day = TODAY + timedelta(days)
    return f"{day.day}/{day.month}/{day.year}"


def an_offer() -> tuple[str, dict[str, Any], dict[str, Any]]:
    wish = NewOffer("maths", "We do sums.", "Everybody", "Ask here.", TODAY + timedelta(60))
    number = door.publish_offer(asker(HEAD), BECKSIDE, wish=wish)
    typed = {"challenge": "maths", "for_whom": "Everybody", "how": "Ask here.", "until": _typed(60)}
    return f"support/offers/{number}/change/", typed | {"what": "We count."}, typed | {"what": "We measure."}


def an_own_group() -> tuple[str, dict[str, Any], dict[str, Any]]:
    number = door.make_own_group(asker(HEAD), BECKSIDE, Wanted("Girls", "criteria", {"sex": ["F"]}))
    return f"groups/{number}/change/", {"name": "Some", "sex": ["F"]}, {"name": "Girls", "sex": ["M"]}


def a_check_of_a_contract() -> tuple[str, dict[str, Any], dict[str, Any]]:
    terms = Terms("Heron", "H-9", "7", TODAY, TODAY + timedelta(9))
    number = third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms)
    return f"register/third-parties/{number}/dbs/", {"on": _typed(-2)}, {"on": _typed(-1)}


def a_contracts_last_day() -> tuple[str, dict[str, Any], dict[str, Any]]:
    terms = Terms("Heron", "H-8", "7", TODAY, TODAY + timedelta(9))
    number = third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms)
    return (
        f"register/third-parties/{number}/last-day/",
        {"starts_on": _typed(0), "on": _typed(20)},
        {"starts_on": _typed(2), "on": _typed(3)},
    )


def a_centres_last_day() -> tuple[str, dict[str, Any], dict[str, Any]]:
    sure = {"sure": "on"}
    return f"/community/centres/{AMBERSTONE}/close/", sure | {"last_day": _typed(5)}, sure | {"last_day": _typed(9)}


def a_types_last_day() -> tuple[str, dict[str, Any], dict[str, Any]]:
    decided = {"kind": "secondary", "reason": "x", "decided_on": TODAY}
    door.list_type(asker(duties.MANAGER, EDUNET), type_code=40, **decided)
    sure = {"sure": "on", "reason": "Agreed"}
    return "/community/types/40/end/", sure | {"last_day": _typed(5)}, sure | {"last_day": _typed(9)}


def an_officers_team() -> tuple[str, dict[str, Any], dict[str, Any]]:
    there = {"post": "Adviser", "manager": ""}
    page = f"/officers/{duties.appointment('officer-no-duty').pk}/change/"
    return page, there | {"team": "Attendance"}, there | {"team": "Inclusion"}


def a_lines_level() -> tuple[str, dict[str, Any], dict[str, Any]]:
    typed = {"role": "teacher", "basis": "teaches", "confirm": "on"}
    return f"register/{_line()}/", typed | {"level": "3"}, typed | {"level": "2", "ends_on": _typed(9)}


def a_lines_narrowing() -> tuple[str, dict[str, Any], dict[str, Any]]:
    return f"register/{_line()}/narrow/", {"year_groups": ["3"]}, {"year_groups": ["4"]}


def _line() -> int:
    with as_batch():
        return RegisterLine.objects.get(person=person("teacher-beckside"), establishment__urn=BECKSIDE).pk


def version_in(page: HttpResponse) -> str:
    found = re.search(r'name="version" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("make", "action"),
    [
        (an_offer, "change_offer"),
        (an_own_group, "change_own_group"),
        (a_check_of_a_contract, "record_dbs"),
        (a_contracts_last_day, "change_contract"),
        (a_centres_last_day, "close_centre"),
        (a_types_last_day, "end_type"),
        (an_officers_team, "change_officer"),
        (a_lines_level, "change_access"),
        (a_lines_narrowing, "narrow_access"),
    ],
)
def test_the_second_is_told_and_may_save_again(make: Callable[[], tuple[str, Any, Any]], action: str) -> None:
    """A double click is the first change, and one change in the ledger."""
    page, first, second = make()
    if page.startswith("/"):
        mine, theirs = client(duties.MANAGER, EDUNET), client(duties.second_manager(), EDUNET)
    else:
        page = f"/establishments/{BECKSIDE}/{page}"
        mine, theirs = client(HEAD, SCHOOLS_ONLINE), client(DEPUTY, SCHOOLS_ONLINE)
    version = version_in(mine.get(page))
    for _ in range(2):
        assert theirs.post(page, first | {"version": version}).status_code == 302
    told = mine.post(page, second | {"version": version})
    assert told.status_code == 422
    assert re.search("while you had (it|the page) open", told.content.decode())
    assert mine.post(page, second | {"version": version_in(told)}).status_code == 302
    with as_batch():
        rows = LedgerEntry.objects.filter(action=action).order_by("pk").values_list("outcome", flat=True)
        assert list(rows) == ["changed", "shown", "changed"]
