"""A morning in Bradford: `uv run python -m benchmarks.morning [--people 400] [--seconds 120] [--pupils 104412]`.

Starts the demonstration on a database of its own. By locust, it lets that many people sign in as the cast with one
click (heads, teachers and officers in the proportions of schools) and open a page now and then. Prints, for each page,
how many were opened, p50, p95 and what failed; and what gives way first: whose processor time was used up, and which
page was slow first. With `--pupils` it first fills in an invented Bradford of that many, which takes minutes at its
true size. With `--beside` these pupils come while people are at work: the first census of every school is brought in,
and then the jobs of the night are done.
"""

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

PAUSE = (10, 40)  # seconds between two pages of one person
ARRIVING = 8  # people a second
PORT_OF = "MORNING_PORT"


def main() -> None:
    asked = argparse.ArgumentParser(prog="benchmarks.morning", description=__doc__)
    asked.add_argument("--people", type=int, default=400)
    asked.add_argument("--seconds", type=int, default=120, help="after everybody has arrived")
    asked.add_argument("--pupils", type=int, default=0, help="of an invented Bradford; without, the cast's schools")
    asked.add_argument("--beside", action="store_true", help="bring the pupils in while people are at work")
    given = asked.parse_args()
    if given.beside and not given.pupils:
        asked.error("--beside needs --pupils")

    from portal import embedded

    os.environ.setdefault("DATABASE_URL", embedded.start())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()

    from benchmarks import beside
    from tests.journeys import serving

    with serving.empty_database("morning") as database, tempfile.TemporaryDirectory() as folder:
        beside.manage(database, "demo", "--no-serve")  # without a time limit: serving it would wait two minutes at most
        returns = Path(folder) / "returns"
        if given.beside:
            beside.prepare(database, given.pupils, returns)
        elif given.pupils:
            beside.manage(database, "seed_bradford", "--pupils", str(given.pupils))
        with serving.demo(database, Path(folder) / "demo.log") as demo:
            began, before = time.monotonic(), _worked(demo)
            with beside.working(database, returns, given.people / ARRIVING) if given.beside else nullcontext():
                _locust(demo.port, given.people, given.seconds, Path(folder))
            took, after = time.monotonic() - began, _worked(demo)
        _print(Path(folder), given.people, {who: (after[who] - before[who]) / took for who in before})


def _locust(port: int, people: int, seconds: int, folder: Path) -> None:
    arriving = people // ARRIVING + 1
    command = f"-m locust -f {__file__} --headless --host http://127.0.0.1:{port} -u {people} -r {ARRIVING}"
    command += f" -t {seconds + arriving}s --csv {folder}/morning --only-summary --loglevel ERROR"
    command += " --exit-code-on-error 0"
    ours, nowhere = os.environ | {PORT_OF: str(port)}, subprocess.DEVNULL
    subprocess.run([sys.executable, *command.split()], env=ours, stdout=nowhere, stderr=nowhere, check=True)


def _worked(demo: object) -> dict[str, float]:
    """Seconds of processor time so far: of gunicorn and the worker together, and of PostgreSQL."""
    import psutil

    running = psutil.process_iter(["name", "cmdline"])
    titles = {one: " ".join(one.info["cmdline"] or ()) for one in running if one.info["name"] == "postgres"}
    database = [one for one, title in titles.items() if "portal_morning" in title]
    groups = {"the portal": demo.family(), "PostgreSQL": database}  # type: ignore[attr-defined]
    return {who: sum(_time_of(process) for process in group) for who, group in groups.items()}


def _time_of(process: object) -> float:
    import psutil

    try:
        times = process.cpu_times()  # type: ignore[attr-defined]
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _print(folder: Path, people: int, used: dict[str, float]) -> None:
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{datetime.now():%d %B %Y %H:%M}: {people} people, {os.cpu_count()} cores, load of the machine {load}.")
    with (folder / "morning_stats.csv").open() as file:
        rows = list(csv.DictReader(file))
    print(f"{'':44}{'pages':>8}{'failed':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}")
    for row in rows:
        print(
            f"{row['Name'][:43]:44}{row['Request Count']:>8}{row['Failure Count']:>8}"
            f"{float(row['Requests/s']):10.2f}{row['50%']:>9}{row['95%']:>9}"
        )
    with (folder / "morning_failures.csv").open() as file:
        for row in csv.DictReader(file):
            print(f"failed {row['Occurrences']} times: {row['Name']}: {row['Error']}")
    slowest = max((row for row in rows if row["Type"]), key=lambda row: int(row["95%"]))
    shares = ", ".join(f"{who} {cores:.2f}" for who, cores in used.items())
    print(f"Cores used, of {os.cpu_count()}: {shares}. First to be slow: {slowest['Name']} (p95 {slowest['95%']} ms).")


