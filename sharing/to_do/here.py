"""What waits for a person at each establishment: rows that one statement counts, for the home page and the dashboard.

A receiver of `home_counted` returns rows (`Counted`).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from django.db.models import CharField, Count, DateField, F, Min, Q, QuerySet, Value
from django.db.models.functions import Cast

from sharing.authorise import Permission, Through, Visit
from sharing.days import day_in_words
from sharing.records import ToDo
from sharing.signals import home_counted

ITS_ESTABLISHMENT, ALL_OF_THEM = F("establishment"), Q(pk__isnull=False)
NO_DAY, NOT_LATE = Cast(Value(None), DateField()), Value(0)
NEWS: Final = timedelta(days=14)
"""How long something that was said to somebody is news on their home page: an answer, an officer's note."""
Words = Callable[[int, int], str]
"""The sentence for a number of rows, and for how many of them are late."""


@dataclass(frozen=True)
class Counted:
    """Rows of one kind that wait for the asker. `at`: the establishment of a row, a column or a constant.

    `by`: the day of a row, of which the earliest is added to the sentence. `of_a_place`: the page is of one
    establishment; otherwise it is the asker's own.
    """

    rows: QuerySet[Any]
    words: Words
    page: str
    at: Any = ITS_ESTABLISHMENT
    late: Q | None = None
    by: Any = None
    of_a_place: bool = True


def at_schools(here: Visit, permission: Permission) -> set[int]:
    """Where the asker holds it on Schools Online, once a second factor is given; on EduNet nowhere."""
    is_there = here.asker.through == Through.SCHOOLS_ONLINE and here.asker.second_factor
    return here.holdings.at(permission) if is_there else set()


@cache
def number_of(one: str, many: str) -> Words:
    """The number, and the words that follow it."""
    return lambda number, late: f"{number} {one if number == 1 else many}"


@cache
def said(words: str) -> Words:
    """The same words, whatever the number."""
    return lambda number, late: words


@dataclass
class _Said:
    """What is said about one page, whether something there is late, and the first day by which it must be done."""

    words: list[str]
    late: bool = False
    first: date = date.max
    of_a_place: bool = True


def waiting_for(here: Visit) -> dict[int, tuple[ToDo, ...]]:
    """Establishment -> what waits there. What leads to one page of the place is one item. Establishments where nothing
    waits are left out.
    """
    answers: Any = home_counted.send(sender=Visit, here=here)
    found = _counted([kind for _, answer in answers for kind in answer])
    return {
        place: tuple(
            ToDo(words, page, said.late, said.of_a_place, said.first)
            for page, said in pages.items()
            for words in ([", ".join(said.words)] if said.of_a_place else said.words)
        )
        for place, pages in found.items()
    }


def _counted(kinds: Sequence[Counted]) -> dict[int, dict[str, _Said]]:
    """Establishment -> page -> what is said. Kinds that use the same words for one page are added up."""
    counts = [
        kind.rows.order_by()
        .annotate(kind_of=Value(f"{number:03}", output_field=CharField()), place=kind.at)
        .values_list("kind_of", "place")
        .annotate(
            number=Count("pk"),
            late=Count("pk", filter=kind.late) if kind.late else NOT_LATE,
            first=Min(kind.by) if kind.by else NO_DAY,
        )
        for number, kind in enumerate(kinds)
    ]
    summed: dict[tuple[int, str, Words], list[int]] = defaultdict(lambda: [0, 0])
    days: dict[tuple[int, str, Words], date] = {}
    of_a_place = {kind.page: kind.of_a_place for kind in kinds}
    for which, place, number, late, first in sorted(counts[0].union(*counts[1:], all=True)) if counts else ():
        kind = kinds[int(which)]
        same = place, kind.page, kind.words
        summed[same][0] += number
        summed[same][1] += late
        if first:
            days[same] = min(first, days.get(same, first))
    found: dict[int, dict[str, _Said]] = defaultdict(dict)
    for same, (number, late) in summed.items():
        place, page, words = same
        if number:
            by = f" {day_in_words(days[same])}" if same in days else ""
            there = found[place].setdefault(page, _Said([], of_a_place=of_a_place[page]))
            there.words.append(words(number, late) + by)
            there.late, there.first = there.late or bool(late), min(there.first, days.get(same, date.max))
    return found
