"""Script that got in all the same: the policy that each page is sent with, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.people import visitor

pytestmark = pytest.mark.browser
ADDRESS = "http://schools-online.localhost/guidance/privacy/"
GOT_IN = """
    <script>window.ran = "inline"</script><script src="https://evil.example/x.js"></script>
    <script src="data:text/javascript,window.ran='data'"></script>
    <img src="x" onerror="window.ran = 'handler'"><svg onload="window.ran = 'svg'"></svg>
    <iframe srcdoc="<script>parent.ran = 'frame'</script>"></iframe><object data="https://evil.example/"></object>
    <a id="link" href="javascript:window.ran = 'link'">A</a><base href="https://evil.example/">
    <style>body { display: none }</style><form id="away" action="https://evil.example/"><button>Go</button></form>
    <button id="shouts" onclick="window.ran = 'click'">B</button><img src="https://evil.example/told.png">
"""


def _served(browser: Browser) -> tuple[Page, list[str]]:
    """Guidance that asks no database, as it is sent, with its own headers, and hostile markup in it; and what it
    went on to ask for."""
    answer, asked, page = visitor().get("/guidance/privacy/"), [], browser.new_page()

    def serve(route: Route) -> None:
        asked.append(route.request.url)
        if route.request.url != ADDRESS:
            return route.fulfill(status=200, content_type="text/javascript", body="")
        text = answer.content.decode().replace("</main>", f"{GOT_IN}</main>")
        return route.fulfill(status=200, headers=dict(answer.items()), body=text)

    page.route("**/*", serve)
    page.goto(ADDRESS)
    return page, asked


def test_script_that_got_in_is_not_run(chromium: Browser) -> None:
    """Inline, by a handler, by a link, in a frame or from elsewhere; no style, no base, and no form to elsewhere."""
    page, asked = _served(chromium)
    assert "evil.example" in page.content()
    for place in ("#link", "#shouts", "#away button"):
        page.locator(place).dispatch_event("click")
    page.wait_for_timeout(200)
    assert page.url == ADDRESS
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.baseURI") == ADDRESS
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    assert [url for url in asked if "evil.example" in url] == []
    page.close()
