"""The schools that counted or tested a child elsewhere: stored by their number, shown by their name."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from sharing.models import Establishment


def schools_by_number(numbers: Iterable[str]) -> Callable[[str], str]:
    """DfE number -> the name, or "school 3801234" where the store has none. With no numbers, it makes no query.

    If several have had a number, the newest counts: an academy keeps that of the school before it.
    """
    wanted = {number for number in numbers if number}
    names: dict[str, str] = {}
    if wanted:
        alike = reduce(or_, (Q(la_code=number[:3], establishment_number=number[3:]) for number in wanted))
        found = Establishment.objects.filter(alike).order_by("urn")
        names = {
            f"{la:03}{number:04}": name
            for la, number, name in found.values_list("la_code", "establishment_number", "name")
        }
    return lambda number: names.get(number, f"school {number}") if number else ""
