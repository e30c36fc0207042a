"""What waits for a person at each establishment: rows counted by one statement, for the home page and the dashboard.

A receiver of `home_counted` answers with rows (`Counted`); one of `home_opened` with what it has worked out itself.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Value

from sharing.authorise import Visit
from sharing.records import ToDo
from sharing.signals import home_counted, home_opened

ITS_ESTABLISHMENT, NONE_OF_THEM = F("establishment"), Q(pk=None)


@dataclass(frozen=True)
class Counted:
    """Rows of one kind that wait for the asker. `at`: the establishment of a row, a column or a constant.

    `words` says what is said of their number, and of how many of them are late.
    """

    rows: QuerySet[Any]
    words: Callable[[int, int], str]
    page: str
    at: Any = ITS_ESTABLISHMENT
    late: Q = NONE_OF_THEM


def waiting_for(here: Visit) -> dict[int, tuple[ToDo, ...]]:
    """Establishment -> what waits there, a page each. Those where nothing waits are left out."""
    found: dict[int, list[ToDo]] = defaultdict(list)
    answers: Any = home_counted.send(sender=Visit, here=here)
    for place, pages in _counted([kind for _, answer in answers for kind in answer]).items():
        found[place] += [ToDo(", ".join(words), page) for page, words in pages.items()]
    worked_out: Any = home_opened.send(sender=Visit, here=here)
    for _, answer in worked_out:
        for place, to_do in answer.items():
            found[place].append(to_do)
    return {place: tuple(waiting) for place, waiting in found.items()}


def _counted(kinds: Sequence[Counted]) -> dict[int, dict[str, list[str]]]:
    """Establishment -> page -> what is said. Kinds that say it with the same words at one page are added up."""
    counts = [
        kind.rows.order_by()
        .annotate(kind_of=Value(f"{number:03}", output_field=CharField()), place=kind.at)
        .values("kind_of", "place")
        .annotate(number=Count("pk"), late=Count("pk", filter=kind.late))
        .values_list("kind_of", "place", "number", "late")
        for number, kind in enumerate(kinds)
    ]
    summed: dict[tuple[int, str, Callable[[int, int], str]], list[int]] = defaultdict(lambda: [0, 0])
    for which, place, number, late in sorted(counts[0].union(*counts[1:], all=True)) if counts else ():
        kind = kinds[int(which)]
        so_far = summed[place, kind.page, kind.words]
        so_far[0], so_far[1] = so_far[0] + number, so_far[1] + late
    said: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (place, page, words), (number, late) in summed.items():
        if number:
            said[place][page].append(words(number, late))
    return said
