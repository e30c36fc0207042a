"""R31: what verify_parity counts as a difference, from pages and files as short as the question allows."""

import random
from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string
from lxml import html

from portal.parity import comparing, key_data, reading, scopes
from portal.parity.comparing import NOTHING, Both
from portal.parity.fetching import LIST, Answer
from portal.parity.key_data import THIS_SCHOOL, Read
from sharing.records.figures import Shown

ABSENCE, NEWEST, EARLIER = "Absence", "2024/25", "2023/24"
OF = (ABSENCE, NEWEST, THIS_SCHOOL)
WITHHELD = (ABSENCE, EARLIER, THIS_SCHOOL)
PAGE = (
    '<section class="app-measures__item"><h2 id="measure-absence">Absence</h2><table>'
    "<thead><tr><th>Year</th><th>This school</th><th>Release</th></tr></thead>"
    "<tbody><tr><th>2024/25</th><td>{figure}</td><td>R7</td></tr></tbody></table></section>"
)


class Site:
    """A reader who is sent these answers, one after the other, and then the last one again and again."""

    def __init__(self, *answers: Answer, listed: dict[int, dict[str, str]] | None = None) -> None:
        self.answers, self.listed = list(answers), listed or {}

    def get(self, path: str) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def both(here: Site, there: Site) -> Any:
    readers: Any = here, there
    return Both([readers[0]], readers[1], draw=random.Random(1))


def says(*notes: str) -> Answer:
    lines = "".join(f'<p class="app-source">{note}</p>' for note in notes)
    return Answer(200, f"<main>{lines}</main>".encode())


def told() -> Read:
    page = {OF: ("1,234.5%", "R7"), WITHHELD: ("Withheld", "R6")}
    files = {OF: ("1234.5", "R7"), WITHHELD: ("c", "R6")}
    return Read(page, {(ABSENCE, THIS_SCHOOL): "1,234.5%"}, files, files | {WITHHELD: ("Withheld", "R6")})


def test_a_number_in_the_form_of_each_file_is_the_same_number() -> None:
    assert not list(key_data.disagreements(told()))


@pytest.mark.parametrize(("named", "release"), [("", "R7"), ("R6", "R6")])
def test_a_figure_of_an_earlier_urn_has_its_release(named: str, release: str) -> None:
    """The URN stands where the name of another release would, and was taken for one."""
    shown = Shown("61.0%", "61.0", under=100001, counts="all pupils")
    figure = render_to_string("components/figure.html", {"shown": shown, "release": named})
    found = Read()
    key_data._read_page(found, html.fromstring(PAGE.format(figure=figure)))
    assert (found.page, found.marks) == ({OF: ("61.0%", release)}, {OF: "protected, URN 100001"})


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("csv", {OF: ("1234.6", "R7")}),
        ("csv", {OF: ("1234.5", "R8")}),
        ("csv", {OF: ("1,234.5", "R7")}),
        ("csv", {WITHHELD: ("3", "R6")}),
        ("workbook", {OF: ("1234.6", "R7")}),
        ("workbook", {OF: ("1234.5", "R8")}),
        ("workbook", {OF: ("Withheld", "R7")}),
        ("workbook", {WITHHELD: ("3", "R6")}),
        ("workbook", {WITHHELD: ("None out", "R6")}),
        ("workbook_marks", {OF: "protected"}),
        ("marks", {OF: "protected"}),
        ("charts", {(ABSENCE, THIS_SCHOOL): "1,234.6%"}),
    ],
)
def test_a_file_or_chart_that_says_another_thing_than_the_page_is_found(where: str, what: dict) -> None:
    found = told()
    (scope,) = what
    wrong = replace(found, **{where: getattr(found, where) | what})
    assert [said[0] for said in key_data.disagreements(wrong)] == [OF if where == "charts" else scope]


def test_what_one_site_alone_says_is_found_save_where_only_some_of_them_read_it() -> None:
    """Of pages for those with a place, and of lists of more establishments, both say something else rightly."""
    for scope in (*scopes.OF_ALL, *scopes.OF_EACH, *scopes.OF_A_TABLE):
        if scope.form == scopes.Form.PAGE:
            for here, there in ((says("a", "b"), says("a")), (says("a"), says("a", "b"))):
                found = list(comparing._differences(scope, "/", here, there))
                assert [NOTHING in (one.at_schools, one.at_edunet) for one in found] == [True] * (not scope.own)
            assert list(comparing._differences(scope, "/", says("a"), says("b")))


def test_all_that_a_page_shows_is_read() -> None:
    """R31: a table, a chart, a list of facts and a note; of two in one place each."""
    page = b"""<main><section><h2>Absence</h2><table><caption>Years</caption>
        <thead><tr><th>Year</th><th>Here</th></tr></thead><tbody><tr><th>2025</th><td>6.1%</td></tr></tbody></table>
        <svg><title>Lines</title><text>6.1</text><text>7.0</text></svg>
        <dl><dt>Pupils</dt><dd>210</dd></dl><p class="app-source">First</p><p class="app-source">Second</p>
        </section></main>"""
    assert reading.of_page(page) == {
        ("table", "Years", "2025", "Here", "1"): "6.1%",
        ("chart", "Absence Lines", "1"): "6.1 | 7.0",
        ("facts", "Absence", "Pupils", "1"): "210",
        ("note", "Absence", "1"): "First",
        ("note", "Absence", "2"): "Second",
    }


@pytest.mark.parametrize(("here", "there", "differs"), [(404, 404, 0), (404, 403, 1), (403, 200, 1), (200, 404, 1)])
def test_a_refusal_is_the_same_only_as_the_same_refusal(here: int, there: int, differs: int) -> None:
    (scope,) = scopes.OF_ALL
    reading = both(*[Site(replace(says("a"), status=status)) for status in (here, there)])
    reading._compare(scope, scope.path, reading.at_schools[0])
    assert len(reading.found.differences) == differs
    assert reading.found.pages.total() == differs


def test_what_differs_is_read_again_and_counts_only_if_it_differs_again() -> None:
    """A release may come out between the two readings."""
    (scope,) = scopes.OF_ALL
    for later, differs in ((says("b"), 0), (says("c"), 1)):
        reading = both(Site(says("a"), later), Site(says("b")))
        reading._compare(scope, scope.path, reading.at_schools[0])
        assert len(reading.found.differences) == differs


@pytest.mark.parametrize(
    ("at_edunet", "places"),
    [
        ({1: {"name": "A"}, 9: {"name": "Z"}, 2: {"name": "B"}}, []),
        ({1: {"name": "A"}, 2: {"name": "C"}}, [("2", "name")]),
        ({1: {"name": "A"}}, [("2", "name")]),
        ({2: {"name": "B"}, 1: {"name": "A"}}, [("order",)]),
    ],
    ids=["more on EduNet", "another name", "missing", "another order"],
)
def test_lists_have_the_same_rows_in_the_same_order(at_edunet: dict, places: list[tuple[str, ...]]) -> None:
    """R29: officers read about more establishments."""
    reading = both(Site(says(), listed={1: {"name": "A"}, 2: {"name": "B"}}), Site(says(), listed=at_edunet))
    reading._compare_lists(reading.at_schools[0])
    assert [one.place for one in reading.found.differences] == places
    assert {one.path for one in reading.found.differences} <= {LIST.removesuffix("download/csv/")}
