"""What a file of many rows costs whoever makes it: `uv run python -m benchmarks.papers [ROWS ...]`.

Each file is made in a process of its own, whose memory at the end of its life is the most that it ever had.
"""

import os
import resource
import subprocess
import sys
import time
from datetime import date, datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from sharing.downloads import paper, workbook
from sharing.records.downloads import Gathered, Marking, Sheet

SIZES = (250, 1000, 2500)
FORMS = {"workbook": workbook.draw, "PDF": paper.draw}
PUPILS = (
    ("Surname", "Forename", "Coming or left", "Year", "Class", "UPN", "Born", "Sex", "SEN", "Meals", "Attended",
     "Ethnicity", "Language"),
    ("Featherstonehaugh", "Amina-Louise", "", "Year 4", "5B", "A1234567890123", date(2015, 3, 4), "Female",
     "Education, health and care plan", "Eligible", "96.3%", "Mixed/multiple: White and Asian", "Panjabi (Mirpuri)"),
)  # fmt: skip
LOOKS = (
    ("When", "Who", "Where", "Of", "What", "For what"),
    ("1 December 2026 12:32", "Amina Rahman-Whitfield", "Schools Online", "Beckside Primary School", "Saw a list", ""),
)
TABLES = {"list of pupils": PUPILS, "who looked": LOOKS}
MARKING = Marking(12, "A table", "Beckside", "Ruth Oldroyd", datetime(2026, 12, 1, 12), "Review", date(2026, 12, 20))


def make(table: str, form: str, rows: int) -> str:
    columns, row = TABLES[table]
    what = Gathered("A table", (Sheet("A table", columns, (row,) * rows),), rows, {})
    began, before = time.monotonic(), _memory()
    content = FORMS[form](what, MARKING, "kmwx-b2d3-ffgh-9qrt")
    took, more = time.monotonic() - began, _memory() - before
    return f"| {table} | {form} | {rows:,} | {took:.1f} s | {more:,.0f} MB | {len(content) / 1e6:.1f} MB |"


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    print("| table | form | rows | time | memory | file |\n|---|---|---|---|---|---|", flush=True)
    for table in TABLES:
        for form in FORMS:
            for rows in [int(size) for size in sys.argv[1:]] or SIZES:
                subprocess.run([sys.executable, "-m", "benchmarks.papers", "--one", table, form, str(rows)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(make(sys.argv[2], sys.argv[3], int(sys.argv[4])), flush=True)
    else:
        main()
