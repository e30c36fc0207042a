"""What is due, over ages, stays and holds, is what a plain model says (P5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sharing.crypto import blind_index
from sharing.models import Child, LegalHold
from tests import factories
from tests.people import as_batch
from tests.retention.worlds import BECKSIDE, RAVENSGILL, due

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NEAR = st.integers(-2, 2)
STAYS = st.lists(st.tuples(st.sampled_from(["ended", "open", "cancelled"]), NEAR), max_size=2)
RECORDS = st.lists(st.tuples(NEAR, STAYS), min_size=1, max_size=2)
HOLDS = st.sampled_from(["none", "none", "child", "lifted", "past", "today", "establishment"])


def years(day: date, number: int) -> date:
    """As PostgreSQL adds years: the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + number)
    except ValueError:
        return day.replace(year=day.year + number, day=28)


def keeps(record: tuple[date, list[tuple[str, date | None]]], as_of: date) -> bool:
    born, stays = record
    return years(born, 25) > as_of or any(
        kind != "cancelled" and (last is None or years(last, 1) > as_of) for kind, last in stays
    )


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(RECORDS, HOLDS), min_size=1, max_size=5))
@example([([(0, [("cancelled", 2)])], "none"), ([(0, [("ended", 1)])], "none"), ([(0, [])], "today")])
def test_what_is_due_is_what_the_plain_model_says(children: list[Any]) -> None:
    """P5: over ages, stays at two schools and holds, a day before, on and after each boundary."""
    with rolled_back(), as_batch():
        expected = set()
        held_places = {BECKSIDE} if any(kind == "establishment" for _, kind in children) else set()
        for records, held in children:
            child = Child.objects.create(upn_index=blind_index(f"{len(expected)} {id(records)}"))
            told, places = [], (BECKSIDE, RAVENSGILL)
            for urn, (age, stays) in zip(places, records, strict=False):
                born = years(TODAY, -25) + timedelta(days=age)
                pupil = factories.pupil(urn, child=child, born_on=born)
                here = []
                for nth, (kind, off) in enumerate(stays):
                    last = None if kind == "open" else years(TODAY, -1) + timedelta(days=off)
                    cancelled = timezone.now() if kind == "cancelled" else None
                    factories.enrolment(pupil, date(2020, 9, 1 + nth), last, cancelled_at=cancelled)
                    here.append((kind, last))
                told.append((born, here))
            if held in ("child", "lifted", "past", "today"):
                LegalHold.objects.create(
                    child=child, placed_by_id=1, placed_by_name="Test", reason="",
                    until={"past": TODAY - timedelta(days=1), "today": TODAY}.get(held),
                    lifted_at=timezone.now() if held == "lifted" else None,
                )  # fmt: skip
            is_held = held in ("child", "today") or bool(held_places.intersection(places[: len(records)]))
            if not is_held and not any(keeps(record, TODAY) for record in told):
                expected.add(str(child.pk))
        if held_places:
            LegalHold.objects.create(
                establishment=factories.establishment(BECKSIDE), placed_by_id=1, placed_by_name="Test", reason=""
            )
        assert due("child") == expected
