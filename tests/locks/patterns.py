"""Unusual patterns planted at several establishments, and what nobody else may read or write of them (P17)."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from sharing.authorise import Through
from sharing.models import Establishment, UnusualPattern
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, person

HEADS = {"head-beckside": {999002}, "head-larkroyd": {999004}}  # among those who try
URNS = (999002, 999003, 999004)
SETTLED = "SELECT n FROM unnest(%s) AS n WHERE sharing_settle_pattern(n, 'explained', 'x', '')"


def plant_patterns() -> list[int]:
    """Plant three patterns at each of three establishments: of somebody there, of a head and of an officer. Then one
    without an establishment, and one of today's head of an establishment from before they were head. Returns their
    numbers.
    """
    today = timezone.localdate()
    numbers: list[int] = []
    with as_batch():

        def plant(number: int, place: Establishment | None, **facts: object) -> None:
            planted = UnusualPattern.objects.create(
                **{
                    "kind": "many", "establishment": place, "person_id": -number, "person_name": "Test",
                    "through": SCHOOLS_ONLINE, "day": today, "number": 2, "at_most": 1,
                }
                | facts
            )  # fmt: skip
            numbers.append(planted.pk)

        for place in Establishment.objects.filter(urn__in=URNS):
            plant(1, place)
            plant(2, place, of_head=True)
            plant(3, place, through=EDUNET)
        plant(4, None, through=EDUNET)
        plant(5, Establishment.objects.get(urn=999002), person_id=person("head-beckside").pk)
    return numbers


def holes_in_patterns(slug: str, through: Through, planted: list[int], attempt: Callable[..., None]) -> None:
    """Only a head reads any. On EduNet only the information manager does, who is not among those who try."""
    theirs = set(UnusualPattern.objects.values_list("pk", flat=True))  # they may judge only patterns that they may read
    mine = HEADS.get(slug, set()) if through == SCHOOLS_ONLINE else set()
    seen = UnusualPattern.objects.all()
    attempt("patterns elsewhere", seen.exclude(establishment__urn__in=mine).exists)
    attempt("patterns of heads and officers", seen.filter(Q(of_head=True) | Q(through=EDUNET)).exists)
    attempt("own patterns", seen.filter(person_id=person(slug).pk).exists)
    attempt("patterns changed", lambda: UnusualPattern.objects.update(number=1))
    attempt(
        "patterns settled",
        lambda: {number for (number,) in rows(SETTLED, planted)} - theirs,
    )
