"""Figures of areas where establishments have changed their URN, any number of times (R10, R31, A2; docs/adr/0041)."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.measures import cells
from sharing.measures.counted import When
from sharing.models import Establishment
from tests.people import as_batch

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MEASURES = ("attendance_persistent", "attendance_absence")
PLACES = 9


@settings(max_examples=40, suppress_health_check=list(HealthCheck), database=None)
@given(
    goes_on=st.lists(st.booleans(), min_size=PLACES - 1, max_size=PLACES - 1),
    has=st.lists(st.sets(st.sampled_from(MEASURES)), min_size=PLACES, max_size=PLACES),
)
def test_of_each_chain_the_last_urn_that_has_figures_counts(goes_on: list[bool], has: list[set[str]]) -> None:
    """R31: each establishment once in its area, whichever of its URNs have no figure between two that have one.
    `goes_on`: whether each place goes on as the next; `has`: of which measures it has sums."""
    with transaction.atomic():
        with as_batch():
            places = list(Establishment.objects.order_by("pk").values_list("pk", flat=True)[:PLACES])
            for now, after, same in zip(places[:-1], places[1:], goes_on, strict=True):
                Establishment.objects.filter(pk=now).update(goes_on_as=after if same else None)
            told = areas_of(places, has)
        transaction.set_rollback(True)
    assert told == {code: sums for code in MEASURES if len(sums := once_each(code, goes_on, has)) >= cells.FEWEST}


def areas_of(places: list[int], has: list[set[str]]) -> dict[str, set[int]]:
    """Measure -> the places that the figure of the area is the sum of: place n has 1000 children, and 2 to the n."""
    cells.begin(When(TODAY.year, TODAY, TODAY, is_complete=True), TODAY)
    laid = [
        (code, place, "total", Decimal(50 << at), 1000 << at, 50 << at, 1000 << at, True, True)
        for at, (place, codes) in enumerate(zip(places, has, strict=True))
        for code in codes
    ]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contributor")
        cursor.executemany("INSERT INTO contributor VALUES (%s, 'authority')", [(place,) for place in places])
        cells.lay(laid)
        cells.make()
        cursor.execute(
            "SELECT code, made.denominator FROM made JOIN sharing_measure AS measure ON measure.id = measure_id "
            "WHERE area <> '' AND \"group\" = 'total'"
        )
        return {code: {at for at in range(PLACES) if children // 1000 >> at & 1} for code, children in cursor}


def once_each(code: str, goes_on: list[bool], has: list[set[str]]) -> set[int]:
    """The last place of each chain that has the measure."""
    found, later = set(), False
    for at in reversed(range(PLACES)):
        later = later and at < PLACES - 1 and goes_on[at]
        if code in has[at]:
            found |= set() if later else {at}
            later = True
    return found
