"""Who reads which cell of open statistics: by both locks, and by each of them alone (R2, R3, R10, R12, R16, R22)."""

from datetime import datetime, timedelta

import pytest

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.open_statistics import Selection
from tests import figures, open_statistics
from tests.locks.switches import door_off, rls_off, rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker

pytestmark = pytest.mark.django_db
LARKROYD = 999004  # has excluded itself since it was counted
COMMUNITY = {"open", 999002, 999003, 999005, 999006, 999007}
TABLE: dict[tuple[str, str], set[object]] = {
    ("head-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("governor-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("absent-beckside", SCHOOLS_ONLINE): set(),
    ("third-party-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("head-ravensgill", SCHOOLS_ONLINE): COMMUNITY,
    ("head-larkroyd", SCHOOLS_ONLINE): set(),
    ("teacher-ended", SCHOOLS_ONLINE): set(),
    ("teacher-not-accepted", SCHOOLS_ONLINE): set(),
    ("superuser", SCHOOLS_ONLINE): set(),
    ("other-department", SCHOOLS_ONLINE): set(),
    ("officer-data", SCHOOLS_ONLINE): set(),
    ("officer-no-duty", EDUNET): COMMUNITY | {LARKROYD},
    ("officer-duty-ended", EDUNET): COMMUNITY | {LARKROYD},
    ("officer-not-accepted", EDUNET): set(),
    ("head-beckside", EDUNET): set(),
}


def out(at: datetime | None = None) -> None:
    figures.without_the_demonstrations()
    with as_batch():
        open_statistics.out(at=at)


def reads(slug: str, through: str) -> set[object]:
    """Whether the person is given open cells, and of which establishments cells that name them."""
    who, found = asker(slug, through), set()
    try:
        if any(row.figures for row in door.show_statistics(who, "pupils_place_phase_year", Selection()).told.rows):
            found.add("open")
        table = door.take_comparison(who, "establishments_fsm", "csv")
        found |= {int(row.members[0].removeprefix("urn:")) for row in table.published.rows}
    except NoSuchRecord:
        pass
    return found


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize(("slug", "through"), TABLE, ids=str)
def test_who_reads_which_cell(off: str, slug: str, through: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out()
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    expected = TABLE[slug, through]
    if off == "the door" and slug == "head-larkroyd":
        expected = {LARKROYD}  # its own, which is no shared data
    assert reads(slug, through) == expected


def test_without_both_locks_there_is_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    out()
    rls_off()
    door_off(monkeypatch)
    assert reads("teacher-ended", SCHOOLS_ONLINE) == COMMUNITY | {LARKROYD}


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize("seconds", [0, 1])
def test_at_the_instant_by_all_and_a_second_before_by_none(
    off: str, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R22, R40: on the two sites at T, and on neither at T minus one second, by the database's clock."""
    ((now,),) = rows("SELECT now()")
    out(at=now + timedelta(seconds=seconds))
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    assert reads("governor-beckside", SCHOOLS_ONLINE) == (set() if seconds else COMMUNITY)
    assert reads("officer-no-duty", EDUNET) == (set() if seconds else COMMUNITY | {LARKROYD})


def test_outside_a_visit_there_is_nothing() -> None:
    """R2: not even how a release tells pupils apart, which names establishments."""
    out()
    for table in ("cell", "table", "dimension", "verdict"):
        assert rows(f"SELECT count(*) FROM sharing_statistics{table}") == [(0,)]
