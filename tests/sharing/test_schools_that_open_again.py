"""A school that the national register closes and opens again takes part anew (R4, R41)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from access_register.headships import first_heads
from access_register.models import Sanction
from sharing.models import Establishment, Locality, LocalityMembership, Participation
from sharing.models.establishments import CLOSED_SAYS_GIAS
from tests.access_register import breaches
from tests.people import EDUNET, as_batch, asker
from tests.sharing.gias_files import CLOSED, gias_file, school

pytestmark = pytest.mark.django_db


def test_one_that_opens_again_takes_part_and_waits_for_a_head(tmp_path: Path) -> None:
    """R4, A7: once, from today, also where its records and its register have been ended."""
    today, row = timezone.localdate(), school(100001)
    call_command("import_gias", gias_file(tmp_path, [row]))
    with as_batch():
        Participation.objects.filter(establishment__urn=100001).update(starts_on=today - timedelta(days=300))
    status = dict(zip(("EstablishmentStatus (code)", "EstablishmentStatus (name)"), CLOSED, strict=True))
    closed = row | status | {"CloseDate": f"{today - timedelta(days=1):%d-%m-%Y}"}
    call_command("import_gias", gias_file(tmp_path, [closed]))
    call_command("end_establishment", 100001, yes=True)
    for _ in range(2):
        call_command("import_gias", gias_file(tmp_path, [row]))
    with as_batch():
        stretches = Participation.objects.filter(establishment__urn=100001).order_by("starts_on")
        assert [stretch.ends_on for stretch in stretches] == [today - timedelta(days=1), None]
    waiting = first_heads.list_without_head(asker("officer-information", EDUNET)).establishments
    assert 100001 in {place.urn for place in waiting}


def test_one_that_is_suspended_waits_for_the_end_of_that(tmp_path: Path) -> None:
    """R41: and the rest of the file is stored."""
    today, rows = timezone.localdate(), [school(100001), school(100002)]
    call_command("import_gias", gias_file(tmp_path, rows[:1]))
    with as_batch():
        place = Establishment.objects.get(urn=100001)
        LocalityMembership.objects.create(
            establishment=place, locality=Locality.objects.earliest("pk"), starts_on=date(2020, 1, 1)
        )
        closed_since = {"ends_on": today - timedelta(days=1), "ended_because": CLOSED_SAYS_GIAS}
        Participation.objects.filter(establishment=place).update(starts_on=date(2020, 1, 1), **closed_since)
    case = breaches.against(("establishment", place.pk))
    with as_batch():
        days = {"starts_on": today, "ends_on": today + timedelta(days=9)}
        sanction = Sanction.objects.create(breach_id=case, measure="suspend_establishment", establishment=place, **days)
    call_command("import_gias", gias_file(tmp_path, rows))
    assert Establishment.objects.participating(today).filter(urn__in=(100001, 100002)).get().urn == 100002
    with as_batch():
        Sanction.objects.filter(pk=sanction.pk).update(lifted_at=timezone.now())
    call_command("import_gias", gias_file(tmp_path, rows))
    assert Establishment.objects.participating(today).filter(urn__in=(100001, 100002)).count() == 2


def test_a_closing_ahead_that_is_taken_back_ends_nothing(tmp_path: Path) -> None:
    """R4, R16: or it would take part no longer on a day of which nobody says anything any more."""
    today, row = timezone.localdate(), school(100001)
    status = dict(zip(("EstablishmentStatus (code)", "EstablishmentStatus (name)"), CLOSED, strict=True))
    for ahead in (20, 30):
        closed = row | status | {"CloseDate": f"{today + timedelta(days=ahead):%d-%m-%Y}"}
        for file in (row, closed):
            call_command("import_gias", gias_file(tmp_path, [file]))
        with as_batch():
            stretch = Participation.objects.get(establishment__urn=100001)
            assert stretch.ends_on == today + timedelta(days=ahead)
    call_command("import_gias", gias_file(tmp_path, [row]))
    with as_batch():
        stretch = Participation.objects.get(establishment__urn=100001)
        assert (stretch.starts_on, stretch.ends_on, stretch.ended_because) == (today, None, "")
