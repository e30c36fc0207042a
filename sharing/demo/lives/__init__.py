"""What happens to an invented child: needs, meals, attendance, suspensions, results, home.

Everything is drawn from a `Random` of the child's own, as rows of plain facts. The demonstration turns them into
models; the Bradford of `seed_bradford` copies them. The rates are Bradford's where they are known (formats page 12).
"""

from sharing.demo.lives.attendance import Counted, attended, counted_terms, miss_rate
from sharing.demo.lives.home import Home, Person, home_of
from sharing.demo.lives.needs import meals_periods, needs_of, suspended
from sharing.demo.lives.results import Reached, ability_of, results_of

__all__ = [
    "Counted",
    "Home",
    "Person",
    "Reached",
    "ability_of",
    "attended",
    "counted_terms",
    "home_of",
    "meals_periods",
    "miss_rate",
    "needs_of",
    "results_of",
    "suspended",
]