if __name__ == "__main__":
    main()
else:  # when locust reads this file
    from locust import HttpUser, between, task

    TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
    VERSION = re.compile(r'name="version" value="([^"]+)"')
    PUPIL = re.compile(r'href="(/establishments/\d+/pupils/[0-9a-f-]{36}/)"')
    NAMES = ("khan", "smith", "ali", "jones", "hussain", "begum")

    class Somebody(HttpUser):
        """One of the cast in a browser of their own."""

        abstract = True
        wait_time = between(*PAUSE)
        site = "schools-online"
        cast: tuple[tuple[str, int], ...] = (("head-beckside", 999002),)

        def on_start(self) -> None:
            """Sign in as anybody can in the demonstration: with one click, at a page open to everybody."""
            self.client.headers["Host"] = f"{self.site}.localhost:{os.environ[PORT_OF]}"
            self.slug, self.urn = random.choice(self.cast)
            self.post("/demo/sign-in/", person=self.slug)

        def post(self, path: str, **fields: str) -> None:
            page = self.client.get(path).text
            fields |= {
                name: found[1]
                for name, shape in (("csrfmiddlewaretoken", TOKEN), ("version", VERSION))
                if (found := shape.search(page))
            }
            self.client.post(path, data=fields)

        def open(self, path: str, name: str = "") -> str:
            with self.client.get(path, name=name or path, catch_response=True, allow_redirects=False) as answer:
                if answer.status_code != 200:
                    answer.failure(f"{answer.status_code} {answer.headers.get('Location', '')}")
                return answer.text or ""

        def open_here(self, page: str) -> str:
            return self.open(f"/establishments/{self.urn}/{page}", f"{self.site}: an establishment, {page or 'about'}")

        @task(3)
        def home(self) -> None:
            self.open("/", f"{self.site}: home")

        @task(6)
        def pupils(self) -> None:
            listed = PUPIL.findall(self.open_here("pupils/"))
            if listed:
                self.open(random.choice(listed), f"{self.site}: a pupil")

        @task(2)
        def establishments(self) -> None:
            self.open("/establishments/", f"{self.site}: establishments")

        @task(2)
        def about(self) -> None:
            self.open_here("")

        @task(1)
        def find(self) -> None:
            token = TOKEN.search(self.open("/find/", f"{self.site}: find"))
            sought = {"csrfmiddlewaretoken": token[1] if token else "", "named": random.choice(NAMES)}
            with self.client.post("/find/", data=sought, name=f"{self.site}: found", catch_response=True) as answer:
                if "You looked for the name" not in (answer.text or ""):
                    answer.failure(f"{answer.status_code}, and no answer to the search")

    class Teacher(Somebody):
        """Three in four of those who sign in."""

        weight = 15
        cast = (("teacher-beckside", 999002), ("teacher-ravensgill", 999003), ("teacher-oxenby", 999005))

    class Head(Somebody):
        """The head of a school, or somebody who keeps the register with the head."""

        weight = 4
        cast = (
            ("head-beckside", 999002),
            ("deputy-beckside", 999002),
            ("head-ravensgill", 999003),
            ("head-oxenby", 999005),
        )

        @task(2)
        def staff(self) -> None:
            self.open_here("staff/")

        @task(1)
        def register(self) -> None:
            self.open_here("register/")

        @task(2)
        def dashboard(self) -> None:
            self.open_here("dashboard/")

        @task(1)
        def ledger(self) -> None:
            self.open_here("ledger/")

    class Officer(Somebody):
        """An officer of the Education Department, who first says what the session is for."""

        weight = 1
        site = "edunet"
        cast = (("officer-admissions", 999002), ("officer-data", 999003))

        def on_start(self) -> None:
            super().on_start()
            self.post("/purpose/", purpose="general", accept="on")

        @task(2)
        def returns(self) -> None:
            self.open("/returns/", "edunet: returns")
