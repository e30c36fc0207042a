"""What `Someone` notices: were it blind, every journey would pass."""

import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Browse
from tests.journeys.serving import REPOSITORY

pytestmark = pytest.mark.browser
POLICY = {"content-security-policy": "default-src 'self'"}
STYLES = """
.wide { width: 400px }
.app-table-scroll { overflow-x: auto }
.pale { color: #ccc }
.narrow { font-size: 60px; white-space: nowrap }
.same { color: #333; text-decoration: none }
"""
BROKEN = {
    "script error": ("", "<script src='/broken.js'></script>", "script error: "),
    "refused by the policy": ("", "<script>1 + 1</script>", "Content-Security-Policy: script-src-elem refused inline"),
    "missing": ("", "<img src='/static/none.png' alt='None'>", "404 for "),
    "asks elsewhere": ("", "<link rel='stylesheet' href='http://127.0.0.1:9/'>", "asks elsewhere: "),
    "no alternative text": ("", "<img src='/static/portal/edunet.svg'>", "image-alt"),
    "too wide": ("", "<p class='wide'>Wide</p>", "scrolls sideways"),
    "too wide once it is spaced out": (
        "",
        f"<p class='narrow'>{'i' * 15}</p>",
        "with wider spacing it scrolls sideways",
    ),
    "field without a label": ("", "<input type='text'>", "every form element has a label"),
    "UPN in an address": ("", "<img src='/static/portal/edunet.svg?A380290120001' alt=''>", "a UPN in an address"),
    "table without a name": ("", "<table><tr><th>Year<td>2025</table>", "a table without a caption"),
    "caption cut off": (
        "",
        "<div class='app-table-scroll'><table class='wide'><caption>Years<tr><th scope=col>1</table></div>",
        "a caption cut off",
    ),
    "chart without a name": ("", "<svg><rect width='9' height='9'/></svg>", "a picture without a name"),
    "pale": ("", "<p class='pale'>Hardly to be read</p>", "color-contrast"),
    "a link like any words": (
        "",
        "<p>Words<p><a class='same' href='/'>Alone</a></p><p>Among words <a class='same' href='/'>some</a> lead</p>",
        "link-in-text-block",
    ),
    "not plain": ("Please wait", "", "GOV.UK asks without it"),
    "UPN in the title": ("A380290120001", "", "a UPN in the title"),
}


@pytest.mark.parametrize(("title", "body", "noticed"), BROKEN.values(), ids=list(BROKEN))
def test_what_is_wrong_is_noticed(browse: Browse, title: str, body: str, noticed: str) -> None:
    somebody = browse()
    page = f"<html lang=en><title>Broken {title}</title><link rel=stylesheet href=/broken.css><h1>Broken</h1>{body}"
    parts = {
        "/broken/": ("text/html", page),
        "/broken.css": ("text/css", STYLES),
        "/broken.js": ("text/javascript", "null.nothing"),
    }
    for path, (kind, text) in parts.items():
        somebody.page.route(
            f"**{path}", lambda route, kind=kind, text=text: route.fulfill(body=text, content_type=kind, headers=POLICY)
        )
    with pytest.raises(AssertionError, match=noticed):
        somebody.visits("/broken/")
    somebody.noticed.clear()


def test_colours_of_a_page_that_is_built_as_on_the_other_site_are_noticed(browse: Browse) -> None:
    """The other rules of axe were asked on Schools Online, and are not again."""
    for site, name in (("schools_online", "site-schools-online"), ("edunet", "site-edunet")):
        somebody = browse(on=site)
        head = "<title>Once</title><link rel=stylesheet href=/once.css>"
        page = f"<html lang=en>{head}<body class='app {name}'><main><h1>Once</h1></main>"
        for path, kind, text in (
            ("/once/", "text/html", page),
            ("/once.css", "text/css", ".site-edunet h1 { color: #ccc }"),
        ):
            somebody.page.route(
                f"**{path}", lambda route, kind=kind, text=text: route.fulfill(body=text, content_type=kind)
            )
        if site == "schools_online":
            somebody.visits("/once/")
        else:
            with pytest.raises(AssertionError, match="color-contrast"):
                somebody.visits("/once/")
            somebody.noticed.clear()


def test_nothing_but_colours_tells_the_sites_apart() -> None:
    """So of a page that is built alike on both, axe is asked about colours on each, and about all else on one."""
    styles = (Path(REPOSITORY) / "portal/static/portal/portal.css").read_text()
    rules = re.findall(r"([^{}]*\bsite-[^{]*)\{([^}]*)\}", styles)
    assert len(rules) == 2
    for _, declared in rules:
        assert all(re.fullmatch(r"\s*--[\w-]+-colour:\s*#[0-9a-f]+", one) for one in declared.strip(";").split(";"))


def test_an_unexpected_status_is_noticed(browse: Browse) -> None:
    somebody = browse()
    with pytest.raises(AssertionError, match="404 instead of 200"):
        somebody.visits("/nowhere/")
    somebody.noticed.clear()
