"""Every address of both sites, own and foreign, with one lock off (R5, R6, R33, R45): the proof of both, widely."""

import pytest
from django.utils import timezone

from sharing.models import Pupil, StaffMember
from tests.attack import world
from tests.attack.addresses import every_address
from tests.locks.canaries import Canary, allowed, plant
from tests.locks.switches import door_off, rls_off
from tests.locks.test_two_locks import marks_seen
from tests.people import EDUNET, SCHOOLS_ONLINE, client, person

pytestmark = pytest.mark.django_db

VISITORS = [
    ("governor-beckside", SCHOOLS_ONLINE),
    ("teacher-beckside", SCHOOLS_ONLINE),
    ("head-larkroyd", SCHOOLS_ONLINE),
    ("officer-school-improvement", EDUNET),
]


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> list[Canary]:
    """A world with a row for every number in an address, and its marked people."""
    planted: list[Canary] = []
    monkeypatch.setattr(world.canaries, "plant", lambda day: planted.extend(plant(day)))
    world.plant()
    return planted


def showing_others(slug: str, through: str, canaries: list[Canary]) -> set[str]:
    """The names of the addresses at which the person is shown somebody whom they may not see."""
    may_see = allowed(person(slug).pk, through, timezone.localdate())
    browser, too_many = client(slug, through), set()
    session = dict(browser.cookies)
    browser.raise_request_exception = False
    for urn in (world.BECKSIDE, world.RAVENSGILL):
        numbers = world.numbers_of(urn)
        with world.as_nobody_in_particular():
            numbers["pupil_id"] = Pupil.objects.get(surname=f"Aa{urn}pupil").pk
            numbers["member_id"] = StaffMember.objects.get(surname=f"Aa{urn}staff").pk
        for address in every_address("edunet" if through == EDUNET else "schools_online"):
            if address.name == "account_logout":
                continue
            browser.cookies.update(session)
            seen = marks_seen(browser.get(address.path(numbers, urn)).getvalue().decode(errors="replace"), canaries)
            if any(found - allowed_here for found, allowed_here in zip(seen, may_see, strict=True)):
                too_many.add(address.name)
    assert browser.get("/").status_code == 200  # signed in to the end
    return too_many


@pytest.mark.parametrize("off", ["the door", "row-level security"])
@pytest.mark.parametrize(("slug", "through"), VISITORS)
def test_one_lock_is_enough(
    slug: str, through: str, off: str, canaries: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: no page, list, file or form shows a child or a member of staff too many."""
    if off == "the door":
        door_off(monkeypatch)
    else:
        rls_off()
    assert showing_others(slug, through, canaries) == set()


@pytest.mark.parametrize(("slug", "through"), [VISITORS[0], VISITORS[-1]])
def test_without_both_there_are_leaks(
    slug: str, through: str, canaries: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the crawl saw nothing anywhere on a site, the tests above would prove nothing of it."""
    door_off(monkeypatch)
    rls_off()
    found = showing_others(slug, through, canaries)
    assert {"pupils", "pupil", "staff", "member", "who_may_see"} <= found, found
