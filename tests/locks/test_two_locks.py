"""Each lock alone holds; without both there is a leak (R5, R6, R33, R45). Parts 1 to 3 of the proof."""

import pytest
from django.utils import timezone

from tests.locks.canaries import Canary, allowed, plant
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, client, person

pytestmark = pytest.mark.django_db

VISITORS = [
    ("head-beckside", SCHOOLS_ONLINE),
    ("deputy-beckside", SCHOOLS_ONLINE),
    ("teacher-beckside", SCHOOLS_ONLINE),
    ("teacher-two-schools", SCHOOLS_ONLINE),
    ("governor-beckside", SCHOOLS_ONLINE),
    ("third-party-beckside", SCHOOLS_ONLINE),
    ("head-larkroyd", SCHOOLS_ONLINE),
    ("superuser", SCHOOLS_ONLINE),
    ("teacher-not-accepted", SCHOOLS_ONLINE),
    ("officer-admissions", EDUNET),
    ("officer-school-improvement", EDUNET),
    ("officer-no-duty", EDUNET),
    ("officer-not-accepted", EDUNET),
]


def crawl(slug: str, through: str, canaries: list[Canary]) -> str:
    """All that the person is shown at every address of every establishment, their own and the others'."""
    browser = client(slug, through)
    shown = []
    for canary in canaries:
        base = f"/establishments/{canary.urn}/"
        for path in ("pupils/?named=Canary", f"pupils/{canary.pupil_id}/", "staff/"):
            shown.append(browser.get(base + path).content.decode())
    return "\n".join(shown)


def marks_seen(text: str, canaries: list[Canary]) -> tuple[set[int], set[int]]:
    return (
        {canary.establishment_id for canary in canaries if canary.pupil_mark in text},
        {canary.establishment_id for canary in canaries if canary.staff_mark in text},
    )


@pytest.mark.parametrize(("slug", "through"), VISITORS)
class TestEachLockAlone:
    def test_both_locks(self, slug: str, through: str) -> None:
        """Everybody sees what their lines and duties say, all of it and nothing else."""
        today = timezone.localdate()
        canaries = plant(today)
        assert marks_seen(crawl(slug, through, canaries), canaries) == allowed(person(slug).pk, through, today)

    def test_row_level_security_alone(self, slug: str, through: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every filter of the code is forgotten: still no row too many, and the rows one may see are there."""
        today = timezone.localdate()
        canaries = plant(today)
        may_see = allowed(person(slug).pk, through, today)
        door_off(monkeypatch)
        assert marks_seen(crawl(slug, through, canaries), canaries) == may_see

    def test_the_door_alone(self, slug: str, through: str) -> None:
        """Row-level security is off: the door shows no row too many."""
        today = timezone.localdate()
        canaries = plant(today)
        may_see = allowed(person(slug).pk, through, today)
        rls_off()
        assert marks_seen(crawl(slug, through, canaries), canaries) == may_see


def test_without_both_locks_there_is_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the two switches not real, the tests above would prove nothing."""
    canaries = plant(timezone.localdate())
    rls_off()
    door_off(monkeypatch)
    pupils, staff = marks_seen(crawl("governor-beckside", SCHOOLS_ONLINE, canaries), canaries)
    assert pupils == staff == {canary.establishment_id for canary in canaries}
