"""The PDF as a document for a screen reader too: tagged, titled, in a language, with bookmarks (R30, PDF/UA-1)."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from sharing.key_data import HEADLINES
from sharing.models import Pupil, StaffMember
from sharing.records.reports import FULL, GOVERNORS
from sharing.reports import pdf
from sharing.reports.chapters import SUBJECTS, chapters_of
from sharing.reports.gathering import gather
from tests.factories import establishment
from tests.people import as_batch
from tests.reports.reading import lines_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]
BECKSIDE, NAME = 999002, "Beckside Primary School"


@pytest.fixture
def content() -> bytes:
    """The governors' report of the demonstration's releases."""
    with as_batch():
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    return pdf.draw(facts, timezone.localdate()).content


def _elements(element: Any) -> Iterator[Any]:
    """The tags, from the outside inwards."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, dict):
            if "/S" in found:
                yield found
            yield from _elements(found)


def test_tags_title_language_and_bookmarks(content: bytes) -> None:
    reader = PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == f"Report for governors: {NAME}"
    assert re.search(rb"pdfuaid:part\W+1\b", root["/Metadata"].get_data())
    tags = Counter(element["/S"] for element in _elements(root["/StructTreeRoot"]))
    assert tags["/H1"] == 1
    assert tags["/H2"] == 2 + len(SUBJECTS) - 1 + 1  # contents, how to read, a chapter each but one, releases
    assert tags["/Table"] >= tags["/Caption"] > 10  # the list of releases goes on over the page
    assert tags["/TH"] > tags["/Table"]
    assert tags["/L"] > 0
    for figure in _elements(root["/StructTreeRoot"]):
        if figure["/S"] == "/Figure":
            assert str(figure["/Alt"]).startswith("Chart of ")
    assert tags["/Figure"] > 5
    titles = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    assert titles == [NAME]
    below = [str(entry.title) for entry in reader.outline[1] if not isinstance(entry, list)]
    assert below[:3] == ["Contents", "How to read this report", "The early years and phonics"]


def test_fonts_are_embedded(content: bytes) -> None:
    """It looks the same on every machine."""
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)


def test_every_page_says_what_it_is(content: bytes) -> None:
    """R15, R22: the school, the newest release and its day, the marking, and which page of how many."""
    pages = PdfReader(io.BytesIO(content)).pages
    for number, page in enumerate(pages, 1):
        words = page.extract_text()
        assert NAME in words
        assert "OFFICIAL" in words
        if number > 1:
            assert f"Page {number} of {len(pages)}" in words
            assert "Releases up to R" in words
    whole = " ".join(lines_of(content))
    assert "promote one school or centre at the expense of another" in whole  # R20
    assert "so that no child can be recognised" in whole
    assert "Questions governors may ask" in whole


def test_the_full_report_has_no_questions_and_another_marking() -> None:
    with as_batch():
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), FULL)
    page = pdf.page_of(facts, timezone.localdate())
    assert "Questions governors may ask" not in page
    assert "OFFICIAL-SENSITIVE" in page


def test_no_child_and_no_member_of_staff_is_named(content: bytes) -> None:
    """R5, R33."""
    words = set(" ".join(lines_of(content)).replace(",", " ").replace(".", " ").split())
    with as_batch():
        people = [
            *Pupil.objects.filter(establishment__urn=BECKSIDE).values_list("forename", "surname"),
            *StaffMember.objects.filter(establishment__urn=BECKSIDE).values_list("forename", "surname"),
        ]
    assert people
    assert not [somebody for somebody in people if set(" ".join(somebody).split()) <= words]


def test_nothing_is_fetched() -> None:
    """A name that is an address or a piece of HTML stays words."""
    with as_batch():
        type(establishment(BECKSIDE)).objects.filter(urn=BECKSIDE).update(
            name='<img src="file:///etc/os"><link href="http://x.example/">'
        )
        (facts,) = gather(establishment(BECKSIDE).pk, timezone.localdate(), GOVERNORS)
    content = pdf.draw(facts, timezone.localdate()).content
    assert "file:///etc/os" in " ".join(lines_of(content)[:4])


def test_every_headline_has_a_chapter() -> None:
    """A measure that comes to Key Data comes to the report."""
    assert [code for subject in SUBJECTS for code in subject.codes] == list(HEADLINES)
    assert chapters_of(()) == ()
