"""Checks that a database of an older commit comes up to date in full: `uv run python -m scripts.upgrade_from COMMIT`.

It makes the demonstration as it was then, brings it up to date as docs/operators/upgrade.md says, and fills it again.
What PostgreSQL says about tables, functions, policies and rights is compared with a new database, and differences are
printed. CI does this from the oldest commit that docs/operators/upgrade.md promises. It takes a minute.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent.parent
DUMP = """
import subprocess
from portal import embedded
url = embedded.start()
subprocess.run([embedded.programs() / "pg_dump", "--schema-only", "--file=schema.sql", url], check=True)
"""
NOT_SHARED = {"DATABASE_URL", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"}  # each has its own server and packages
NAME = re.compile(r"\n--\n-- Name: (.*?); Owner: .*\n--\n")
MONTH = re.compile(r"_y\d+m\d+")  # the ledger has a part for each month since the database was made


def main(commit: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        for place in (new, old):
            _run(HERE, "git", "clone", "--quiet", HERE, place)
        today = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=new, text=True).strip()
        _run(old, "git", "checkout", "--quiet", commit)
        with ThreadPoolExecutor() as both:
            list(both.map(lambda place: _manage(place, "demo", "--no-serve"), (new, old)))
        _run(old, "git", "checkout", "--quiet", today)
        _manage(old, "migrate")
        _manage(old, "check_permissions", "--repair")
        for command in ("check_permissions", "verify_ledger"):
            _manage(old, command)
        different = _differences(_schema(new), _schema(old))
        print(*different, sep="\n")
        _manage(old, "demo", "--no-serve")
    print(f"Differences from a new database: {len(different)}. It was filled once more.")
    return bool(different)


def _run(place: Path, *command: str | Path) -> None:
    own = {name: value for name, value in os.environ.items() if name not in NOT_SHARED}
    subprocess.run(command, cwd=place, env=own, check=True, stdout=subprocess.DEVNULL)


def _manage(place: Path, *command: str) -> None:
    _run(place, "uv", "run", "--quiet", "manage.py", *command)


def _schema(place: Path) -> dict[str, str]:
    """Each object by its name -> its definition, as pg_dump writes it."""
    _run(place, "uv", "run", "--quiet", "python", "-c", DUMP)
    _, *named = NAME.split(MONTH.sub("", (place / "schema.sql").read_text().partition("\n\\unrestrict")[0]))
    return dict(zip(named[::2], named[1::2], strict=True))


def _differences(new: dict[str, str], old: dict[str, str]) -> list[str]:
    found = []
    for name in sorted(new.keys() | old.keys()):
        fresh, upgraded = (side.get(name, "").strip().splitlines() for side in (new, old))
        changed = [line for line in difflib.ndiff(fresh, upgraded) if line.startswith(("-", "+"))]
        if changed:
            found.append("\n  ".join([name, *changed]))
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
