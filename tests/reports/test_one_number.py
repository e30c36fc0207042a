"""R11, R12, R31: who does not see the pupils reads one number for one group, the protected one, wherever one is out."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.parity import key_data
from sharing import door
from sharing.door.deeper import Question
from sharing.measures import grouping, preparing
from sharing.measures.live import COUNTED
from sharing.measures.one_number import _protected_or_withheld, beside_own_whole, instead_of_whole
from sharing.measures.shares import IN_WORDS, SHARES
from sharing.models import Establishment, LocalityMembership, Participation, Release, StatisticsCell
from sharing.ordering import ContextKey
from sharing.records.figures import Origin, Shown
from sharing.records.reports import GOVERNORS
from sharing.reports.gathering import gather
from sharing.reports.pdf import page_of
from tests import figures
from tests.factories import establishment
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.reports.reading import make
from tests.statistics_store import planted

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, YEAR = 999002, 999003, 2025
HEAD, GOVERNOR, NARROWED, OFFICER = "head-beckside", "governor-beckside", "assistant-beckside", "officer-no-duty"
STRANGER = "governor-millbeck"
WITHOUT_PUPILS = [(GOVERNOR, SCHOOLS_ONLINE), (NARROWED, SCHOOLS_ONLINE), (STRANGER, SCHOOLS_ONLINE), (OFFICER, EDUNET)]
EXACT = Decimal("73.2691")  # of every measure and group: the page of who may read it says 73.3%, or 73
SAID = (b">73.3%<", b">73%<", b">73<", b"73.27", b"73.3,", b"73.3<", b",73,")
PROTECTED = {
    "roll_pupils": "205", "roll_fsm": "24%", "roll_eal": "Low", "roll_sen_support": "12%", "roll_ehc_plan": "5%",
    "attendance_persistent": "15%", "attendance_absence": "6.5%", "eyfsp_gld": "Too few pupils", "phonics_met": "60%",
    "ks2_counts_rwm_expected": "80%",
}  # fmt: skip
CELLS = {
    "": 205, "fsm=Y": 50, "eal=O": 0, "sen=K": 25, "sen=E": 10, "sex=F": 100, "persistently_absent=M": 100,
    "persistently_absent=Y": 15, "year=R": 45, "attained=Y|year=R": 30, "year=1": 50, "attained=Y|year=1": 30,
    "year=6": 50, "attained=Y|year=6": 40,
}  # fmt: skip


@pytest.fixture
def both(db: None, request: pytest.FixtureRequest) -> Release:
    """Of each measure the exact figure and the protected cells of Beckside; of areas the exact ones, and two cells.
    A test may ask for other cells of Beckside."""
    cells_of_beckside = CELLS | getattr(request, "param", {})
    figures.without_the_demonstrations()
    with as_batch():
        whole: dict[str, dict[tuple[int | str, str], Any]] = {}
        for code in SHARES:
            dataset = next(d for d in ("roll", "attendance", "eyfsp", "phonics", "ks2_counts") if code.startswith(d))
            whole.setdefault(dataset, {}).update({(BECKSIDE, code): EXACT, ("authority", code): Decimal("81.4142")})
        for dataset, cells in whole.items():
            release = figures.release(dataset, YEAR, cells)
            for code in {code for _, code in cells}:
                groups = grouping.labels_of(("sex",)) + grouping.labels_of(("fsm",)) if code in COUNTED else []
                figures.put(
                    release, [figures.figure(BECKSIDE, code, {"value": EXACT, "group": group}) for group in groups]
                )
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))
        place, statistics = establishment(BECKSIDE), planted.prepared(YEAR)
        mine = "place=urn:999002"
        rows: list[tuple[str, str, Establishment | None, int | Decimal]] = [
            (_key(key, mine), "pupils", place, many) for key, many in cells_of_beckside.items()
        ]
        rows += [(mine, "attendance_mean", place, Decimal("93.5")), ("fsm=Y", "pupils", None, 40)]
        StatisticsCell.objects.bulk_create(
            StatisticsCell(
                release=statistics, key=key, indicator=indicator, establishment=of, value=many or None,
                symbol="" if many else "low", step=1 if "mean" in indicator else None,
            )
            for key, indicator, of, many in rows
        )  # fmt: skip
        preparing.bring_out(statistics, by="Another officer", at=timezone.now() - timedelta(days=1))
    return statistics


def _key(key: str, place: str) -> str:
    return "|".join(sorted([*filter(None, key.split("|")), place]))


@pytest.mark.usefixtures("both", "pango")
@pytest.mark.parametrize(("slug", "site"), WITHOUT_PUPILS)
def test_no_page_or_file_of_who_sees_no_pupils_has_a_whole_number_that_a_protected_one_stands_for(
    slug: str, site: Any
) -> None:
    """Every page that shows figures of an establishment, and every file of it."""
    browser, base = client(slug, site), f"/establishments/{BECKSIDE}"
    key_data_pages = [f"{base}/key-data/{path}" for path in ("", "download/csv/", "download/meta/", "download/xlsx/")]
    page, csv, _, book = (browser.get(path).content for path in key_data_pages)
    assert not list(key_data.disagreements(key_data.read(page, csv, book)))
    deeper = [
        f"{base}/deeper/{path}?measure={code}&year={YEAR}&by={by}"
        for code in set(SHARES) & set(COUNTED)
        for by in ("", "sex", "fsm")
        for path in ("", "download/csv/")
    ]
    releases = [f"/calendar/{one[0]}/{one[1]}/?of={BECKSIDE}" for one in _releases()]
    make(BECKSIDE, GOVERNORS)
    others = [
        "/school-finder/",
        "/establishments/?sort=fsm",
        f"{base}/reports/{GOVERNORS}/",
        f"{base}/dashboard/",
        f"{base}/",
    ]
    for path in [*key_data_pages, *deeper, *releases, *others]:
        answer = browser.get(path)
        assert answer.status_code == 200 or path in others, path
        content = answer.content
        assert not [said for said in SAID if said in content], path


def _releases() -> list[tuple[str, int]]:
    with as_batch():
        return list(Release.objects.out().exclude(dataset__slug=planted.DATASET).values_list("dataset__slug", "pk"))


@pytest.mark.parametrize(("slug", "site"), WITHOUT_PUPILS)
def test_they_read_the_protected_one_with_its_release_and_whom_it_counts(slug: str, site: Any, both: Release) -> None:
    found = door.show_key_data(asker(slug, site), BECKSIDE)
    told = {measure.code: measure for measure in found.measures}
    assert {code: told[code].years[0].own.text for code in PROTECTED if code in told} == {
        code: text for code, text in PROTECTED.items() if code in told
    }
    assert {"roll_pupils", "attendance_absence", "phonics_met"} <= told.keys()
    own = told["phonics_met"].years[0].own
    assert own.origin
    assert own.origin.id == both.pk
    assert "a pupil with no result counts as one who did not attain" in told["phonics_met"].protected[0]
    # One row, one kind of number: of Bradford too.
    beside = dict(zip(told["roll_fsm"].areas, told["roll_fsm"].years[0].beside, strict=True))
    assert beside["authority"].text == "42%"
    beside = dict(zip(told["phonics_met"].areas, told["phonics_met"].years[0].beside, strict=True))
    assert beside["authority"].text == "Withheld"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
def test_protected_numbers_of_areas_are_for_who_shares_with_others(off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R16: by each lock alone, also beside an establishment whose own number is protected."""
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    measures = door.show_key_data(asker(GOVERNOR), BECKSIDE).measures
    if off != "the door":  # without it everybody sees pupils everywhere, and has no protected number of their own
        assert {one.years[0].own.text for one in measures if one.code == "roll_fsm"} == {"24%"}
    assert not [cell for one in measures for year in one.years for cell in year.beside if cell.number]


