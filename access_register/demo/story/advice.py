"""Advice of the council in the demonstration: two pages that anybody can read, and one waiting to be agreed (R37)."""

from datetime import date, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from access_register.demo.story.acting import as_
from sharing import door
from sharing.door.advice import Wish
from sharing.models import AdvicePage
from sharing.roles import BATCH, acting_as

WRITER, SECOND = "officer-school-improvement", "officer-admissions"
ATTENDANCE: Final = """## Which sessions count

A school day has two sessions. A child on roll is expected at both, unless a code says otherwise.

| What happened | Counts as |
|---|---|
| The child was in school | Present |
| The child was ill, and the school was told | Authorised absence |
| Nobody has said why | Unauthorised absence |

## What to do each day

1. Take the register at the beginning of each session.
2. Ask on the first day why a child is missing.
3. Correct the code when you learn the reason.

Read [keeping data safe](/guidance/keeping-data-safe/) before you send a list to anybody.
"""
TRANSITION: Final = """## In the spring

- Agree one person at each school who answers questions.
- Ask families what their child needs in the first weeks.

## In the summer

- Send the transfer file when the child has left, and not before.
- Tell the new school by telephone what cannot wait.

Families read about [school admissions](https://www.gov.uk/schools-admissions).
"""
MEALS: Final = """## Who may claim

Families who receive certain benefits may claim. A child keeps free meals until the end of the phase.

## What a school does

- Check each claim with the office of the Council.
- Record the day on which the meals begin.
"""
PAGES: Final = (
    ("Attendance: codes and what counts", "How a session counts, and what to do each day.", ATTENDANCE, True),
    ("Preparing for transition to Year 7", "What primary and secondary schools agree, and when.", TRANSITION, True),
    ("Free school meals: claims and records", "Who may claim, and what a school records.", MEALS, False),
)
OWNERS: Final = ("Education Welfare team", "School Improvement team", "Benefits office")


def tell(today: date) -> None:
    for (title, summary, text, is_agreed), owner in zip(PAGES, OWNERS, strict=True):
        key = uuid5(NAMESPACE_URL, f"advice {title}")
        with acting_as(BATCH):
            if AdvicePage.objects.filter(form_key=key).exists():
                continue
        wish = Wish(title, summary, owner, text, today + timedelta(days=365))
        page = door.write_advice(as_(WRITER), form_key=key, wish=wish)
        door.ask_for_agreement(as_(WRITER), page, edits=1)
        if is_agreed:
            door.agree_advice(as_(SECOND), page, edits=1)
