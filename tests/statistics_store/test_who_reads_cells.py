"""Who reads which protected number, and from when, by row-level security alone (R2, R3, R10, R12, R16, R22)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.authorise import Permission, visit
from sharing.models import StatisticsCell, StatisticsRules, StatisticsTable
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker
from tests.statistics_store.planted import out, prepared

pytestmark = pytest.mark.django_db
PLACES = {999002: "beckside", 999003: "ravensgill", 999004: "larkroyd", 999014: "kirkholme"}
YEAR = 1999
COMMUNITY = "beckside open ravensgill"
# `open` is the cell that names no establishment.
TABLE = {
    ("head-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("teacher-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("assistant-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("governor-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("third-party-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("head-larkroyd", SCHOOLS_ONLINE): "larkroyd",  # excluded itself: its own, and nothing that others share
    ("teacher-ended", SCHOOLS_ONLINE): "",
    ("teacher-not-accepted", SCHOOLS_ONLINE): "",
    ("superuser", SCHOOLS_ONLINE): "",
    ("other-department", SCHOOLS_ONLINE): "",
    ("officer-data", SCHOOLS_ONLINE): "",
    ("officer-data", EDUNET): f"{COMMUNITY} larkroyd",
    ("officer-no-duty", EDUNET): f"{COMMUNITY} larkroyd",
    ("officer-not-accepted", EDUNET): "",
    ("head-beckside", EDUNET): "",
}


def reads(slug: str, through: str) -> str:
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        cells = StatisticsCell.objects.filter(release__academic_year=YEAR)
        found = {cell.establishment.urn if cell.establishment_id else 0 for cell in cells}
        told = StatisticsTable.objects.filter(release__academic_year=YEAR).exists()
        rules = StatisticsRules.objects.filter(release__academic_year=YEAR).exists()
        assert told == rules
        assert told or not found
        here.showed()
    return " ".join(sorted(PLACES.get(urn, "open") for urn in found))


@pytest.mark.parametrize(("slug", "through"), TABLE)
def test_who_reads_what_of_a_release_that_is_out(slug: str, through: str) -> None:
    with as_batch():
        out(YEAR, tuple(PLACES))
    assert reads(slug, through) == " ".join(sorted(TABLE[slug, through].split()))


@pytest.mark.parametrize(("slug", "through"), [one for one, told in TABLE.items() if told])
def test_nobody_reads_it_before(slug: str, through: str) -> None:
    """R22: prepared, and scheduled a moment ahead; officers who run releases too."""
    with as_batch():
        prepared(YEAR, tuple(PLACES))
        out(YEAR, tuple(PLACES), at=timezone.now() + timedelta(seconds=90))
    assert reads(slug, through) == ""
