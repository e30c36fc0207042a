"""Key Data: who sees which figures when, the same on the page, in the chart and in files (R3, R16, R22, R31)."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from sharing import door
from sharing.authorise import Permission, Refusal, visit
from sharing.demo.places import PLACES
from sharing.files import csv_cells
from sharing.files.files import FORMS, of_key_data
from sharing.measures.catalogue import MEASURE, STANDS_IN_FOR
from sharing.models import Establishment, LedgerEntry, Locality
from sharing.records.figures import KeyData
from tests import figures
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
BECKSIDE, RAVENSGILL, LARKROYD, CRAGWELL, SKELBROOK, SYNTHETIC = 999002, 999003, 999004, 999009, 999012, 999999
PRIMARIES = (BECKSIDE, RAVENSGILL, CRAGWELL, SKELBROOK, SYNTHETIC)
OXENBY, FALLOWDALE = 999005, 999007
RWM, SUSPENSIONS, ABSENCE = "ks2_rwm_expected", "suspensions_rate", "absence_overall"


def bring_out(at=None) -> None:
    """Two years of Key Stage 2, beside Bradford, England and the Locality; who the pupils are; a small figure."""
    with as_batch():
        locality = Locality.objects.get(memberships__establishment__urn=BECKSIDE)
        context = {(urn, "idaci"): Decimal("0.2") + place * Decimal("0.05") for place, urn in enumerate(PRIMARIES)}
        figures.out("deprivation", 2019, context)
        roll = {(urn, "roll_fsm"): 20 + place for place, urn in enumerate((*PRIMARIES, LARKROYD))}
        figures.out("roll", 2025, roll | {(f"locality:{locality.pk}", "roll_fsm"): Decimal("24.5")})
        for year in (2017, 2018):
            own = {(urn, RWM): 50 + 10 * place + year - 2018 for place, urn in enumerate(PRIMARIES)}
            figures.out("ks2", year, own | {(LARKROYD, RWM): 71, ("england", RWM): 65, ("authority", RWM): 63}, at=at)
        small = {"value": Decimal("1.25"), "is_small": True}
        figures.out("suspensions", 2024, {(BECKSIDE, SUSPENSIONS): small, (RAVENSGILL, SUSPENSIONS): small})


def said_of(found: KeyData, code: str) -> dict[str, tuple[str, ...]]:
    """Year -> own figure and those beside it, as they are written."""
    measure = next((measure for measure in found.measures if measure.code == code), None)
    return {year.year: tuple(cell.text for cell in year.cells) for year in measure.years} if measure else {}


def test_figures_stand_beside_those_they_may_be_compared_with() -> None:
    """R3: own figure, similar schools (the median of four, unnamed), Bradford and England; the newest year first."""
    bring_out()
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    measure = next(measure for measure in found.measures if measure.code == RWM)
    assert measure.beside == ("Similar schools (median)", "Bradford", "England")
    assert said_of(found, RWM) == {"2018/19": ("50%", "75%", "63%", "65%"), "2017/18": ("49%", "74%", "63%", "65%")}
    assert said_of(found, "roll_fsm") == {"2025/26": ("20.0%", "22.5%", "24.5%")}
    assert found.similar == 4
    assert "Progress 8" not in found.not_out  # a measure of secondary schools
    assert "Absence" in found.not_out
    assert not {MEASURE[code].name for code in STANDS_IN_FOR} & set(found.not_out)  # of which the published one speaks


def test_each_figure_names_its_release() -> None:
    """R22, R31: dataset, year, status, version, as of, source, owner."""
    bring_out()
    with as_batch():
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 52})
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    row = next(measure for measure in found.measures if measure.code == RWM).years[0]
    assert (row.own.text, row.own.origin.version) == ("52%", 2)
    assert all(
        cell.origin for measure in found.measures for year in measure.years for cell in year.cells if cell.number
    )
    page = client("governor-beckside").get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    for origin in found.origins:
        assert f'id="{origin.label}"' in page
        assert f"Release {origin.label}: {origin.year}, " in page
        assert origin.dataset in page
        assert origin.provenance in page
    assert "version 2, as of 1 September 2019" in page


def test_the_chart_says_of_which_year_each_figure_is() -> None:
    """R30: in words for whoever does not see it; the median that is missing in the newest year is not drawn there."""
    bring_out()
    with as_batch():
        figures.out("ks2", 2019, {(BECKSIDE, RWM): 55, ("england", RWM): 66})
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    chart = next(measure.chart for measure in found.measures if measure.code == RWM)
    assert chart.summary == (
        "The newest figures: Beckside Primary School 55% in 2019/20, Similar schools (median) 75% in 2018/19, "
        "Bradford 63% in 2018/19, England 66% in 2019/20."
    )
    similar = chart.panels[0]
    assert (len(similar.own.points), len(similar.other.points)) == (3, 2)
    assert (similar.other.year, similar.own.year) == ("2018/19", "")
    assert said_of(found, RWM)["2019/20"] == ("55%", "Too few", "None out", "66%")


@pytest.mark.parametrize(("slug", "site"), [("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)])
def test_a_figure_of_few_children_is_withheld(slug: str, site) -> None:
    """R31: by PostgreSQL, from whoever sees no pupils there; the page says that it is withheld, and not what it is."""
    bring_out()
    found = door.show_key_data(asker(slug, site), BECKSIDE)
    assert said_of(found, SUSPENSIONS) == {"2024/25": ("Withheld",)}
    for path in ("", *(f"download/{form}/" for form in FORMS)):
        content = client(slug, site).get(f"/establishments/{BECKSIDE}/key-data/{path}").content
        assert b"1.25" not in content, path
    page = client(slug, site).get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    assert "This is so that no child can be recognised" in page


def test_who_sees_the_pupils_sees_the_small_figure_of_that_establishment_only() -> None:
    """R13, R31: without a second factor it is withheld, as from everybody else, and not missing."""
    bring_out()
    with_a_password_alone = replace(asker("head-beckside"), second_factor=False)
    assert said_of(door.show_key_data(with_a_password_alone, BECKSIDE), SUSPENSIONS) == {"2024/25": ("Withheld",)}
    assert said_of(door.show_key_data(asker("head-beckside"), BECKSIDE), SUSPENSIONS) == {"2024/25": ("1.25",)}
    assert said_of(door.show_key_data(asker("head-beckside"), RAVENSGILL), SUSPENSIONS) == {"2024/25": ("Withheld",)}
    assert said_of(door.show_key_data(asker("officer-data", EDUNET), RAVENSGILL), SUSPENSIONS) == {"2024/25": ("1.25",)}


def test_nothing_before_its_instant_and_everything_at_it() -> None:
    """R22: the same for a head and an officer."""
    bring_out(at=timezone.now() + timedelta(hours=1))
    people = [("head-beckside", SCHOOLS_ONLINE), ("governor-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)]
    for slug, site in people:
        assert said_of(door.show_key_data(asker(slug, site), BECKSIDE), RWM) == {}
    with as_batch():
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 50})
    for slug, site in people:
        assert said_of(door.show_key_data(asker(slug, site), BECKSIDE), RWM) == {"2018/19": ("50%",)}


def test_a_count_of_our_own_stands_in_until_the_published_figure_is_out() -> None:
    """R16, R22 (docs/adr/0019): named as one, of a year without a published figure, and shared data of an area."""
    count = "ks2_counts_rwm_expected"
    with as_batch():
        figures.out("ks2", 2023, {(BECKSIDE, RWM): 60})
        for year in (2023, 2024):
            figures.out("ks2_counts", year, {(BECKSIDE, count): 58, ("authority", count): 59})
    found = {measure.code: measure for measure in door.show_key_data(asker("head-beckside"), BECKSIDE).measures}
    assert [(year.year, year.own.text) for year in found[RWM].years] == [("2023/24", "60%")]
    assert [(year.year, year.own.text) for year in found[count].years] == [("2024/25", "58%")]
    assert found[count].name.endswith("(school returns)")
    assert found[count].years[0].own.origin.source == "Results that schools have sent, counted by this portal"
    tile = next(
        tile for tile in door.show_dashboard(asker("head-beckside"), BECKSIDE).tiles if tile.key == "attainment"
    )
    assert [reading.label for reading in tile.readings] == [
        f"{found[count].name}, 2024/25", f"{found[RWM].name}, 2023/24",
    ]  # fmt: skip
    with visit(asker("head-larkroyd"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        assert not door.current_figures(here, measures=[count], areas=["authority"])
        here.showed()
    with as_batch():
        figures.out("ks2", 2024, {(BECKSIDE, RWM): "SUPP"})
    assert count not in {measure.code for measure in door.show_key_data(asker("head-beckside"), BECKSIDE).measures}


def test_a_count_of_our_own_stands_while_only_others_have_a_published_figure() -> None:
    """R16, R22 (docs/adr/0019)."""
    count = "ks2_counts_rwm_expected"
    with as_batch():
        figures.out("ks2", 2024, {("england", RWM): 61, (RAVENSGILL, RWM): 70})
        figures.out("ks2_counts", 2024, {(BECKSIDE, count): 58})
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert (said_of(found, RWM), said_of(found, count)) == (
        {"2024/25": ("None out", "61%")},
        {"2024/25": ("58%",)},
    )


def test_of_more_than_five_years_the_newest_five_are_shown() -> None:
    """R3: the newest first."""
    with as_batch():
        for year in range(2018, 2024):
            figures.out("ks2", year, {(BECKSIDE, RWM): year - 1960})
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert [cells for (cells,) in said_of(found, RWM).values()] == ["63%", "62%", "61%", "60%", "59%"]


def test_nothing_is_out() -> None:
    """R22: an honest sentence, and no empty table."""
    bring_out()
    page = client("head-oxenby").get("/establishments/999005/key-data/").content.decode()  # a secondary school
    assert "No release with figures for this establishment is out yet" not in page  # those of its Locality are
    figures.without_the_demonstrations()
    page = client("head-oxenby").get("/establishments/999005/key-data/").content.decode()
    assert "No release with figures for this establishment is out yet" in page
    assert "<table" not in page


def test_an_excluded_establishment_in_both_directions() -> None:
    """R16, R17: it sees its own, and no other; no other sees it, and it is nobody's similar school."""
    bring_out()
    own = door.show_key_data(asker("head-larkroyd"), LARKROYD)
    assert said_of(own, RWM)["2018/19"] == (
        "71%",
        "63%",
        "65%",
    )  # the published figures of areas; no similar schools
    for slug, urn in (("head-larkroyd", BECKSIDE), ("head-beckside", LARKROYD)):
        with pytest.raises(Refusal):
            door.show_key_data(asker(slug), urn)
    assert door.show_key_data(asker("officer-data", EDUNET), LARKROYD).similar == 0
    assert door.show_key_data(asker("officer-data", EDUNET), BECKSIDE).similar == 4
    assert door.find_schools(asker("head-larkroyd")).of is None
    for slug, site in (("head-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)):
        found = door.find_schools(asker(slug, site), of=BECKSIDE)
        assert {school.urn for school in found.page} == set(PRIMARIES) - {BECKSIDE}


# --- the same figure everywhere -------------------------------------------------------------------------------------


def _cells(found: KeyData) -> dict[tuple[str, str, str], str]:
    """(measure, period, of whom) -> the number or the symbol, of what has a release."""
    return {
        (measure.code, year.period, name): cell.number or cell.symbol
        for measure in found.measures
        for year in measure.years
        for name, cell in zip((found.here.name, *measure.beside), year.cells, strict=True)
        if cell.origin
    }


def _in_csv(found: KeyData) -> dict[tuple[str, str, str], str]:
    rows = csv.DictReader(io.StringIO(of_key_data(found, "csv").content.decode("utf-8-sig")))
    return {
        (measure.code, row["time_period"], row["figure_of"]): row[measure.code]
        for row in rows
        for measure in found.measures
        if row[measure.code] != "z"
    }


def _in_workbook(found: KeyData) -> set[tuple[str, str, str, str]]:
    book = load_workbook(io.BytesIO(of_key_data(found, "xlsx").content))
    return {tuple(str(cell) for cell in row[:4]) for row in book["Key Data"].iter_rows(min_row=2, values_only=True)}


def _on_page(text: str) -> list[str]:
    """The figures of the measures' own tables, in order."""
    measures = text.partition('<div class="app-measures">')[2]
    table_cells = re.findall(r'<td class="govuk-table__cell[^"]*">(.*?)</td>', measures, re.DOTALL)
    return [
        unescape(re.sub(r"\s*<[ab s].*", "", cell, flags=re.DOTALL)).strip() for cell in table_cells if "#R" not in cell
    ]


@pytest.mark.parametrize("urn", [place.urn for place in PLACES if place.kind])
def test_the_same_figure_everywhere(urn: int) -> None:
    """R31: in the page, the chart, the CSV, the workbook, and on both sites, of every establishment that takes part."""
    bring_out()
    at_the_council = door.show_key_data(asker("officer-no-duty", EDUNET), urn)
    text = client("officer-no-duty", EDUNET).get(f"/establishments/{urn}/key-data/").content.decode()
    assert _on_page(text) == [cell.text for m in at_the_council.measures for year in m.years for cell in year.cells]
    for measure in at_the_council.measures:
        if measure.chart:
            labels = [panel.own.label for panel in measure.chart.panels]
            newest = next(year.own.text for year in measure.years if year.own.number)
            assert set(labels) == {newest}
            assert f"● {newest}</text>" in text
    assert _in_csv(at_the_council) == _cells(at_the_council)
    # A file's row of a measure is a number where the page has one, and the page's words where it has none.
    for measure in at_the_council.measures:
        for year in measure.years:
            for name, cell in zip((at_the_council.here.name, *measure.beside), year.cells, strict=True):
                number = cell.number and str(float(cell.number) if float(cell.number) % 1 else int(float(cell.number)))
                found = {row[3] for row in _in_workbook(at_the_council) if row[:3] == (measure.name, year.year, name)}
                assert found == {number or cell.text}
    if urn == LARKROYD:
        return  # nobody else at a school reads it
    at_school = door.show_key_data(asker("governor-beckside"), urn)
    assert at_school.measures == at_the_council.measures
    for form in ("csv", "meta"):
        assert of_key_data(at_school, form) == of_key_data(at_the_council, form)


def test_the_newest_figures_stand_above_all_others_as_their_own_tables_say_them() -> None:
    """R30, R31: a governor reads one table; each row leads to the years of its measure."""
    bring_out()
    with as_batch():
        later = {("england:primary", ABSENCE): 6, ("authority", ABSENCE): 7}
        figures.out("absence", 2020, {(BECKSIDE, ABSENCE): Decimal("5.1"), **later})
        figures.out("ks2", 2021, {("england", RWM): 59})
    for slug, site in (("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)):
        found = door.show_key_data(asker(slug, site), BECKSIDE)
        assert [row.code for row in found.newest.rows] == [measure.code for measure in found.measures]
        assert found.newest.columns == ("Similar schools (median)", "Aireholme", "Bradford", "England")
        rows = {row.code: row for row in found.newest.rows}
        absence = [(cell.shown.text, cell.phase) if cell else None for cell in rows[ABSENCE].beside]
        assert absence == [None, None, ("7.0%", ""), ("6.0%", "primary schools")]
        # a year of England alone is not the school's newest
        assert (rows[RWM].year, rows[RWM].own.text) == ("2018/19", said_of(found, RWM)["2018/19"][0])
        assert [cell.shown.text for cell in rows[RWM].beside if cell] == list(said_of(found, RWM)["2018/19"][1:])
        assert rows[SUSPENSIONS].own.text == "Withheld"
        page = client(slug, site).get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
        table = page[page.index('id="newest"') : page.index('<div class="app-measures">')]
        assert all(f'href="#measure-{measure.code}">{measure.name}</a>' in table for measure in found.measures)
        assert ">6.0% <span" in table
        # on a phone the columns do not fit beside each other, so each figure says whom it is of
        told = re.findall(r'<td role="cell"[^>]* data-column="([^"]*)"', table)
        assert told == ["Year", "This school", *found.newest.columns] * len(found.measures)
        # 7.42 alone says nothing to a governor
        assert {code for code, row in rows.items() if row.counted} == {SUSPENSIONS}
        assert table.count(">for each 100 pupils<") == 1


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)], ids=["head", "officer"]
)
def test_its_top_leads_to_each_of_its_sections(slug: str, site) -> None:
    """R30: it is 22,000 pixels long on a phone. By plain links, each to a heading of the page, in the page's order."""
    bring_out()
    whole = client(slug, site).get(f"/establishments/{BECKSIDE}/key-data/").content.decode()
    page = whole[: whole.index("</main>")]
    contents = re.search(
        r'<nav class="app-contents app-no-print" aria-labelledby="contents">.*?</nav>', page, re.DOTALL
    )
    assert contents is not None
    links = re.findall(r'href="#([^"]+)">([^<]+)<', contents.group())
    headings = re.findall(r'<h2 class="govuk-heading-m" id="([^"]+)">([^<]+)<', page)
    assert links == headings
    assert len(links) > 3
    assert contents.end() < page.index('id="newest"')


def test_the_files_keep_the_conventions() -> None:
    """Formats page 8: the columns every file has, an indicator for each measure, and the meta file that names them."""
    bring_out()
    browser = client("head-beckside")
    response = browser.get(f"/establishments/{BECKSIDE}/key-data/download/csv/")
    assert response["Content-Disposition"] == f'attachment; filename="key_data_{BECKSIDE}.csv"'
    header, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header[:5] == ["time_period", "time_identifier", "geographic_level", "country_code", "country_name"]
    assert {(row[1], row[3]) for row in rows} == {("Academic year", "E92000001")}
    assert {row[2] for row in rows} == {"School", "Local authority", "National"}
    sent = browser.get(f"/establishments/{BECKSIDE}/key-data/download/meta/").content
    meta = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    of_file = {row["col_name"] for row in meta}
    assert of_file <= set(header)
    assert {row["col_name"]: row["indicator_unit"] for row in meta}[RWM] == "%"
    assert browser.get(f"/establishments/{BECKSIDE}/key-data/download/pdf/").status_code == 404
    shown = [origin.id for origin in door.show_key_data(asker("head-beckside"), BECKSIDE).origins]
    with as_batch():
        entries = LedgerEntry.objects.filter(action="show_key_data").order_by("-id")
        told = list(entries.values_list("about", flat=True)[:3])
    assert told == [{"establishments": 1, "releases": shown, "file": form} for form in ("", "meta", "csv")]
    assert shown


@pytest.mark.parametrize("typed", ["=1", "@A1", "+1", "-1", "\t=1", "\n=1", " =1", "\ufeff =1"])
def test_no_cell_of_a_file_is_a_formula(typed: str) -> None:
    """R31: nor behind blanks, which a spreadsheet passes over."""
    assert (csv_cells.cell(typed), csv_cells.cell(f"A{typed}")) == (f"'{typed}", f"A{typed}")


def test_a_workbook_has_notes_and_no_formula() -> None:
    """R20, R31: what each release is, and what the figures are not for; a name is never a formula."""
    bring_out()
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(name='=HYPERLINK("http://x.example")')
    found = door.show_key_data(asker("head-beckside"), BECKSIDE)
    book = load_workbook(io.BytesIO(of_key_data(found, "xlsx").content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    notes = " ".join(str(value) for row in book["Notes"].iter_rows(values_only=True) for value in row)
    assert "promote one school or centre at the expense of another" in notes
    assert all(origin.label in notes for origin in found.origins)
    assert "'=HYPERLINK" in of_key_data(found, "csv").content.decode()
    assert '\n"=' not in of_key_data(found, "csv").content.decode()


@pytest.mark.parametrize(
    ("slug", "site", "marked"),
    [
        ("head-beckside", SCHOOLS_ONLINE, True),
        ("governor-beckside", SCHOOLS_ONLINE, False),
        ("officer-no-duty", EDUNET, False),
    ],
    ids=["head", "governor", "officer"],
)
def test_a_workbook_with_figures_of_few_children_is_marked_as_the_full_report_is(slug: str, site, marked: bool) -> None:
    """R12, R15: under the same name, a head has it with them and a governor without."""
    bring_out()
    content = client(slug, site).get(f"/establishments/{BECKSIDE}/key-data/download/xlsx/").content
    book = load_workbook(io.BytesIO(content))
    told = dict(book["Notes"].iter_rows(values_only=True)).get("Marking", "")
    assert told.startswith("OFFICIAL-SENSITIVE. It may contain figures about fewer than 10 children.") is marked
    for sheet in book:
        printed = f"Key Data for Beckside Primary School: URN {BECKSIDE}"
        assert sheet.oddHeader.center.text == (f"OFFICIAL-SENSITIVE. {printed}" if marked else printed)


def test_comparisons_say_what_they_are_not_for() -> None:
    """R20."""
    bring_out()
    page = client("governor-beckside").get(f"/establishments/{RAVENSGILL}/key-data/").content.decode()
    assert "promote one school or centre at the expense of another" in page
