"""Protected numbers of areas beside an establishment's own figures, where the areas' own are withheld (R10, R31)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from portal.parity import key_data
from sharing import door
from sharing.door.deeper import Question
from sharing.measures import preparing
from sharing.measures.protected import Asked, protected_figures
from sharing.measures.shares import SHARES
from sharing.models import Locality, Participation, Release, StatisticsCell
from sharing.records.figures import KeyData, Shown
from sharing.records.reports import FULL, GOVERNORS
from sharing.reports.gathering import gather
from tests import figures
from tests.factories import establishment
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.reports.reading import figures_of, make
from tests.statistics_store import planted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("withheld_areas")]
BECKSIDE, YEAR = 999002, 2025
HEAD, GOVERNOR, NARROWED, OFFICER = "head-beckside", "governor-beckside", "assistant-beckside", "officer-no-duty"
READERS = [(GOVERNOR, SCHOOLS_ONLINE), (NARROWED, SCHOOLS_ONLINE), (OFFICER, EDUNET)]
EXACT, OF_BRADFORD, OF_THE_LOCALITY = "31.4159", "25%", "30%"
CELLS = {
    "": 2000, "fsm=Y": 500, "fsm=Y|sex=F": 255, "sex=F": 1000, "eal=O": 0, "sen=K": 300,
    "persistently_absent=M": 1000, "persistently_absent=Y": 150,
}  # fmt: skip


@pytest.fixture
def withheld_areas(db: None) -> None:
    """Bradford and the Locality are withheld of free meals and persistent absence; of SEN support Bradford stands."""
    figures.without_the_demonstrations()
    with as_batch():
        place = f"locality:{Locality.objects.get(memberships__establishment__urn=BECKSIDE).pk}"
        hidden: dict[str, Any] = {"value": Decimal(EXACT), "is_small": True}
        roll: dict[tuple[int | str, str], Any] = {
            (BECKSIDE, code): Decimal("22.5") for code in SHARES if "roll" in code
        }
        roll |= {(area, code): hidden for area in ("authority", place) for code in ("roll_fsm", "roll_eal")}
        roll |= {(BECKSIDE, "roll_pupils"): 200, ("authority", "roll_sen_support"): Decimal("14.5")}
        figures.out("roll", YEAR, roll)
        absent = "attendance_persistent"
        figures.out("attendance", YEAR, {(BECKSIDE, absent): Decimal("12.5"), ("authority", absent): hidden})
        bring_out_statistics(place)


def bring_out_statistics(
    place: str, *, days: int = -1, establishments: int = 3, without_year_6: int = 0, **other: int
) -> None:  # fmt: skip
    release = planted.prepared(YEAR)
    planted.counted_in(release, place, establishments, without_year_6)
    StatisticsCell.objects.filter(release=release).delete()
    counts = CELLS | other | {f"place={place}": 400, f"fsm=Y|place={place}": 120}
    StatisticsCell.objects.bulk_create(
        StatisticsCell(release=release, key=key, indicator="pupils", value=many or None, symbol="" if many else "low")
        for key, many in counts.items()
    )
    preparing.bring_out(release, by="Another officer", at=timezone.now() + timedelta(days=days))


def _beside(found: KeyData, code: str) -> dict[str, Shown]:
    measure = next(one for one in found.measures if one.code == code)
    return dict(zip(("own", *measure.areas), measure.years[0].cells, strict=True))


@pytest.mark.parametrize("establishments", [1, 2])
def test_a_locality_of_one_establishment_or_two_has_no_protected_number(establishments: int) -> None:
    """R11: who knows one of two, as its own head does, would have the other by subtracting."""
    with as_batch():
        place = f"locality:{Locality.objects.get(memberships__establishment__urn=BECKSIDE).pk}"
        bring_out_statistics(place, establishments=establishments)
    meals = _beside(door.show_key_data(asker(GOVERNOR), BECKSIDE), "roll_fsm")
    assert (meals["authority"].text, meals["locality"].text) == (OF_BRADFORD, "Withheld")


def test_establishments_without_the_year_group_do_not_count() -> None:
    """R11: of three in a Locality two have a Year 6, so the share of its Year 6 tells of these two."""
    place = "locality:1"
    year_6 = Asked("ks2_counts_rwm_expected", YEAR, place)
    cells = {f"place={place}|year=6": 100, f"attained=Y|place={place}|year=6": 60}
    with as_batch():
        bring_out_statistics(place, **cells)
        assert protected_figures([year_6])[year_6].text == "60%"
        bring_out_statistics(place, without_year_6=1, **cells)
        assert protected_figures([year_6]) == {}


@pytest.mark.parametrize(("slug", "site"), READERS)
def test_a_protected_share_stands_where_an_area_is_withheld(slug: str, site: Any) -> None:
    """R10, R12, R31, R35: with its own release, and whom it counts; also for a line narrowed to some year groups."""
    found = door.show_key_data(asker(slug, site), BECKSIDE)
    meals = _beside(found, "roll_fsm")
    assert (meals["authority"].text, meals["locality"].text) == (OF_BRADFORD, OF_THE_LOCALITY)
    origin = meals["authority"].origin
    assert origin
    assert (origin.dataset, origin in found.origins) == ("Open statistics", True)
    assert meals["own"].counts == ""
    sentences = next(one.protected for one in found.measures if one.code == "roll_fsm")
    assert "Protected figures of Bradford count all pupils on roll on census day." in sentences
    assert any("without nursery, special and alternative schools" in sentence for sentence in sentences)
    assert _beside(found, "attendance_persistent")["authority"].text == "15%"
    assert _beside(found, "roll_eal")["authority"].text == "Withheld"  # a count that reads “low” makes no share


def test_an_exact_figure_and_a_protected_one_of_the_same_area_never_stand_together() -> None:
    """R11: where Bradford's own figure stands, the protected one does not, on any page or in any file."""
    found = _beside(door.show_key_data(asker(GOVERNOR), BECKSIDE), "roll_sen_support")
    assert (found["authority"].text, found["authority"].counts) == ("14.5%", "")
    deeper = door.show_deeper(asker(GOVERNOR), BECKSIDE, Question("roll_sen_support", YEAR))
    assert [cell.text for cell in deeper.rows[0].cells][-1] == "14.5%"
    assert deeper.protected == ()


