"""Reviews in the demonstration: one that is open and half done, and one line whose last day was yesterday."""

from dataclasses import dataclass
from datetime import date, timedelta

from access_register.demo.cast import BY_SLUG
from access_register.models import RegisterLine
from access_register.reviews import terms
from sharing.demo.places import BECKSIDE, OXENBY


@dataclass(frozen=True)
class _Review:
    """`due`: days from today. None: confirmed two days ago, and due next term."""

    due: int | None
    missed: int = 0


REVIEWS: dict[int, dict[str, _Review]] = {
    BECKSIDE: {
        "deputy-beckside": _Review(6),
        "business-manager-beckside": _Review(6),
        "teacher-two-schools": _Review(6),
        "third-party-beckside": _Review(6),
        "governor-beckside": _Review(6, missed=1),
        "teacher-beckside": _Review(None),
        "senco-beckside": _Review(None),
        "office-beckside": _Review(None),
    },
    OXENBY: {"office-oxenby": _Review(-1), "teacher-oxenby": _Review(None)},
}


def place_reviews(today: date) -> int:
    """Put the reviews where they belong. Returns how many lines had other days."""
    written = 0
    for urn, of_people in REVIEWS.items():
        for slug, review in of_people.items():
            lines = RegisterLine.objects.filter(establishment__urn=urn, person__email=BY_SLUG[slug].email)
            in_force = lines.live_on(today)
            facts = _facts(review, today)
            written += in_force.exclude(**facts).update(**facts)
    return written


def _facts(review: _Review, today: date) -> dict[str, date | int]:
    if review.due is None:
        confirmed_on = today - timedelta(days=2)
        return {"review_due_on": terms.due_next_term(today), "confirmed_on": confirmed_on, "reviews_missed": 0}
    term_before = today - timedelta(days=120)
    due_on = today + timedelta(days=review.due)
    return {"review_due_on": due_on, "confirmed_on": term_before, "reviews_missed": review.missed}
