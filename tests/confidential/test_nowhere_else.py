"""R21: a confidential item stands on its own pages, and in no list, comparison, search, file or page of another."""

import io
import re
import zipfile

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.confidential.items import BECKSIDE, CANARY, OXENBY, RAVENSGILL, item
from tests.people import EDUNET, SCHOOLS_ONLINE, client, looks_for

pytestmark = pytest.mark.django_db


def paths(resolver: URLResolver, urn: int, before: str = "") -> list[str]:
    """Every address of a site that needs no more than a URN or the form of a file."""
    found = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += paths(pattern, urn, route)
        elif isinstance(pattern, URLPattern):
            for form in ("csv", "meta", "xlsx") if "<slug:form>" in route else ("",):
                filled = route.replace("<urn:urn>", str(urn)).replace("<slug:form>", form)
                found += [] if "<" in filled or "^" in filled else [f"/{filled}"]
    return found


def words(content: bytes) -> str:
    """All the text of an answer; of a workbook, of all its parts."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.mark.parametrize(
    ("slug", "through"),
    [
        ("head-beckside", SCHOOLS_ONLINE),
        ("governor-ravensgill", SCHOOLS_ONLINE),
        ("officer-school-improvement", EDUNET),
    ],
)
def test_nowhere_but_on_its_own_pages(slug: str, through) -> None:
    """Walked by somebody of its circle and by somebody who is not, over every address that names no one record."""
    made = [item(urn, title=f"{CANARY} {urn}") for urn in (BECKSIDE, OXENBY, RAVENSGILL)]
    marks = [CANARY, *(str(one.pk) for one in made)]
    browser, seen_at, files = client(slug, through), set(), 0
    for urn in (BECKSIDE, RAVENSGILL):
        for path in paths(get_resolver(f"portal.urls.{through}"), urn):
            if "sign-out" in path:
                continue
            response = browser.get(path)
            files += "attachment" in response.get("content-disposition", "")
            if any(mark in words(response.content) for mark in marks):
                seen_at.add(re.sub(r"\d{6}", "URN", path))
    assert files >= 3
    assert seen_at == {"/establishments/URN/confidential/"}


@pytest.mark.parametrize("named", ["Quillfeather", "canary", CANARY])
def test_no_search_finds_it(named: str) -> None:
    """Not in the list of establishments, the School Finder, among pupils or staff, or where a child is found."""
    item(BECKSIDE)
    browser = client("head-beckside")
    asked = [
        browser.get(f"/{path}", {"named": named})
        for path in ("establishments/", "school-finder/", "establishments/download/csv/")
    ]
    asked += [looks_for(browser, f"/establishments/999002/{path}/?named={named}") for path in ("pupils", "staff")]
    asked.append(browser.post("/find/", {"named": named}, follow=True))
    for response in asked:
        text = words(response.content)
        assert "Quillfeather canary.csv" not in text
        assert "/confidential/" not in re.sub(r"/establishments/\d+/confidential/", "", text)