@pytest.mark.parametrize("slug", [HEAD, GOVERNOR])
def test_a_share_of_other_children_does_not_stand_beside_an_exact_figure(slug: str) -> None:
    """R31: open statistics also count those without a result, and the exact figure does not."""
    bradford = Asked("phonics_met", YEAR, "authority")
    with as_batch():
        hidden: dict[str, Any] = {"value": Decimal(EXACT), "is_small": True}
        figures.out("phonics", YEAR, {(BECKSIDE, "phonics_met"): Decimal("80"), ("authority", "phonics_met"): hidden})
        bring_out_statistics("locality:1", **{"year=1": 500, "attained=Y|year=1": 300})
        assert protected_figures([bradford])[bradford].text == "60%"
    found = _beside(door.show_key_data(asker(slug), BECKSIDE), "phonics_met")
    assert (found["own"].text, found["authority"].text) == ("80%", "Withheld")
    (row,) = door.show_deeper(asker(slug), BECKSIDE, Question("phonics_met", YEAR)).rows
    own, *areas = (cell.text for cell in row.cells)
    assert own == "80%"
    assert "60%" not in areas


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize(("slug", "site"), [(GOVERNOR, SCHOOLS_ONLINE), (OFFICER, EDUNET)])
def test_page_chart_files_and_report_say_the_same_and_no_exact_figure(slug: str, site: Any) -> None:
    """R31: and the report that the worker makes says what the page says."""
    browser, base = client(slug, site), f"/establishments/{BECKSIDE}/key-data/"
    page, csv, meta, book = (
        browser.get(f"{base}{path}").content for path in ("", "download/csv/", "download/meta/", "download/xlsx/")
    )
    read = key_data.read(page, csv, book)
    assert not list(key_data.disagreements(read))
    shares = [cell for scope, cell in read.page.items() if scope[2] == "Bradford" and cell[0] == OF_BRADFORD]
    assert len(shares) == 1
    for content in (page, csv, book):
        assert EXACT[:4].encode() not in content
    assert b"protected" in page
    assert b"multiples-of-5" in page
    assert b"all pupils on roll on census day" in meta
    make(BECKSIDE, GOVERNORS)
    report = figures_of(browser.get(f"/establishments/{BECKSIDE}/reports/{GOVERNORS}/").content)
    assert shares[0] in report["Eligible for free school meals (school returns)", "2025/26"]


