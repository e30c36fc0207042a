"""Open statistics on pages and in files: stored cells and nothing else (R3, R10 to R12, R29, R31)."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from sharing import door, school_year
from sharing.authorise import NoSuchRecord
from sharing.days import day_in_words
from sharing.models import LedgerEntry, Release, StatisticsCell
from sharing.open_statistics import PARAMETERS, Selection
from sharing.statistics.catalogue import NAMED, OPEN, Catalogue, Table, group_of
from sharing.statistics.rates import percent
from sharing.statistics.rules import HOUSE
from sharing.statistics.symbols import Symbol
from tests import open_statistics
from tests.open_statistics import YEAR, built
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
BECKSIDE, RAVENSGILL, LARKROYD = 999002, 999003, 999004
WHO_READS = [
    ("head-beckside", SCHOOLS_ONLINE),
    ("teacher-beckside", SCHOOLS_ONLINE),
    ("governor-beckside", SCHOOLS_ONLINE),
    ("third-party-beckside", SCHOOLS_ONLINE),
    ("head-ravensgill", SCHOOLS_ONLINE),
    ("officer-no-duty", EDUNET),
    ("officer-school-improvement", EDUNET),
]
WHO_DOES_NOT = [
    ("head-larkroyd", SCHOOLS_ONLINE),
    ("teacher-larkroyd", SCHOOLS_ONLINE),
    ("teacher-ended", SCHOOLS_ONLINE),
    ("superuser", SCHOOLS_ONLINE),
    ("other-department", SCHOOLS_ONLINE),
]
TITLES = {table.name: table for table in built().catalogue.tables}
OPEN_TABLES = sorted(name for name, table in TITLES.items() if table.audience == OPEN)
NAMED_TABLES = sorted(name for name, table in TITLES.items() if table.audience == NAMED)


@pytest.fixture
def release(nothing_released: None) -> Release:
    with as_batch():
        return open_statistics.out()


def stored(table: str) -> dict[tuple[str, ...], dict[str, str]]:
    """(members) -> indicator -> as it is printed, of the release as it was made."""
    found = next(one for one in built().tables if one.table.name == table)
    return {row.members: {name: str(figure) for name, figure in row.figures.items()} for row in found.rows}


def on_the_page(browser: Client, path: str, *, left: int = 1) -> Iterator[tuple[str, list[str]]]:
    """(row, its figures) of every table of a page, as plain as in a file. `left`: columns that are no figure."""
    response = browser.get(path)
    assert response.status_code == 200, path
    for row in html.fromstring(response.content.decode()).xpath("//tbody/tr"):
        label, *cells = [unescape(" ".join(cell.text_content().split())) for cell in row.xpath("th|td")]
        yield label, [cell.replace(",", "").removesuffix("%") for cell in cells[left - 1 :]]


def labels(catalogue: Catalogue, table: Table, rows: str) -> dict[str, str]:
    dimension = catalogue.dimensions[rows]
    return {code: dimension.label_of[code] for code in catalogue.members(table, rows)}


def check_page(browser: Client, name: str, rows: str, held: Mapping[str, str]) -> None:
    """Every count of the page is the stored cell of its row, and every share comes from two of them."""
    made, table = built(), TITLES[name]
    asked = "&".join(f"{PARAMETERS.get(key, key)}={code}" for key, code in {"rows": rows, **held}.items())
    seen = list(on_the_page(browser, f"/statistics/{name}/?{asked}"))
    cells = stored(name)
    expected = labels(made.catalogue, table, rows)
    assert [label for label, _ in seen] == list(expected.values())
    for (_, row), code in zip(seen, expected, strict=True):
        members = tuple({**held, rows: code}.get(one, "Total") for one in table.dimensions)
        known = list(cells[members].values())
        assert row[: len(known)] == known
        for share in row[len(known) :]:
            assert table.rate == ""
            assert share in {"", *_share(made.numbers, table, members, rows)}


def _share(numbers: Mapping, table: Table, members: tuple[str, ...], rows: str) -> list[str]:
    whole = [("Total" if name == rows else code) for name, code in zip(table.dimensions, members, strict=True)]
    part, of = (numbers.get(group_of(table, zip(table.dimensions, codes, strict=True))) for codes in (members, whole))
    return [str(percent(part, of, HOUSE))]


class TestNothingButStoredCells:
    """The crawl: each page and file, as each kind of person (I3, I8; R10, R11, R12)."""

    @pytest.mark.parametrize(("slug", "site"), WHO_READS)
    @pytest.mark.usefixtures("release")
    def test_each_open_table_as_everybody_sees_it(self, slug: str, site) -> None:
        browser = client(slug, site)
        assert browser.get("/statistics/").status_code == 200
        for name in OPEN_TABLES:
            check_page(browser, name, rows_of(TITLES[name]), {})
            assert csv_of(browser, f"/statistics/{name}/download/csv/", TITLES[name]) == stored(name)

    @pytest.mark.parametrize("name", OPEN_TABLES)
    @pytest.mark.usefixtures("release")
    def test_each_way_to_lay_a_table_out(self, name: str) -> None:
        browser, table, catalogue = client("governor-beckside"), TITLES[name], built().catalogue
        for rows in table.dimensions:
            for other in (one for one in table.dimensions if one != rows):
                for code in catalogue.members(table, other)[:4]:
                    check_page(browser, name, rows, {other: code})

    @pytest.mark.parametrize(("slug", "site"), WHO_READS)
    @pytest.mark.parametrize("urn", [BECKSIDE, RAVENSGILL])
    @pytest.mark.usefixtures("release")
    def test_an_establishment_s_numbers_are_the_protected_ones_for_everybody(self, slug: str, site, urn: int) -> None:
        """R12: at Level 3 at home, and for others: the same cells."""
        seen = [row for _, row in on_the_page(client(slug, site), f"/establishments/{urn}/statistics/")]
        expected = []
        for name in (
            "establishments_year",
            "establishments_fsm",
            "establishments_year_6_rates",
            "establishments_absence_rates",
        ):
            here = (cells for members, cells in stored(name).items() if members[0] == f"urn:{urn}")
            expected += [list(cells.values()) for cells in here if set(cells.values()) != {"z"}]
        assert [row[: len(known)] for row, known in zip(seen, expected, strict=True)] == expected

    @pytest.mark.parametrize(("slug", "site"), WHO_READS)
    @pytest.mark.usefixtures("release")
    def test_each_table_that_names_establishments(self, slug: str, site) -> None:
        """Only of those that take part, and only stored cells."""
        for name in NAMED_TABLES:
            found = csv_of(client(slug, site), f"/statistics/establishments/{name}/download/csv/", TITLES[name])
            assert found.items() <= stored(name).items()
            places = {members[0] for members in found}
            assert f"urn:{BECKSIDE}" in places
            assert (f"urn:{LARKROYD}" in places) == (site == EDUNET)


@pytest.mark.usefixtures("release")
def test_a_file_of_establishments_names_them() -> None:
    """R31: as the workbook and the page do. A file of places has no such column."""
    browser, (name, *_) = client("governor-beckside"), NAMED_TABLES
    files = f"/statistics/establishments/{name}/download"
    text = browser.get(f"{files}/csv/").content.decode("utf-8-sig")
    named = [(row["place"], row["school_name"]) for row in csv.DictReader(io.StringIO(text))]
    _, *rows = load_workbook(io.BytesIO(browser.get(f"{files}/xlsx/").content))["Statistics"].values
    assert [name for _, name in named] == [row[0] for row in rows]
    assert dict(named)[f"urn:{BECKSIDE}"] == built().catalogue.dimensions["place"].label_of[f"urn:{BECKSIDE}"]
    header, *_ = browser.get(f"/statistics/{OPEN_TABLES[0]}/download/csv/").content.decode().splitlines()
    assert "school_name" not in header


def rows_of(table: Table) -> str:
    return next(name for name in table.dimensions if name != "place")


def csv_of(browser: Client, path: str, table: Table) -> dict[tuple[str, ...], dict[str, str]]:
    response = browser.get(path)
    assert response.status_code == 200
    lines = list(csv.DictReader(io.StringIO(response.content.decode())))
    names = next(iter(stored(table.name).values()))
    return {tuple(line[one] for one in table.dimensions): {name: line[name] for name in names} for line in lines}


class TestOneNumberEverywhere:
    """R31: one cell has one number in page, chart, CSV and workbook, on both sites."""

    @pytest.mark.parametrize(("slug", "site"), [("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)])
    @pytest.mark.usefixtures("release")
    def test_page_chart_csv_and_workbook(self, slug: str, site) -> None:
        browser, name = client(slug, site), "absence_phase_fsm_rates"
        expected = stored(name)["Total", "Total", "Y"]
        rate = expected["persistently_absent_percent"]
        page = browser.get(f"/statistics/{name}/?rows=fsm").content.decode()
        assert f"Eligible {rate}%" in html.fromstring(page).xpath("string(//figure//title)")
        assert dict(on_the_page(browser, f"/statistics/{name}/?rows=fsm"))["Eligible"] == list(expected.values())
        assert csv_of(browser, f"/statistics/{name}/download/csv/", TITLES[name])["Total", "Total", "Y"] == expected
        book = load_workbook(io.BytesIO(browser.get(f"/statistics/{name}/download/xlsx/").content))
        assert book.sheetnames == ["Statistics", "Notes"]
        row = next(row for row in book["Statistics"].values if row[:3] == ("The authority", "All phases", "Eligible"))
        assert [float(figure) for figure in row[3:]] == [float(figure) for figure in expected.values()]

    def test_the_same_group_in_two_tables(self, release: Release) -> None:
        """A count is stored once: the tables cannot differ."""
        with as_batch():
            assert StatisticsCell.objects.filter(release=release, key="place=north", indicator="pupils").count() == 1
        browser = client("governor-beckside")
        seen = {
            dict(on_the_page(browser, f"/statistics/{name}/?rows=place"))["Bradford North"][0]
            for name in ("pupils_place_phase_year", "pupils_place_sex_fsm_sen", "absence_phase_fsm")
        }
        assert len(seen) == 1

    def test_each_page_and_file_names_its_release(self, release: Release) -> None:
        browser = client("governor-beckside")
        for path in ("", "pupils_place_phase_year/", "establishments/establishments_fsm/"):
            page = browser.get(f"/statistics/{path}").content.decode()
            assert f"Release R{release.pk}: Open statistics" in page
            assert "/guidance/multiples-of-5/" in page
        assert f"R{release.pk}" in browser.get("/statistics/year_6_sen/download/csv/")["content-disposition"]
        page = browser.get("/statistics/year_6_sen_rates/?rows=sen").content.decode()
        assert "Too few pupils for a rate, or not collected" in page

    @pytest.mark.usefixtures("release")
    def test_rates_and_another_year_have_titles_of_their_own(self) -> None:
        """R30, WCAG 2.4.2: a table of counts and its rates have one title in the catalogue."""
        browser, years = client("governor-beckside"), school_year.in_words(YEAR)
        for name, words in (("year_6_sen", f", {years}"), ("year_6_sen_rates", f": rates, {years}")):
            page = html.fromstring(browser.get(f"/statistics/{name}/").text)
            title = f"{TITLES[name].title}{words}"
            assert page.xpath("string(//h1)") == title
            assert page.xpath("normalize-space(//title)").startswith(f"{title} – ")

    def test_the_day_of_a_release_is_that_of_its_roll(self, release: Release) -> None:
        """R22, R31: who was on roll on it, and how they attended in the whole year. The same in the file."""
        browser = client("governor-beckside")
        absence = next(name for name in OPEN_TABLES if name.startswith("absence_"))
        page = browser.get(f"/statistics/{absence}/").text
        assert f"Pupils on roll on {day_in_words(release.as_of)}." in page
        assert "As of" not in page
        assert "sessions of the whole school year" in page
        sheets = load_workbook(io.BytesIO(browser.get(f"/statistics/{absence}/download/xlsx/").content))
        notes = " ".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
        assert f"Pupils on roll on {release.as_of:%d/%m/%Y}." in notes

    @pytest.mark.usefixtures("release")
    @pytest.mark.parametrize(("query", "only"), [("", []), ("?kind=primary", ["Type: Primary school"])])
    def test_a_file_of_some_establishments_says_so(self, query: str, only: list[str]) -> None:
        """R31: part of a table is not taken for the whole."""
        address = f"/statistics/establishments/establishments_fsm/download/xlsx/{query}"
        book = load_workbook(io.BytesIO(client("governor-beckside").get(address).content))
        assert [row[1] for row in book["Notes"].iter_rows(values_only=True) if row[0] == "Only"] == only

    @pytest.mark.usefixtures("release")
    def test_the_meta_file_tells_of_each_column(self) -> None:
        browser = client("governor-beckside")
        sent = browser.get("/statistics/year_6_sen_rates/download/meta/").content
        lines = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
        assert [line["col_name"] for line in lines] == ["place", "sen", "pupils", "attained_pupils", "attained_percent"]
        figures = browser.get("/statistics/year_6_sen_rates/download/csv/").content.decode("utf-8-sig")
        used = {row["attained_percent"] for row in csv.DictReader(io.StringIO(figures))} & set(Symbol)
        assert used
        assert not [mark for mark in used if f" {mark}: " not in lines[-1]["label"]]
        assert browser.get("/statistics/year_6_sen_rates/download/exe/").status_code == 404


class TestWhoSeesThem:
    @pytest.mark.parametrize(("slug", "site"), WHO_DOES_NOT)
    @pytest.mark.usefixtures("release")
    def test_who_shares_with_nobody_sees_no_table(self, slug: str, site) -> None:
        """R2, R16: the excluded, those whose access ended, and those who never had any. They read whom it is for, and
        not that nothing is out."""
        browser = client(slug, site)
        page = browser.get("/statistics/").content.decode()
        assert "There are no statistics for you to read today. They are for people at establishments that take" in page
        for path in ("pupils_place_phase_year/", "establishments/establishments_fsm/"):
            for ending in ("", "download/csv/", "download/xlsx/"):
                assert browser.get(f"/statistics/{path}{ending}").status_code == 404

    @pytest.mark.usefixtures("release")
    def test_the_excluded_keep_their_own(self) -> None:
        """R16, R17, A12: its own numbers are not shared data; to the others it is not there. No link leads to numbers
        of the others, which are not there for those who share with nobody."""
        own = list(on_the_page(client("head-larkroyd"), f"/establishments/{LARKROYD}/statistics/"))
        assert own
        for slug, urn, leads_on in (("head-larkroyd", LARKROYD, False), ("head-beckside", BECKSIDE, True)):
            page = client(slug).get(f"/establishments/{urn}/statistics/").content.decode()
            assert ("/statistics/establishments/" in page) == leads_on
        assert client("governor-beckside").get(f"/establishments/{LARKROYD}/statistics/").status_code == 404

    def test_nothing_before_its_instant_and_all_at_it(self) -> None:
        """R22, on both sites; the newer version replaces the earlier at its own instant."""
        with as_batch():
            open_statistics.out(at=timezone.now() + timedelta(minutes=5))
        for slug, site in (("head-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)):
            assert door.list_statistics(asker(slug, site)).release is None
            with pytest.raises(NoSuchRecord):
                door.show_statistics(asker(slug, site), "year_6_sen", Selection())
            assert door.show_statistics_of(asker(slug, site), BECKSIDE).tables == ()
        with as_batch():
            second = open_statistics.out()
        for slug, site in (("head-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)):
            assert door.list_statistics(asker(slug, site)).release.id == second.pk
            assert door.show_statistics(asker(slug, site), "year_6_sen", Selection()).told.release.version == 2

    def test_the_year_that_is_asked_for(self, release: Release) -> None:
        with as_batch():
            earlier = open_statistics.out(YEAR - 1)
        found = door.list_statistics(asker("governor-beckside"))
        assert (found.release.id, [year for year, _ in found.years]) == (release.pk, [YEAR, YEAR - 1])
        told = door.show_statistics(asker("governor-beckside"), "year_6_sen", Selection(year=YEAR - 1)).told
        assert told.release.id == earlier.pk

    @pytest.mark.parametrize("table", ["pupils_place_phase_year", "establishments/establishments_year"])
    @pytest.mark.usefixtures("release")
    def test_a_year_group_that_is_chosen_leaves_the_school_year_as_it_is(self, table: str) -> None:
        """R31: the form asks for both, and so do the links to its files."""
        with as_batch():
            earlier = open_statistics.out(YEAR - 1)
        browser, path = client("governor-beckside"), f"/statistics/{table}/"
        page = html.fromstring(browser.get(f"{path}?year={YEAR - 1}").content.decode())
        assert not page.xpath(
            "//*[contains(@class, 'govuk-inset-text')][contains(., 'this table does not have that group')]"
        )
        (form,) = (form for form in page.forms if form.xpath(".//select[@name='year_group']"))
        form.fields["year_group"] = "6"
        answer = browser.get(path, dict(form.form_values())).content.decode()
        assert f"Release R{earlier.pk}:" in answer
        assert "Year group: Year 6" in answer
        assert f"/download/csv/?year={YEAR - 1}" in answer
        assert answer.count(f"year={YEAR - 1}") >= 3

    @pytest.mark.usefixtures("release")
    def test_a_named_table_is_no_open_one(self) -> None:
        browser = client("governor-beckside")
        assert browser.get("/statistics/establishments_fsm/").status_code == 404
        assert browser.get("/statistics/establishments/year_6_sen/").status_code == 404

    @pytest.mark.usefixtures("release")
    def test_what_was_read_is_in_the_ledger(self) -> None:
        """R43."""
        client("governor-beckside").get("/statistics/establishments/establishments_fsm/?sort=idaci")
        with as_batch():
            row = LedgerEntry.objects.latest("id")
        assert (row.action, row.about["order"], row.about["table"]) == (
            "compare_statistics",
            "idaci",
            "establishments_fsm",
        )


class TestOnlyStoredCellsCanBeAskedFor:
    @pytest.mark.parametrize(
        "asked",
        ["fsm=Nobody", "fsm=%00", "rows=nothing&year=9999", "fsm=Y'--", "sex=" + "F" * 60, "pupil=1&urn=999002"],
    )
    @pytest.mark.usefixtures("release")
    def test_an_unknown_member_is_ignored(self, asked: str) -> None:
        path = "/statistics/pupils_place_sex_fsm_sen/"
        browser = client("governor-beckside")
        assert list(on_the_page(browser, f"{path}?{asked}")) == list(on_the_page(browser, path))

    @pytest.mark.usefixtures("release")
    def test_a_member_that_the_table_does_not_show(self) -> None:
        """Establishments are members of `place`, and of no open table."""
        browser = client("governor-beckside")
        path = "/statistics/pupils_place_sex_fsm_sen/"
        assert list(on_the_page(browser, f"{path}?place=urn:{BECKSIDE}")) == list(on_the_page(browser, path))


class TestSeveralEstablishments:
    @pytest.mark.usefixtures("release")
    def test_a_group_stands_beside_its_whole(self) -> None:
        """R11: whole and group are stored cells, and the share comes from the two."""
        cells, numbers = stored("establishments_fsm"), built().numbers
        rows = dict(on_the_page(client("governor-beckside"), "/statistics/establishments/establishments_fsm/?fsm=Y"))
        place = f"urn:{BECKSIDE}"
        whole, group = numbers[frozenset({("place", place)})], numbers[frozenset({("place", place), ("fsm", "Y")})]
        assert rows["Beckside Primary School"] == [
            cells[place, "Total"]["pupils"],
            cells[place, "Y"]["pupils"],
            str(percent(group, whole, HOUSE)),
        ]
        rows = dict(
            on_the_page(client("governor-beckside"), "/statistics/establishments/establishments_fsm/?fsm=Total")
        )
        assert rows["Beckside Primary School"] == [cells[place, "Total"]["pupils"]]

    @pytest.mark.usefixtures("release")
    def test_they_stand_by_their_context(self) -> None:
        """R20, R29: the order and its purpose stand above; by an outcome there is none; the file has the same order."""
        browser = client("governor-beckside")
        path = "/statistics/establishments/establishments_year_6_rates/"
        for order, words in (("name", "Ordered by name"), ("size", "Ordered by the number of pupils")):
            page = browser.get(f"{path}?sort={order}").content.decode()
            assert words in page
            assert "This is not a ranking." in page
            assert "to promote one school or centre at the expense of another" in page
            assert "/report-misuse/statistics/" in page
            names = [label for label, _ in on_the_page(browser, f"{path}?sort={order}")]
            book = load_workbook(io.BytesIO(browser.get(f"{path}download/xlsx/?sort={order}").content))
            assert len(names) > 2
            assert html.fromstring(page).xpath("string(//thead//th[2])") == "Pupils"  # and no exact number beside it
            heading, *in_file = (row[0] for row in book["Statistics"].values)
            assert heading == "Establishment"
            assert len(in_file) == len(names)
        for asked, file in product(("attained_percent", "value", "-pupils"), ("", "download/csv/")):
            assert browser.get(f"{path}{file}?sort={asked}").status_code == 422

    @pytest.mark.usefixtures("release")
    def test_unless_somebody_chooses_they_stand_by_deprivation(self) -> None:
        """R29: a deprivation index by default, on the page and in its file, since results stand beside the names."""
        browser, path = client("governor-beckside"), "/statistics/establishments/establishments_year_6_rates/"
        assert "Ordered by the deprivation of children (IDACI)" in browser.get(path).content.decode()
        assert browser.get(f"{path}download/csv/").status_code == 200
        with as_batch():
            told = LedgerEntry.objects.filter(action__in=["compare_statistics", "take_comparison"])
            assert [row.about["order"] for row in told] == ["idaci", "idaci"]

    @pytest.mark.usefixtures("release")
    def test_never_beside_whole_numbers(self) -> None:
        """R12: the page of protected numbers has no other figure, not even for the head."""
        tables = door.show_statistics_of(asker("head-beckside"), BECKSIDE).tables
        assert {told.name for told in tables} <= set(NAMED_TABLES)
        assert (
            "Protected numbers"
            in client("head-beckside").get(f"/establishments/{BECKSIDE}/statistics/").content.decode()
        )


@pytest.mark.parametrize(
    ("path", "at_schools", "at_edunet"),
    [
        ("/statistics/", 7, 8),  # what is stopped is asked too
        (f"/statistics/absence_phase_fsm_rates/?rows=fsm&year={YEAR}", 7, 8),
        (f"/statistics/absence_phase_fsm/download/csv/?year={YEAR}", 7, 8),
        (f"/establishments/{BECKSIDE}/statistics/", 8, 9),
        (f"/statistics/establishments/establishments_fsm/?sort=name&year={YEAR}", 7, 8),
        (f"/statistics/establishments/establishments_fsm/?sort=idaci&year={YEAR}", 8, 9),  # and of the order
    ],
)
@pytest.mark.usefixtures("release")
def test_how_many_questions_each_page_asks(path: str, at_schools: int, at_edunet: int) -> None:
    """Counted as in tests/test_query_counts.py: five or six of them are the same on every page."""
    for slug, site, expected in (
        ("governor-beckside", SCHOOLS_ONLINE, at_schools),
        ("officer-no-duty", EDUNET, at_edunet),
    ):
        browser = client(slug, site)
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == expected, (path, site)