def test_the_worker_takes_no_median_of_numbers_that_protected_ones_stand_for(nothing_released: None) -> None:
    """R11, R31: it reads the whole numbers of similar schools, and who gets its report does not."""
    similar = (RAVENSGILL, 999009, 999012)
    with as_batch():
        figures.out("deprivation", 2019, {(urn, "idaci"): Decimal("0.2") for urn in (BECKSIDE, *similar)})
        figures.out("roll", YEAR, {(BECKSIDE, "roll_fsm"): 22} | {(urn, "roll_fsm"): EXACT for urn in similar})
        statistics = planted.prepared(YEAR)
        StatisticsCell.objects.bulk_create(
            StatisticsCell(
                release=statistics, key=_key(key, f"place=urn:{urn}"), indicator="pupils", value=many,
                establishment=establishment(urn),
            )
            for urn in similar for key, many in (("", 200), ("fsm=Y", 50))
        )  # fmt: skip
        preparing.bring_out(statistics, by="Another officer", at=timezone.now() - timedelta(days=1))
        (report,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    page = door.show_key_data(asker(GOVERNOR), BECKSIDE)
    assert page.similar == len(similar)
    for measures in (report.measures, page.measures):
        (meals,) = (one for one in measures if one.code == "roll_fsm")
        assert [cell.text for cell in meals.years[0].cells] == ["22.0%"]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("page", ["dashboard", "key-data"])
def test_each_page_says_what_protected_means_and_names_its_releases(page: str) -> None:
    """R11, R12, R30: a governor reads neither “protected” nor “R35” without words for it."""
    told = client("governor-beckside").get(f"/establishments/{BECKSIDE}/{page}/").content.decode()
    main = told[told.index("<main") : told.index("</main>")]
    assert '<em class="app-measures__release">protected</em>' in main
    said = main.count("“Protected” figures are worked out from rounded counts")
    assert said == 1 if page == "dashboard" else said
    assert "/guidance/multiples-of-5/" in main
    assert re.search(r"Release R\d+: ", main)
    in_cells = re.sub(r'<a class="govuk-link" href="#R\d+">R\d+</a>', "", main)  # under the heading “Release”
    assert not re.search(r"(?<![Rr]elease )(?<![\w-])R\d+", re.sub("<[^>]*>", " ", in_cells))


def test_who_sees_the_pupils_reads_whole_numbers_alone(both: Release) -> None:
    """And without a second factor what everybody reads."""
    told = {one.code: one for one in door.show_key_data(asker(HEAD), BECKSIDE).measures}
    shown = {code: told[code].years[0].own for code in PROTECTED if code in told}
    assert {cell.text for cell in shown.values()} == {"73", "73%", "73.3%"}
    assert both.pk not in {cell.origin.id for cell in shown.values() if cell.origin}


def test_similar_schools_tell_no_whole_number_to_who_sees_pupils_elsewhere(both: Release) -> None:
    """R11: their median is of protected numbers; where those count others than the whole number beside, withheld."""
    similar = [establishment(urn) for urn in (999003, 999004, 999014)]
    with as_batch():
        statistics = planted.prepared(YEAR)
        StatisticsCell.objects.bulk_create(
            StatisticsCell(
                release=statistics, key=_key(key, f"place=urn:{place.urn}"), indicator="pupils", establishment=place,
                value=CELLS[key] + 5 * number,
            )
            for number, place in enumerate(similar) for key in ("", "fsm=Y", "year=1", "attained=Y|year=1")
        )  # fmt: skip
        preparing.bring_out(statistics, by="Another officer", at=timezone.now() - timedelta(hours=1))
        said = {
            (code, YEAR, whom): Shown("71%", "71")
            for code in ("roll_fsm", "phonics_met", "suspensions_rate")
            for whom in ("own", "similar")
        }
        told = beside_own_whole(said, [], similar)
    assert statistics.pk != both.pk
    assert {cell[0]: shown.text for cell, shown in told.items() if cell[2] == "similar"} == {
        "roll_fsm": "26%", "phonics_met": "Withheld", "suspensions_rate": "71%",
    }  # fmt: skip
    assert {shown.text for cell, shown in told.items() if cell[2] == "own"} == {"71%"}
    assert told["roll_fsm", YEAR, "similar"].number == "26"
    assert told["roll_fsm", YEAR, "similar"].counts
    assert {shown.origin.id for shown in told.values() if shown.origin} == {statistics.pk}


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("page", ["key-data", "deeper"])
def test_what_the_marks_of_a_csv_mean_stands_in_the_file_of_its_columns(page: str) -> None:
    """R11, R31: the figures stay as a program reads them."""
    query = f"?measure=eyfsp_gld&year={YEAR}" if page == "deeper" else ""
    browser, files = client("governor-beckside"), f"/establishments/{BECKSIDE}/{page}/download"
    csv_, meta = (
        list(csv.DictReader(io.StringIO(browser.get(f"{files}/{form}/{query}").content.decode("utf-8-sig"))))
        for form in ("csv", "meta")
    )
    labels = {row["col_name"]: row["label"] for row in meta if row["col_type"] == "Indicator"}
    marks = {(code, row[code]) for row in csv_ for code in labels if not re.fullmatch(r"-?[0-9.]+", row[code])}
    assert marks
    assert not [(code, mark) for code, mark in marks if f" {mark}: " not in labels[code]]
    assert "x: Too few pupils. Fewer than 50 pupils are counted." in labels["eyfsp_gld"]


@pytest.mark.usefixtures("both")
def test_each_word_in_the_place_of_a_protected_number_is_explained() -> None:
    """R11, R31: on Key Data and in the report as in the workbook. “High” was not."""
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    with as_batch():
        (report,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    printed = page_of(report, timezone.localdate())
    for words in IN_WORDS.values():
        assert f"“{words}”" in page
        assert f"“{words}”" in printed


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("page", ["key-data", "deeper"])
def test_a_workbook_says_what_stands_in_the_place_of_its_numbers_and_which_are_protected(page: str) -> None:
    """R11, R31: as the page does. It explained “x” and “c”, which are not in it, and x as “Nothing is out”."""
    query = f"?measure=eyfsp_gld&year={YEAR}" if page == "deeper" else ""
    content = client("governor-beckside").get(f"/establishments/{BECKSIDE}/{page}/download/xlsx/{query}").content
    figures_sheet, notes_sheet = load_workbook(io.BytesIO(content)).worksheets
    headings, *rows = figures_sheet.iter_rows(values_only=True)
    cells = [dict(zip(headings, row, strict=True)) for row in rows]
    notes = dict(notes_sheet.iter_rows(values_only=True))
    assert notes["Too few pupils"] == "Fewer than 50 pupils are counted."
    assert {cell["Figure"] for cell in cells if isinstance(cell["Figure"], str)} <= set(notes)
    assert not {"x", "c"} & set(notes)
    protected = [cell for cell in cells if cell["Mark"] == "protected"]
    assert protected
    assert all(cell["Of whom"] == "Beckside Primary School" for cell in protected if cell["Figure"] == "Too few pupils")
    told = " ".join(str(says) for _, says in notes_sheet.iter_rows(values_only=True))
    assert "A higher figure is better." in told
    assert "They are worked out from rounded counts, so that no child can be recognised." in told


@pytest.mark.usefixtures("both")
def test_lists_mark_a_protected_share_and_write_it_no_finer_than_it_was_published() -> None:
    """R11, R31: as Key Data does; an exact share beside it, of 26 per cent too, has its decimals and no mark."""
    with as_batch():
        figures.out("census", YEAR, {(RAVENSGILL, "census_fsm"): Decimal(26)})
    mark, explained = '24% <em class="app-measures__release">protected</em>', "Protected figures count all pupils"
    of_both = asker(OFFICER, EDUNET)
    by_meals = door.list_establishments(of_both, order=ContextKey.FSM)
    found = {line.urn: (line.context, bool(line.counts)) for line in by_meals.page}
    assert (found[RAVENSGILL], found[BECKSIDE]) == (("26.0%", False), ("24%", True))
    like = door.find_schools(of_both, of=RAVENSGILL)
    assert next(one for one in like.page if one.urn == BECKSIDE).apart.fsm == "2 points lower"
    with as_batch():
        locality = LocalityMembership.objects.get(establishment__urn=BECKSIDE, ends_on=None).locality_id
    browser, base = client(OFFICER, EDUNET), "/establishments"
    for path in (f"{base}/?sort=fsm", f"/localities/{locality}/", f"/school-finder/?of={RAVENSGILL}"):
        content = browser.get(path).content.decode()
        assert mark in content, path
        assert explained in content, path
        assert "24.0%" not in content, path
    assert "24% (protected) eligible" in browser.get(f"/school-finder/?of={BECKSIDE}").content.decode()
    meta = browser.get(f"{base}/download/meta/?sort=fsm").content.decode()
    assert f"Eligible for free school meals (%). {explained}" in meta
    told = browser.get(f"{base}/download/csv/?sort=fsm").content.decode()
    assert [line.rsplit(",", 2)[1:] for line in told.splitlines()[1:3]] == [["26.0", ""], ["24", "protected"]]
    book = load_workbook(io.BytesIO(browser.get(f"{base}/download/xlsx/?sort=fsm").content))
    headings, *rows = book["Establishments"].iter_rows(values_only=True)
    assert headings[-2:] == ("Eligible for free school meals (%)", "Mark")
    assert [row[-2:] for row in rows[:2]] == [(26, None), (24, "protected")]


@pytest.mark.parametrize(
    ("both", "words", "beside"),
    [
        ({"fsm=Y": 0}, "Low", "0.5%"),
        ({"fsm=Y": 205}, "High", "99.5%"),
        ({"": 45, "fsm=Y": 10}, "Too few pupils", None),
        ({"": 0, "fsm=Y": 0}, "Too few pupils", None),
    ],
    indirect=["both"],
)
def test_lists_say_a_band_in_words_as_key_data_does(both: Release, words: str, beside: str | None) -> None:
    """R11, R31: never "Not known"; in its place in the order, in no likeness, and so in the file."""
    with as_batch():
        figures.out("deprivation", YEAR, {(urn, "idaci"): Decimal("0.25") for urn in (BECKSIDE, RAVENSGILL)})
        if beside:
            figures.out("census", YEAR, {(RAVENSGILL, "census_fsm"): Decimal(beside.rstrip("%"))})
    of_both, mark = asker(OFFICER, EDUNET), f'{words} <em class="app-measures__release">protected</em>'
    browser = client(OFFICER, EDUNET)
    assert mark in browser.get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    by_meals = list(door.list_establishments(of_both, order=ContextKey.FSM).page)
    known = [(line.urn, line.context) for line in by_meals if line.context != "Not known"]
    neighbour = [(RAVENSGILL, beside)] if beside else []
    assert known == sorted([(BECKSIDE, words), *neighbour], reverse=words != "High")
    assert [line.context for line in by_meals[: len(known)]] == [said for _, said in known]
    with as_batch():
        locality = LocalityMembership.objects.get(establishment__urn=BECKSIDE, ends_on=None).locality_id
    for path in ("/establishments/?sort=fsm", f"/localities/{locality}/", f"/school-finder/?of={RAVENSGILL}"):
        assert mark in browser.get(path).content.decode(), path
    like = next(one for one in door.find_schools(of_both, of=RAVENSGILL).page if one.urn == BECKSIDE)
    assert (like.apart.idaci, like.apart.fsm) == ("the same", "")
    assert f",{words},protected\r\n" in browser.get("/establishments/download/csv/?sort=fsm").content.decode()


@pytest.mark.parametrize("both", [{"fsm=Y": 0}], indirect=True)
def test_an_exact_share_of_another_measure_counts_before_a_band(both: Release) -> None:
    """R12: of its measures a list has the first that is a number."""
    with as_batch():
        figures.out("census", YEAR, {(BECKSIDE, "census_fsm"): Decimal("1.5")})
    found = door.list_establishments(asker(OFFICER, EDUNET), order=ContextKey.FSM).page
    assert next(line.context for line in found if line.urn == BECKSIDE) == "1.5%"


@pytest.mark.usefixtures("both")
def test_worker_and_reader_gather_the_same_report_for_governors() -> None:
    """R31: and it says what the page says."""
    with as_batch():
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    page = {one.code: one.years[0].own.text for one in door.show_key_data(asker(GOVERNOR), BECKSIDE).measures}
    assert {one.code: one.years[0].own.text for one in facts.measures} == page


@pytest.mark.parametrize("code", PROTECTED)
def test_deeper_data_has_the_protected_number_of_each_measure(both: Release, code: str) -> None:
    """R31: the one on Key Data."""
    (row,) = door.show_deeper(asker(GOVERNOR), BECKSIDE, Question(code, YEAR)).rows
    assert row.cells[0].text == PROTECTED[code]


LOW, SHARE = Shown("Low", symbol="low"), Shown("24%", "24")
EXACTLY = Shown("73.3%", "73.3", origin=Origin(1, "Roll", "2025/26", 1, "Validated", date(2026, 1, 15), "", ""))


def test_a_whole_median_goes_from_a_row_of_protected_numbers(both: Release) -> None:
    """R11, R31: there is none of protected ones, as no similar school has any."""
    whole = {("roll_fsm", YEAR, whom): EXACTLY for whom in ("own", "similar")}
    with as_batch():
        found = instead_of_whole(establishment(BECKSIDE), whole, [], [], set())
    assert {cell: shown.text for cell, shown in found.items()} == {("roll_fsm", YEAR, "own"): PROTECTED["roll_fsm"]}


@pytest.mark.parametrize(
    ("whom", "protected", "whole", "text"),
    [("own", LOW, EXACTLY, "Low"), ("authority", SHARE, EXACTLY, "24%"), ("authority", LOW, EXACTLY, "Withheld"),
     ("authority", None, EXACTLY, "Withheld"), ("authority", LOW, None, None), ("authority", None, None, None)],
)  # fmt: skip
def test_in_a_row_of_protected_numbers_an_area_has_one_or_is_withheld(
    whom: str, protected: Shown | None, whole: Shown | None, text: str | None
) -> None:
    found = _protected_or_withheld(whom, protected, whole)
    assert (found and found.text) == text