def test_worker_and_reader_gather_the_same_report() -> None:
    """R31: row-level security gives both the same cells, so a report is not made anew for ever."""
    with as_batch():
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    make(BECKSIDE, GOVERNORS)
    (line, *_) = door.list_reports(asker(GOVERNOR), BECKSIDE).lines
    assert line.is_ready
    assert OF_BRADFORD in repr(facts.measures)


@pytest.mark.parametrize("slug", [GOVERNOR, HEAD])
def test_they_gather_the_same_of_a_year_that_counts_pupils_of_all_ages(slug: str) -> None:
    """R31: what is withheld says whom its release counts, whether or not its reader may read it."""
    hidden = {"value": Decimal(EXACT), "is_small": True}
    with as_batch():
        of_whom = (BECKSIDE, "authority")
        release = figures.release("attendance", YEAR, {(whose, "attendance_absence"): hidden for whose in of_whom})
        Release.objects.filter(pk=release.pk).update(of_all_ages=True)
        preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(hours=1))
    make(BECKSIDE, GOVERNORS, FULL)
    lines = door.list_reports(asker(slug), BECKSIDE).lines
    assert all(line.is_ready for line in lines)
    assert len(lines) == (2 if slug == HEAD else 1)


def test_the_dashboard_says_whom_the_protected_share_counts() -> None:
    found = door.show_dashboard(asker(GOVERNOR), BECKSIDE)
    (reading,) = next(tile.readings for tile in found.tiles if tile.key == "attendance")
    assert reading.beside.startswith("Bradford 15%, protected: pupils of Years 1 to 11")


@pytest.mark.parametrize(("slug", "site"), READERS)
def test_deeper_data_has_protected_shares_of_groups(slug: str, site: Any) -> None:
    """R10, R31: of all pupils, and of groups that open statistics count in the same way."""
    found = door.show_deeper(asker(slug, site), BECKSIDE, Question("roll_fsm", YEAR, "sex"))
    shown = {row.label: row.cells[-1].text for row in found.rows}
    assert shown == {"total": OF_BRADFORD, "sex:F": "26%"}
    assert "Protected figures of Bradford count all pupils on roll on census day." in found.protected
    browser = client(slug, site)
    address = f"/establishments/{BECKSIDE}/deeper/"
    query = f"?measure=roll_fsm&year={YEAR}&by=sex"
    assert b"See why numbers are multiples of 5" in browser.get(f"{address}{query}").content
    assert b"all pupils on roll" in browser.get(f"{address}download/meta/{query}").content


def test_nothing_protected_before_its_instant_nor_for_who_shares_with_nobody() -> None:
    """R16, R22."""
    with as_batch():
        bring_out_statistics("locality:0", days=1, **{"fsm=Y": 800})
    found = door.show_key_data(asker(GOVERNOR), BECKSIDE)
    assert _beside(found, "roll_fsm")["authority"].text == OF_BRADFORD
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
    found = door.show_key_data(asker(GOVERNOR), BECKSIDE)
    assert not any(one.protected for one in found.measures)
    assert door.show_deeper(asker(GOVERNOR), BECKSIDE, Question("roll_fsm", YEAR)).protected == ()
    with as_batch():
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    assert not any(one.protected for one in facts.measures)
