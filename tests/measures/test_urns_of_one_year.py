"""Where two URNs of one establishment have figures of one year, every page says the same of it, and a protected number
of either stands for the whole one of the other (R10, R11, R12, R31, A2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.door.deeper import Question
from sharing.measures import preparing
from sharing.measures.one_number import beside_own_whole
from sharing.models import Establishment, Release
from sharing.records.figures import Shown
from sharing.records.reports import GOVERNORS, ReportFacts
from sharing.reports.gathering import gather
from sharing.school_year import academic_year
from tests import figures
from tests.factories import establishment
from tests.locks.switches import door_off, rls_off, run_as_owner
from tests.measures.test_earlier_urns import ROLL, SMALL, YEAR, own, protected_share, reads
from tests.people import SCHOOLS_ONLINE, as_batch, asker
from tests.sharing.conversions import BECKSIDE, NEW, convert

BOTH, EARLIER_ALONE = "attendance_absence", "attendance_persistent"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias", "nothing_released")]


def test_of_a_measure_that_the_later_urn_does_not_have_the_earlier_one_speaks(tmp_path: Path, today: date) -> None:
    """R31: Key Data, which asks for all measures at once, and Deeper Data, which asks for one."""
    convert(tmp_path, today)
    with as_batch():
        figures.out("attendance", YEAR, {(BECKSIDE, BOTH): 61, (NEW, BOTH): 62, (BECKSIDE, EARLIER_ALONE): 9})
    found = door.show_key_data(asker("governor-beckside"), NEW)
    told = {measure.code: [(year.own.text, year.own.under) for year in measure.years] for measure in found.measures}
    assert told[BOTH] == [("62.0%", None)]
    assert told[EARLIER_ALONE] == [("9.0%", BECKSIDE)]
    deeper = door.show_deeper(asker("governor-beckside"), NEW, Question(measure=EARLIER_ALONE, year=YEAR))
    assert [row.cells[0].under for row in deeper.rows] == [BECKSIDE]


def of_the_year_of_the_change(counted_at: int, protected_at: int, today: date, *, protected_first: bool) -> None:
    """The free school meals of the school, counted under the one URN and protected under the other."""

    as_of = {BECKSIDE: today - timedelta(days=30), NEW: today}

    def counted() -> None:
        release = figures.release("roll", academic_year(today), {(counted_at, ROLL): 23})
        Release.objects.filter(pk=release.pk).update(as_of=as_of[counted_at])
        preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))

    with as_batch():
        if not protected_first:
            counted()
        protected_share(50, urn=protected_at, year=academic_year(today), as_of=as_of[protected_at])
        if protected_first:
            counted()


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize("protected_first", [True, False])
@pytest.mark.parametrize(("counted_at", "protected_at"), [(BECKSIDE, NEW), (NEW, BECKSIDE)])
def test_a_protected_number_of_either_urn_stands_for_the_whole_one_of_the_other(
    off: str,
    protected_first: bool,
    counted_at: int,
    protected_at: int,
    tmp_path: Path,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R10, R11, R12: in the year of a change both are of the same children."""
    convert(tmp_path, today)
    of_the_year_of_the_change(counted_at, protected_at, today, protected_first=protected_first)
    assert [text for text, _ in own(door.show_key_data(asker("governor-beckside"), NEW), ROLL).values()] == ["25%"]
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    assert reads("governor-beckside", SCHOOLS_ONLINE, NEW) == reads("head-ravensgill", SCHOOLS_ONLINE, NEW) == set()
    assert reads("head-beckside", SCHOOLS_ONLINE, NEW) == {ROLL}


def test_it_stands_for_it_too_where_gias_told_of_the_chain_later(tmp_path: Path, today: date) -> None:
    """R11, R12: the links came after both were out."""
    convert(tmp_path, today)
    run_as_owner("UPDATE sharing_establishment SET goes_on_as_id = NULL")
    of_the_year_of_the_change(BECKSIDE, NEW, today, protected_first=False)
    convert(tmp_path, today)
    assert reads("governor-beckside", SCHOOLS_ONLINE, NEW) == set()
    assert reads("head-beckside", SCHOOLS_ONLINE, NEW) == {ROLL}


def of_these(facts: ReportFacts, code: str) -> list[str]:
    return [year.own.text for measure in facts.measures if measure.code == code for year in measure.years]


def test_where_the_later_one_is_of_few_children_every_reader_and_the_worker_take_the_same(
    tmp_path: Path, today: date
) -> None:
    """R12, R31: who sees the pupils reads it; everybody else, and each report for governors, has the earlier one."""
    convert(tmp_path, today)
    with as_batch():
        figures.out("attendance", YEAR, {(BECKSIDE, EARLIER_ALONE): 12, (NEW, EARLIER_ALONE): SMALL})
        place = establishment(NEW).pk
        (made,) = gather(place, today, GOVERNORS)
    assert of_these(made, EARLIER_ALONE) == ["12.0%"]
    for slug, on_the_page in (("governor-beckside", "12.0%"), ("head-beckside", "40.0%")):
        assert [text for text, _ in own(door.show_key_data(asker(slug), NEW), EARLIER_ALONE).values()] == [on_the_page]
        with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, NEW, action="test") as here:
            (said,) = gather(place, today, GOVERNORS)
            here.showed()
        assert said.fingerprint == made.fingerprint
        deeper = door.show_deeper(asker(slug), NEW, Question(measure=EARLIER_ALONE, year=YEAR))
        assert [row.cells[0].text for row in deeper.rows] == ["12.0%"]


def test_a_median_of_similar_schools_stands_under_no_urn(tmp_path: Path, today: date) -> None:
    """R31: whichever of them had another URN then."""
    convert(tmp_path, today)
    with as_batch():
        protected_share(50)
        similar = list(Establishment.objects.filter(urn=NEW)) * 3
        told = beside_own_whole({(ROLL, YEAR, "own"): Shown("71%", "71")}, [], similar)
    assert told[ROLL, YEAR, "similar"] == Shown(
        "25%", "25", origin=told[ROLL, YEAR, "similar"].origin, counts="all pupils on roll on census day"
    )
