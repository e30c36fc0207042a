"""Advice and guidance, open to anyone (R37): which pages there are, whose they are, when they were last updated.

The words of “About this portal” are in templates/guidance/pages/. Officers write those “From the Council”
(sharing.door.advice). Neither contains anything that identifies an establishment or a person.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.safestring import SafeString
from django.utils.timezone import localdate, now

from sharing.advice.markdown import page_of
from sharing.models import AdviceVersion


@dataclass(frozen=True)
class Guide:
    slug: str
    title: str
    summary: str
    owner: str
    updated: date


NEW_FOR: Final = timedelta(days=30)
MOST_NEW: Final = 3
_SERVICE = "Schools Online service team"
_PROTECTION = "Data Protection Officer"
_REREAD = date(2026, 11, 29)
_CORRECTED = date(2026, 11, 30)
_RIGHTS = date(2026, 12, 1)

GUIDES = (
    Guide(
        "about-the-protocol",
        "About the Data Sharing Protocol",
        "What schools and the Council have agreed, why, and who is part of it.",
        _PROTECTION,
        _CORRECTED,
    ),
    Guide(
        "access-levels",
        "Access levels: who gets which",
        "What Levels 1, 2 and 3 open, and which one to give to whom.",
        _PROTECTION,
        _CORRECTED,
    ),
    Guide(
        "your-access-register",
        "Running your Access Register",
        "How a head adds people, changes a level and takes access away.",
        _SERVICE,
        _CORRECTED,
    ),
    Guide(
        "keeping-data-safe",
        "Keeping data safe",
        "What to do with the information you read, download, store or print.",
        _PROTECTION,
        _RIGHTS,
    ),
    Guide(
        "multiples-of-5",
        "Why counts are multiples of 5",
        "How statistics are protected so that no child can be recognised, with an example.",
        _PROTECTION,
        _CORRECTED,
    ),
    Guide(
        "leaving-and-rejoining",
        "Leaving the protocol and coming back",
        "What stops and what continues when an establishment excludes itself.",
        _PROTECTION,
        _CORRECTED,
    ),
    Guide(
        "officers-and-edunet",
        "Officers and EduNet",
        "How officers of the Education Department get in, and what a duty opens.",
        _SERVICE,
        _CORRECTED,
    ),
    Guide(
        "privacy",
        "Privacy",
        "What we hold about children, staff and the people who sign in, why, and for how long.",
        _PROTECTION,
        _RIGHTS,
    ),
    Guide(
        "asking-for-records",
        "Asking for records",
        "What a child, a parent or a member of staff can ask for, and what a school does when they ask.",
        _PROTECTION,
        _RIGHTS,
    ),
    Guide(
        "accessibility",
        "Accessibility",
        "How to use the portal with assistive technology, and how to tell us of a problem.",
        _SERVICE,
        _REREAD,
    ),
)
BY_SLUG = {guide.slug: guide for guide in GUIDES}


@dataclass(frozen=True)
class Advice(Guide):
    """A page from the Council, in full."""

    body: SafeString


def from_the_council() -> list[Guide]:
    """What the Council has published today, by title. PostgreSQL shows nothing else to those not signed in."""
    rows = AdviceVersion.objects.out().select_related("page").defer("text").order_by("title", "pk")
    return [_guide(row) for row in rows]


def new_from_the_council() -> list[Guide]:
    """The newest three pages that came out or were changed in the last thirty days."""
    rows = AdviceVersion.objects.out().filter(published_at__gt=now() - NEW_FOR).select_related("page").defer("text")
    return [_guide(row) for row in rows.order_by("-published_at", "-pk")[:MOST_NEW]]


def advice_at(slug: str) -> Advice | None:
    """The page from the Council at this address, if it is published today."""
    row = AdviceVersion.objects.out().select_related("page").filter(page__slug=slug).first()
    if row is None:
        return None
    return Advice(slug, row.title, row.summary, row.owner, _day_of(row), page_of(row.text))


def _guide(row: AdviceVersion) -> Guide:
    return Guide(row.page.slug, row.title, row.summary, row.owner, _day_of(row))


def _day_of(row: AdviceVersion) -> date:
    assert row.published_at, "what is out came out at a moment"
    return localdate(row.published_at)
