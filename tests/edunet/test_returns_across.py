"""Which returns have arrived, across establishments (R23, R29)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sharing import door, returns
from sharing.authorise import NotAtYourLevel
from sharing.demo.places import BECKSIDE, OXENBY
from sharing.models import Establishment, Import, LedgerEntry, Pupil, StaffMember
from tests.people import EDUNET, as_batch, asker, client

pytestmark = pytest.mark.django_db
DATA = "officer-data"


@pytest.fixture(autouse=True)
def not_all_have_sent_the_same() -> None:
    """Beckside owes its censuses, Oxenby that of its workforce."""
    day = date(2019, 7, 1)
    with as_batch():
        Import.objects.all().delete()
        Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=day)
        StaffMember.objects.filter(establishment__urn=OXENBY).update(as_of=day)


def test_it_says_what_each_establishments_own_page_says() -> None:
    """R23, R31."""
    who = asker(DATA, EDUNET)
    found = door.show_returns_across(who)
    assert found.page.total == len(found.page.rows)
    for line in found.page:
        own = door.show_returns(who, line.urn).returns
        assert line.late == sum(one.is_late for one in own), line
        latest = {kind: next((one.state for one in own if one.kind == kind), "") for kind in ("census", "workforce")}
        assert (line.census, line.workforce) == (latest["census"], latest["workforce"])


def test_who_closed_before_the_oldest_of_the_returns_is_left_out() -> None:
    """R23: a school that closed years ago stood in the list for ever, with nothing expected of it."""
    oldest = returns.expected(timezone.localdate())[-1].reference_day
    for last_day, is_there in ((oldest, True), (oldest - timedelta(days=1), False)):
        with as_batch():
            Establishment.objects.filter(urn=BECKSIDE).update(close_date=last_day, status_code=2)
        listed = {line.urn for line in door.show_returns_across(asker(DATA, EDUNET)).page}
        assert (BECKSIDE in listed, OXENBY in listed) == (is_there, True)


def test_it_is_narrowed_by_status_and_by_nothing_else() -> None:
    """R29."""
    who = asker(DATA, EDUNET)
    everybody = door.show_returns_across(who)
    for state, number in everybody.states:
        narrowed = door.show_returns_across(who, state=state)
        assert narrowed.page.total == number
        assert all(state in (line.census, line.workforce) for line in narrowed.page)
        with as_batch():
            told = LedgerEntry.objects.latest("pk").about
        assert told == {"establishments": number, "state": state, "order": "name", "for": everybody.order.purpose}
    assert sum(number > 0 for _, number in everybody.states) > 1
    names = [line.name for line in everybody.page]
    assert names == sorted(names)
    browser = client(DATA, EDUNET)
    assert browser.get(f"/returns/?state={returns.Status.LATE}").status_code == 200
    assert browser.get("/returns/?state=nonsense&page=99").status_code == 200
    assert browser.get("/returns/?sort=attendance").status_code == 422


@pytest.mark.parametrize("slug", ["officer-no-duty", "officer-school-improvement", "officer-information"])
def test_it_needs_the_duty(slug: str) -> None:
    with pytest.raises(NotAtYourLevel):
        door.show_returns_across(asker(slug, EDUNET))
    assert client(slug, EDUNET).get("/returns/").status_code == 403
