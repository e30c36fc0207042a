"""Whatever children are named, for whom and when: both locks, and each alone, say what the model says (R9, R18, R45).

A duty that ends while its child is read ends (R44).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register import grants
from access_register.models import Duty
from access_register.officers import officers
from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.models import NamedChild
from tests.access_register.casework import BECKSIDE, MANAGER, RAVENSGILL, appointment, child, elsewhere, give
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person

TODAY = timezone.localdate()
OFFICERS = ("officer-no-duty", "officer-duty-ended")


@dataclass(frozen=True)
class Named:
    """A child named: which of three, for which officer, at which site, from and until which day, and if it ended."""

    child: int
    officer: int
    at_edunet: bool
    first: int
    last: int
    ended: bool
    without_sen: bool

    @property
    def opens(self) -> bool:
        return self.at_edunet and self.first <= 0 <= self.last and not self.ended


days = st.integers(-2, 2)
named = st.builds(
    Named, st.integers(0, 2), st.integers(0, 1), st.booleans(), days, days, st.booleans(), st.booleans()
)  # fmt: skip


def shown(slug: str, urn: int, pupil: Any) -> tuple[bool, bool]:
    """Whether the door shows the record, and its special educational needs."""
    try:
        page = door.show_pupil(asker(slug, EDUNET), urn, pupil.pk)
    except (NotAtYourLevel, Http404):
        return False, False
    return True, page.needs is not None and bool(page.needs.sen)


@pytest.mark.django_db
@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
def test_any_world(off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, R18, R45: a child is seen if and only if it is named, on that day and at that site, and not ended."""
    here = [child(forename=name) for name in ("One", "Two", "Three")]
    there = elsewhere(here[0])
    switch: dict[str, Callable[[], Any]] = {"the door": lambda: door_off(monkeypatch), "row-level security": rls_off}
    switch.get(off, lambda: None)()

    @settings(max_examples=20, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(named, max_size=6))
    def check(world: list[Named]) -> None:
        with transaction.atomic():
            with as_batch():
                NamedChild.objects.bulk_create(
                    NamedChild(
                        child_id=here[one.child].child_id, person_id=person(OFFICERS[one.officer]).pk, person_name="X",
                        through=EDUNET if one.at_edunet else SCHOOLS_ONLINE, source=f"duty:{900 + number}",
                        starts_on=TODAY + timedelta(days=one.first), ends_on=TODAY + timedelta(days=one.last),
                        ended_at=timezone.now() if one.ended else None, withheld=["sen"] if one.without_sen else [],
                        reason="Casework", named_by_name="X",
                    )
                    for number, one in enumerate(world)
                )  # fmt: skip
            for officer, slug in enumerate(OFFICERS):
                for number, pupil in [*enumerate(here), (0, there)]:
                    opening = [one for one in world if one.opens and (one.child, one.officer) == (number, officer)]
                    expected = bool(opening), any(not one.without_sen for one in opening)
                    urn = RAVENSGILL if pupil is there else BECKSIDE
                    assert shown(slug, urn, pupil) == expected
            transaction.set_rollback(True)

    check()


def test_a_duty_that_ends_while_its_children_are_read(own_database: None) -> None:
    """R44: real threads. Each read is whole or refused, and after the end is committed none is let in."""
    made = child()
    duty = give(made)
    ended, errors, late = threading.Event(), [], []

    def read() -> None:
        try:
            for _ in range(12):
                over = ended.is_set()
                is_shown, _needs = shown("officer-no-duty", BECKSIDE, made)
                if over and is_shown:
                    late.append(over)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    officers.end_duty(asker(MANAGER, EDUNET), appointment(), duty)
    ended.set()
    for reader in readers:
        reader.join()
    assert (errors, late) == ([], [])
    assert shown("officer-no-duty", BECKSIDE, made) == (False, False)
    with as_batch():
        assert Duty.objects.get(pk=duty).ended_at is not None
        assert grants.drift(TODAY) == (set(), set())
