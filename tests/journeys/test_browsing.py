"""What `Someone` notices: were it blind, every journey would pass."""

import pytest

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
POLICY = {"content-security-policy": "default-src 'self'"}
STYLES = """
.wide { width: 400px }
.app-table-scroll { overflow-x: auto }
.pale { color: #ccc }
.same { color: #333; text-decoration: none }
"""
BROKEN = {
    "script error": ("", "<script src='/broken.js'></script>", "script error: "),
    "refused by the policy": ("", "<script>1 + 1</script>", "Content-Security-Policy: script-src-elem refused inline"),
    "missing": ("", "<img src='/static/none.png' alt='None'>", "404 for "),
    "asks elsewhere": ("", "<link rel='stylesheet' href='http://127.0.0.1:9/'>", "asks elsewhere: "),
    "no alternative text": ("", "<img src='/static/portal/edunet.svg'>", "image-alt"),
    "too wide": ("", "<p class='wide'>Wide</p>", "scrolls sideways"),
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


def test_an_unexpected_status_is_noticed(browse: Browse) -> None:
    somebody = browse()
    with pytest.raises(AssertionError, match="404 instead of 200"):
        somebody.visits("/nowhere/")
    somebody.noticed.clear()
