"""Runs Lighthouse over a running demonstration: accessibility and best practices of each kind of page, as a table.

    uv run manage.py demo --port 8000            # in another terminal
    uv run python scripts/lighthouse.py --port 8000

Needs Chromium and Node 20 or later; `npx` fetches Lighthouse. Ends with code 1 if a page scores less than 100.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = "/establishments/999002"  # Beckside, of the demonstration
SCHOOLS, EDUNET = "schools-online.localhost", "edunet.localhost"
STRANGER = {
    "guidance": "/guidance/",
    "accessibility statement": "/guidance/accessibility/",
    "sign in": "/sign-in/",
    "the same data on both sites": "/same-data/",
    "a page that is not there": "/nowhere/",
}
HEAD = {
    "home": "/",
    "list of establishments": "/establishments/",
    "establishment": f"{HERE}/",
    "list of pupils, with filters": f"{HERE}/pupils/",
    "finding a child": "/find/",
    "charts with tables": f"{HERE}/key-data/",
    "Deeper Data": f"{HERE}/deeper/",
    "dashboard": f"{HERE}/dashboard/",
    "School Finder": "/school-finder/",
    "open statistics": "/statistics/",
    "Access Register": f"{HERE}/register/",
    "form": f"{HERE}/register/add/",
    "ledger": f"{HERE}/ledger/",
    "upload": f"{HERE}/imports/add/",
}
OFFICER = {"home": "/", "list of pupils": f"{HERE}/pupils/", "transfers": "/transfers/", "Localities": "/localities/"}
PEOPLE = ((SCHOOLS, "", STRANGER), (SCHOOLS, "head-beckside", HEAD), (EDUNET, "officer-data", OFFICER))
CATEGORIES = ("accessibility", "best-practices")
Line = tuple[str, str, dict[str, int], list[str]]


def sign_in(page: Page, at: str, slug: str) -> None:
    page.goto(f"{at}/demo/sign-in/")
    page.locator(f"form:has(input[value='{slug}']) button").click()
    if page.url.endswith("/purpose/"):
        page.get_by_role("radio").first.check()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Start").click()


def measure(lighthouse: list[str], url: str, devtools: int) -> tuple[dict[str, int], list[str]]:
    """The scores, from 0 to 100, and the audits that failed."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run(
            [
                *lighthouse, url, f"--port={devtools}", "--disable-storage-reset", "--quiet", "--output=json",
                f"--output-path={report.name}", f"--only-categories={','.join(CATEGORIES)}",
                "--ignore-status-code", "--max-wait-for-load=60000",
            ],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr)
        told = json.loads(Path(report.name).read_text())
    scores = {name: round(100 * (told["categories"][name]["score"] or 0)) for name in CATEGORIES}
    wanting = [
        audit["title"]
        for name in CATEGORIES
        for part in told["categories"][name]["auditRefs"]
        if part["weight"] and (audit := told["audits"][part["id"]])["score"] not in (None, 1)
    ]
    return scores, wanting


def walk(port: int, devtools: int, lighthouse: list[str], program: str) -> Iterator[Line]:
    for host, slug, pages in PEOPLE:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
            browser = playwright.chromium.launch_persistent_context(
                profile, executable_path=program, args=["--no-sandbox", f"--remote-debugging-port={devtools}"]
            )
            if slug:
                sign_in(browser.pages[0], f"http://{host}:{port}", slug)
            for name, path in pages.items():
                yield slug or "nobody", name, *measure(lighthouse, f"http://{host}:{port}{path}", devtools)
            browser.close()


def main() -> int:
    asked = argparse.ArgumentParser(description="Lighthouse over a running demonstration")
    asked.add_argument("--port", type=int, default=8000, help="where the demonstration is served")
    asked.add_argument("--devtools", type=int, default=9222, help="a free port, for Chromium")
    asked.add_argument("--lighthouse", default="npx --yes lighthouse@12", help="the command")
    wanted = asked.parse_args()
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    print("| who | page | accessibility | best practices | wanting |\n|---|---|---|---|---|")
    perfect = True
    for who, name, scores, wanting in walk(wanted.port, wanted.devtools, wanted.lighthouse.split(), program):
        perfect = perfect and set(scores.values()) == {100}
        figures = " | ".join(str(scores[category]) for category in CATEGORIES)
        print(f"| {who} | {name} | {figures} | {'; '.join(wanting)} |", flush=True)
    return 0 if perfect else 1


if __name__ == "__main__":
    sys.exit(main())
