"""What is said while a file is made or checked (WCAG 4.1.3, R30)."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

pytestmark = pytest.mark.browser
ADDRESS = "http://portal.example/"
SCRIPT = Path(__file__).parents[2] / "portal/static/portal/progress.js"


def words(state: str, percent: int) -> str:
    bar = f'<svg class="app-bar" aria-hidden="true"><rect width="{percent}%"></rect></svg>'
    return f'<p>{state}</p>{bar}<p>Find it again under <a href="/my-downloads/">My downloads</a>.</p>'


def test_words_that_stay_the_same_are_not_said_again(chromium: Browser) -> None:
    answer = words("Being made", 40)

    def moving(route: Route) -> None:
        route.fulfill(body=answer, headers={"X-Is-Moving": "yes"})

    page = chromium.new_page()
    status = f'<div role="status" data-progress="/progress/">{words("Being made", 10)}</div>'
    page.route(ADDRESS, lambda route: route.fulfill(body=status, content_type="text/html"))
    page.route(f"{ADDRESS}progress/", moving)
    page.goto(ADDRESS)
    page.add_script_tag(path=SCRIPT)
    link = page.get_by_role("link", name="My downloads")
    link.focus()

    # All of a status is said again if its elements are replaced, and a link in it loses the focus.
    expect(page.locator("rect")).to_have_attribute("width", "40%")
    expect(link).to_be_focused()
    answer = words("Nearly there", 90)
    expect(page.get_by_role("status")).to_contain_text("Nearly there")
    page.close()
