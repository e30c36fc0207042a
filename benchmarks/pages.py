"""Every kind of page at the size of Bradford: `uv run python -m benchmarks.pages [--pupils 104412] [--slowest 20]`.

Fills in an invented Bradford beside the cast's schools, with open statistics of as many cells as it would have, and
with every measure for five years. As each of four people, it goes from page to page as far as links lead, one of each
kind, and opens each once more. Prints the slowest, with the web process's work, PostgreSQL's time and the number of
queries. Ends with 1 if a page was not answered, as when a query takes longer than two seconds.
"""

import argparse
import os
import re
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.timing import asking
from sharing.authorise import Through
from sharing.demo.bradford import PUPILS, fill
from sharing.measures import preparing
from sharing.models import Dataset, Establishment, Figure, Release, StatisticsCell
from sharing.school_year import academic_year
from sharing.statistics.dimensions import TOTAL
from tests import databases
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, client
from tests.statistics_store import planted

WHO = (
    ("officer-data", EDUNET),
    ("officer-admissions", EDUNET),
    ("officer-information", EDUNET),
    ("head-beckside", SCHOOLS_ONLINE),
)
MOST = 250  # pages of one person
CELLS = 60_000  # in one release of open statistics, besides those that name an establishment
OF_A_PLACE = {"eal=O|": 50, "fsm=Y|": 100}  # besides the number of pupils
YEARS, GROUPS = 5, ("total", "sex:F", "sex:M", "fsm:Y")  # for each measure
LINK = re.compile(r'href="(/[^"#]*)"')
ONE_OF_MANY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
LEFT_OUT = ("/static/", "/sign-out/", "download", "/my-data/")
FAILED = 500


@dataclass(frozen=True)
class Opened:
    path: str
    status: int
    worked: float  # seconds of the web process
    asked: float  # seconds of PostgreSQL
    questions: int


def publish(year: int) -> None:
    """Publish open statistics of the year, with as many cells as Bradford's, most about no one establishment."""
    places = Establishment.objects.exclude(kind="")
    release = planted.prepared(year)
    named = [{"code": f"urn:{place.urn}", "label": place.name, "parent": TOTAL} for place in places]
    release.dimensions.update(members=[{"code": TOTAL, "label": "All", "parent": None}, *named])
    cells = [StatisticsCell(release=release, key=f"of=one|{n}", indicator="pupils", value=5) for n in range(CELLS)]
    for place in places:
        for part, value in {"": 400, **OF_A_PLACE}.items():
            cell = {"key": f"{part}place=urn:{place.urn}", "indicator": "pupils", "value": value}
            cells.append(StatisticsCell(release=release, establishment=place, **cell))
    StatisticsCell.objects.bulk_create(cells, batch_size=5_000)
    preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))


def bring_out_figures(year: int) -> None:
    """Release a figure of each measure for each place, for these years and groups, besides the demonstration's."""
    places, today = list(Establishment.objects.exclude(kind="").values_list("pk", flat=True)), timezone.localdate()
    for dataset in Dataset.objects.exclude(slug="open-statistics"):
        measures = list(dataset.measures.values_list("pk", flat=True))
        for of_year in range(year - YEARS, year):
            release = preparing.prepare(
                dataset.slug, of_year, status=Release.Status.VALIDATED, as_of=today, by="An officer", because="Figures"
            )
            rows = (
                Figure(release=release, measure_id=measure, establishment_id=place, group=group, value=place % 100)
                for measure in measures
                for place in places
                for group in GROUPS
            )
            Figure.objects.bulk_create(rows, batch_size=5_000)
            preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))


def pages_of(browser: Client) -> dict[str, int]:
    """The addresses that links lead to from the home page, one of each kind, and the status of each answer."""
    waiting, kinds, found = ["/"], {"/"}, dict[str, int]()
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        answer = browser.get(path)
        found[path] = answer.status_code
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        for link in LINK.findall(answer.content.decode()):
            kind = ONE_OF_MANY.sub("N", link.partition("?")[0])
            if kind not in kinds and not any(word in link for word in LEFT_OUT):
                kinds.add(kind)
                waiting.append(unescape(link))
    return found


def opened(browser: Client, path: str) -> Opened:
    began = time.process_time()
    with asking() as spent:
        answer = browser.get(path)
    return Opened(path, answer.status_code, time.process_time() - began, sum(spent), len(spent))


def walk(slug: str, through: Through, slowest: int) -> int:
    """Print this person's slowest pages. Returns how many were not answered."""
    browser = client(slug, through)
    browser.raise_request_exception = False
    found = [opened(browser, path) for path, status in pages_of(browser).items() if status in (200, FAILED)]
    failed = [page for page in found if page.status >= FAILED]
    print(f"\n{slug}, {len(found)} pages, {len(failed)} not answered\n{'':64}  work ms  SQL ms  questions")
    for page in sorted(found, key=lambda page: page.worked + page.asked, reverse=True)[:slowest]:
        mark = "  NOT ANSWERED" if page.status >= FAILED else ""
        print(f"{page.path[:64]:64}{page.worked * 1000:9.0f}{page.asked * 1000:8.0f}{page.questions:11}{mark}")
    return len(failed)


def main() -> int:
    asked = argparse.ArgumentParser(prog="benchmarks.pages", description=__doc__)
    asked.add_argument("--pupils", type=int, default=PUPILS)
    asked.add_argument("--slowest", type=int, default=20, help="how many pages of each person to print")
    given = asked.parse_args()
    databases.make_template()
    try:
        with databases.copy(f"portal_benchmark_pages_{databases.RUN}"):
            fill(timezone.localdate(), pupils=given.pupils, processes=2)
            with as_batch():
                bring_out_figures(academic_year(timezone.localdate()))
                publish(academic_year(timezone.localdate()))
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # as seed_bradford does, and PostgreSQL by itself within minutes
            return min(1, sum(walk(slug, through, given.slowest) for slug, through in WHO))
    finally:
        connection.close()
        databases.forget_template()


if __name__ == "__main__":
    sys.exit(main())
