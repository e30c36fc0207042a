"""Takes the pictures of the README from a running demonstration: uv run docs/screenshots/take.py --port 8000"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
WINDOW = {"width": 1200, "height": 900}
BECKSIDE = "/establishments/999002"
PICTURES = {
    "schools-online-home.png": ("schools-online", "head-beckside", "/"),
    "register.png": ("schools-online", "head-beckside", f"{BECKSIDE}/register/"),
    "pupils.png": ("schools-online", "head-beckside", f"{BECKSIDE}/pupils/"),
    "edunet-home.png": ("edunet", "officer-school-improvement", "/"),
}


def take(port: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for picture, (site, slug, path) in PICTURES.items():
            page = browser.new_page(base_url=f"http://{site}.localhost:{port}", viewport=WINDOW, locale="en-GB")
            page.goto("/demo/sign-in/")
            page.locator(f"form:has(input[value='{slug}']) button").click()
            if site == "edunet":
                page.get_by_role("radio", name="General administration").check()
                page.get_by_role("checkbox").check()
                page.get_by_role("button", name="Start").click()
            page.goto(path)
            page.screenshot(path=HERE / picture)
            page.close()
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    take(parser.parse_args().port)
