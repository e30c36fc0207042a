"""R14, R31: what is taken away from a list has its page's rows in their order, with the same words and columns."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from sharing import door
from sharing.models import StaffMember
from tests import factories
from tests.downloads.reading import BECKSIDE, CHOICE, HEAD, KIND_PAGE, NARROWED, TEACHER
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.moves import agreed

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"
OFFICER = "officer-school-improvement"
NARROWED_TO = "Narrowed: only Year 1 and Year 2, without special educational needs and attendance"
ODD = ("=1+1", "-Abbott", "O’Hara", "العربي", "Two\nlines", "  Spaced  out", "Ann" * 30, "<b>Bold</b>", "@sum", "中村")
TODAY = timezone.localdate()
Table = tuple[list[str], list[list[str]]]


def tables_in(content: bytes) -> Iterator[Table]:
    """The headings and rows of each table, as a reader sees them."""
    page = html.fromstring(content)
    for unseen in page.xpath("//th//a/span[@class='govuk-visually-hidden']"):
        unseen.drop_tree()
    for table in page.xpath("//main//table"):
        headings, *rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")] for row in table.xpath(".//tr")
        ]
        yield headings, rows


def on_the_pages(browser: Client, address: str) -> list[Table]:
    """The tables of a list, whose rows may go on over several pages. A short table beside it stands on each of them."""
    found: list[Table] = []
    following = [address]
    while following:
        reply = browser.get(following[0], follow=True)
        for headings, rows in tables_in(reply.content):
            if known := next((table for table in found if table[0] == headings), None):
                known[1].extend(rows if rows != known[1] else [])
            else:
                found.append((headings, rows))
        query = html.fromstring(reply.content).xpath("//nav//a[@rel='next']/@href")
        following = [address.partition("?")[0] + query[0]] if query else []
    return found


def on_paper(browser: Client, kind: str, query: str) -> list[Table]:
    """The tables of the same list, printed."""
    content = browser.post(f"{KIND_PAGE}/{kind}/new/{query}", CHOICE | {"form": "paper"}).content
    return [_with_one_name(*table) for table in tables_in(content) if table[1] != [["None"]]]


def _with_one_name(headings: list[str], rows: list[list[str]]) -> Table:
    """A page has the name in one column, and beside it whether a pupil is coming or has left."""
    if headings[0] == "Name":
        return headings, rows
    of_the_name = 3 if headings[2] == "Coming or left" else 2
    names = [", ".join(row[:2]) + (f" {row[2]}" if of_the_name == 3 and row[2] else "") for row in rows]
    return ["Name", *headings[of_the_name:]], [
        [name, *row[of_the_name:]] for name, row in zip(names, rows, strict=True)
    ]


def notes_of(kind: str, slug: str = HEAD, **asked: str) -> Sequence[str]:
    return door.print_records(asker(slug), BECKSIDE, kind, asked, purpose="review").notes


def many_with_odd_names() -> None:
    """60 more children, and members of staff: two of each name, so that the names alone give no order."""
    for number in range(60):
        name = {
            "surname": ODD[number % 10],
            "forename": ODD[number // 2 % 10],
            "year_group": ("", "1", "5")[number % 3],
        }
        factories.enrolment(factories.pupil(BECKSIDE, class_name=ODD[number % 6], **name), TODAY - timedelta(days=5))
        factories.staff_member(BECKSIDE, surname=name["surname"], forename=name["forename"])


@pytest.mark.parametrize(
    ("slug", "through"),
    [(HEAD, SCHOOLS_ONLINE), (TEACHER, SCHOOLS_ONLINE), (NARROWED, SCHOOLS_ONLINE), (OFFICER, EDUNET)],
    ids=[HEAD, TEACHER, NARROWED, OFFICER],
)
def test_pupils(slug: str, through: str) -> None:
    """In each order and with filters, over several pages, whatever the children are called."""
    many_with_odd_names()
    browser = client(slug, through)
    for query in (
        "?status=here",
        "?sort=year&status=here",
        "?sort=class&fsm=no",
        "?attendance=counted",
        "?status=coming",
    ):
        assert on_the_pages(browser, f"{HERE}/pupils/{query}") == on_paper(browser, "pupils", query), query


@pytest.mark.parametrize("query", ["?work=teaching", "?work=support", "?contract=PRM", "?contract=FXT"])
def test_staff(query: str) -> None:
    many_with_odd_names()
    browser = client(HEAD)
    assert on_the_pages(browser, f"{HERE}/staff/{query}") == on_paper(browser, "staff", query)


@pytest.mark.parametrize("slug", [HEAD, NARROWED])
def test_joiners_and_leavers(slug: str) -> None:
    """R8: also what each day is, and in which order the lists come."""
    many_with_odd_names()
    agreed()
    query = f"?since={TODAY - timedelta(days=90):%d/%m/%Y}"
    browser = client(slug)
    assert on_the_pages(browser, f"{HERE}/joiners-and-leavers/{query}") == on_paper(browser, "moves", query)


@pytest.mark.parametrize("slug", [HEAD, NARROWED])
def test_a_finding(slug: str) -> None:
    """Facts that are missing too."""
    many_with_odd_names()
    browser, groups = client(slug), door.show_quality(asker(slug), BECKSIDE).groups
    for finding in (one for group in groups for one in group.findings):
        page = on_the_pages(browser, f"{HERE}/data-quality/{finding.key}/")
        assert page == on_paper(browser, "finding", f"?finding={finding.key}"), finding.key


class TestWhatAListWasNarrowedTo:
    """R14: part of a list is not taken for the whole."""

    @pytest.mark.parametrize("kind", ["pupils", "staff"])
    def test_by_a_search_for_a_name_which_it_does_not_say(self, kind: str) -> None:
        """R13: it may name a child."""
        assert notes_of(kind, named="abbasi")[0] == "Only those whose name matches a search"
        assert "abbasi" not in " ".join(notes_of(kind, named="abbasi")).lower()

    def test_staff(self) -> None:
        """Also the page itself, which is printed without the form of its filters."""
        notes = notes_of("staff", work="support", contract="PRM")
        assert notes[:2] == ("Work: Support staff", "Contract: Permanent")
        page = client(HEAD).get(f"{HERE}/staff/?work=support&contract=PRM").content.decode()
        assert all(f'<p class="govuk-body">{words}</p>' in page for words in notes[:2])

    def test_a_finding_of_whose_line_is_narrowed(self) -> None:
        """R35: as the page says it."""
        factories.enrolment(factories.pupil(BECKSIDE, year_group="1", born_on=date(2001, 1, 1)), TODAY)
        groups = door.show_quality(asker(NARROWED), BECKSIDE).groups
        assert NARROWED_TO in notes_of("finding", NARROWED, finding=groups[0].findings[0].key)


def test_staff_of_two_sources_are_as_of_the_same_day_on_both() -> None:
    """R31: the page said the newest day and its source, although it was that of one person."""
    factories.staff_member(BECKSIDE, source="Another file", as_of=TODAY)
    page = door.list_staff(asker(HEAD), BECKSIDE)
    with as_batch():
        most = StaffMember.objects.filter(establishment__urn=BECKSIDE).exclude(source="Another file").latest("as_of")
    assert (page.source, page.as_of) == (most.source, most.as_of)
    assert page.note.startswith("1 of the 8 records has another source")
    assert page.note.removesuffix(".") in notes_of("staff")
