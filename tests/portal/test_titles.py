"""The title of a window tells each page from the others, in every state (R30, WCAG 2.4.2): in tabs, history, and when
a screen reader says where one is."""

import re
from collections.abc import Iterable

import pytest
from django.test import Client

from sharing.demo.places import BECKSIDE
from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"


def titles_of(browser: Client, paths: Iterable[str]) -> list[str]:
    pages = [browser.get(path) for path in paths]
    assert {page.status_code for page in pages} == {200}
    return [" ".join(re.search("<title>(.*?)</title>", page.text, re.DOTALL)[1].split()) for page in pages]


@pytest.mark.parametrize(
    ("slug", "site", "paths"),
    [
        ("head-beckside", SCHOOLS_ONLINE, [f"{HERE}/downloads/{kind}/new/" for kind in ("pupils", "staff")]),
        (
            "head-beckside", SCHOOLS_ONLINE,
            [f"/report-misuse/{page}/" for page in ("school-finder", "establishments", f"key-data/{BECKSIDE}")],
        ),
        ("officer-data", EDUNET, [f"/saved-views/{page}/add/?" for page in ("establishments", "returns_across")]),
    ],
    ids=["downloads", "misuse", "saved views"],
)  # fmt: skip
def test_a_form_for_several_things_says_in_its_title_which(slug: str, site: str, paths: list[str]) -> None:
    assert len(set(titles_of(client(slug, site), paths))) == len(paths)
