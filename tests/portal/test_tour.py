"""The tour of the demonstration: each address answers as docs/tour.md says, for the person whom the step names."""

import re
from pathlib import Path

import pytest

from tests.people import EDUNET, SCHOOLS_ONLINE, client

STEPS = (Path(__file__).parents[2] / "docs" / "tour.md").read_text().split("\n## ")[1:]
PERSON = re.compile(r"(Schools Online|EduNet), as [\w ]+ \(`([\w-]+)`\)")
ADDRESS = re.compile(r"^\| `(/[^`]*)` \| (.+) \|$", re.MULTILINE)
SITES = {"Schools Online": SCHOOLS_ONLINE, "EduNet": EDUNET}


def _expected(words: str) -> int:
    return 403 if words.startswith("refused") else 404 if words.startswith("not found") else 200


def _stops() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Site, person and the pages of each step. A step that names nobody goes on as the one before."""
    stops, who = [], ("", "")
    for step in STEPS:
        if found := PERSON.search(step):
            who = (found[1], found[2])
        stops.append((*who, ADDRESS.findall(step)))
    return stops


@pytest.mark.django_db
@pytest.mark.parametrize(("site", "slug", "pages"), _stops(), ids=[step.partition("\n")[0] for step in STEPS])
def test_each_address_of_the_tour_answers(site: str, slug: str, pages: list[tuple[str, str]]) -> None:
    browser = client(slug, SITES[site])
    assert pages
    assert {path: browser.get(path).status_code for path, _ in pages} == {
        path: _expected(words) for path, words in pages
    }


def test_the_tour_has_ten_steps_and_its_pictures() -> None:
    assert len(STEPS) == 10
    docs = Path(__file__).parents[2]
    for page in ("README.md", "docs/tour.md"):
        pictures = re.findall(r"\]\(((?:docs/)?screenshots/[\w-]+\.png)\)", (docs / page).read_text())
        assert pictures
        assert all(((docs / page).parent / picture).exists() for picture in pictures)
