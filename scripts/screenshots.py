"""Takes the pictures for the README and the tour from a running demonstration.

`uv run python -m scripts.screenshots --port 8000` saves them in docs/screenshots. They use few colours, as pages do,
which makes each picture a third of its size. PICTURES names what is taken; `--only NAME` takes one of them.
"""

import argparse
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
WIDE: ViewportSize = {"width": 1200, "height": 960}
TALL: ViewportSize = {"width": 1200, "height": 1300}
PHONE: ViewportSize = {"width": 360, "height": 780}
COLOURS = 48
BECKSIDE = "/establishments/999002"


@dataclass(frozen=True)
class Picture:
    """A page as one person of the cast sees it: `site` is the first part of its host. `top`: words at the top of the
    picture, if it does not start at the top of the page."""

    site: str
    slug: str
    path: str
    window: ViewportSize
    top: str = ""


def _head(path: str, window: ViewportSize = WIDE, *, top: str = "") -> Picture:
    return Picture("schools-online", "head-beckside", path, window, top)


PICTURES = {
    "schools-online-home": _head("/"),
    "register": _head(f"{BECKSIDE}/register/", top="Level 1: everything"),
    "dashboard": _head(f"{BECKSIDE}/dashboard/"),
    "key-data": _head(f"{BECKSIDE}/key-data/", TALL),
    "our-ledger": _head(f"{BECKSIDE}/ledger/", TALL),
    "pupils": Picture("schools-online", "teacher-beckside", f"{BECKSIDE}/pupils/", TALL),
    "pupils-phone": Picture(
        "schools-online", "teacher-beckside", f"{BECKSIDE}/pupils/", PHONE, top="Download or print"
    ),
    "refused": Picture("schools-online", "teacher-beckside", f"{BECKSIDE}/staff/", WIDE),
    "edunet-home": Picture("edunet", "officer-school-improvement", "/", WIDE),
    "visit": Picture("edunet", "officer-school-improvement", f"{BECKSIDE}/visit/", WIDE),
}


def take(port: int, names: list[str]) -> None:
    """Take each picture in a window of its own. Raises playwright's Error if no demonstration answers at the port."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for name in names:
            _save(name, _photograph(browser, port, PICTURES[name]))
        browser.close()


def _photograph(browser: Browser, port: int, picture: Picture) -> bytes:
    page = browser.new_page(base_url=f"http://{picture.site}.localhost:{port}", viewport=picture.window, locale="en-GB")
    page.goto("/demo/sign-in/")
    page.locator(f"form:has(input[value='{picture.slug}']) button").click()
    if picture.site == "edunet":
        page.get_by_role("radio", name="General administration").check()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Start").click()
    page.goto(picture.path)
    if picture.top:
        page.get_by_text(picture.top).first.evaluate("words => scrollBy(0, words.getBoundingClientRect().top - 20)")
    content = page.screenshot()
    page.close()
    return content


def _save(name: str, content: bytes) -> None:
    few = Image.open(io.BytesIO(content)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--only", choices=PICTURES)
    given = parser.parse_args()
    take(given.port, [given.only] if given.only else list(PICTURES))
