"""Each lock holds alone; without both there is a leak (R5, R6, R33, R45). Parts 1 to 3 of the proof."""

import pytest
from django.test import Client
from django.utils import timezone

from sharing.models import Pupil
from tests.locks.canaries import SESSIONS, Canary, allowed, plant
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, looks_for, person

pytestmark = pytest.mark.django_db

VISITORS = [
    ("head-beckside", SCHOOLS_ONLINE),
    ("deputy-beckside", SCHOOLS_ONLINE),
    ("teacher-beckside", SCHOOLS_ONLINE),
    ("assistant-beckside", SCHOOLS_ONLINE),
    ("absent-beckside", SCHOOLS_ONLINE),
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


def seen(browser: Client, address: str) -> str:
    answer = looks_for(browser, address) if "named=" in address else browser.get(address)
    return answer.content.decode()


def crawl(slug: str, through: str, canaries: list[Canary]) -> str:
    """Everything the person is shown at every address of every establishment, their own and others."""
    browser = client(slug, through)
    shown = []
    for canary in canaries:
        base = f"/establishments/{canary.urn}/"
        for path in (
            "pupils/?named=Canary",
            f"pupils/{canary.pupil_id}/",
            "staff/",
            f"staff/{canary.staff_id}/",
            "groups/",
            "deeper/children/?measure=roll_pupils&year=2025&group=total",
        ):
            shown.append(seen(browser, base + path))
    search = browser.post("/find/", {"named": "Canary"}, follow=True)
    shown.append(search.content.decode())
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
    """If the two switches did nothing, the tests above would prove nothing."""
    canaries = plant(timezone.localdate())
    rls_off()
    door_off(monkeypatch)
    pupils, staff = marks_seen(crawl("governor-beckside", SCHOOLS_ONLINE, canaries), canaries)
    assert pupils == staff == {canary.establishment_id for canary in canaries}


NARROWED = "assistant-beckside"


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
class TestNarrowedByEachLockAlone:
    """R35, A5: a Level 2 line for Years 1 and 2, without special needs and attendance."""

    def page(self, off: str, monkeypatch: pytest.MonkeyPatch, path: str) -> str:
        if off == "the door":
            door_off(monkeypatch)
        if off == "row-level security":
            rls_off()
        return seen(client(NARROWED, SCHOOLS_ONLINE), f"/establishments/999002/pupils/{path}")

    def canary(self) -> Canary:
        return next(canary for canary in plant(timezone.localdate()) if canary.urn == 999002)

    def test_other_year_groups(self, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
        canary = self.canary()
        for path in ("?named=Canary", "?year_group=6", f"{canary.pupil_id}/"):
            assert canary.pupil_mark not in self.page(off, monkeypatch, path)

    def test_what_is_withheld(self, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
        canary = self.canary()
        with as_batch():
            Pupil.objects.filter(pk=canary.pupil_id).update(year_group="1")
        page = self.page(off, monkeypatch, f"{canary.pupil_id}/")
        assert canary.pupil_mark in page
        assert "Health and Care plan" not in page
        assert str(SESSIONS) not in page
        assert "EHC plan</td>" not in self.page(off, monkeypatch, "?named=Canary")

    def test_a_filter_tells_nothing_of_what_is_withheld(self, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """R6: `?sen=E` and `?sen=N` do not tell who has a plan."""
        canary = self.canary()
        with as_batch():
            Pupil.objects.filter(pk=canary.pupil_id).update(year_group="1")
        shown = [canary.pupil_mark in self.page(off, monkeypatch, f"?named=Canary&sen={sen}") for sen in "EN"]
        assert shown[0] == shown[1]


def test_the_head_sees_what_is_withheld_from_others() -> None:
    """If nobody were shown it, the tests above would prove nothing."""
    canary = next(canary for canary in plant(timezone.localdate()) if canary.urn == 999002)
    page = client("head-beckside", SCHOOLS_ONLINE).get(f"/establishments/999002/pupils/{canary.pupil_id}/")
    assert "Health and Care plan" in page.content.decode()
    assert str(SESSIONS) in page.content.decode()
