"""What is under way when a school becomes an academy under a new URN goes on there (A2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sharing import door
from sharing.imports.gias import SOURCE
from sharing.models import Enrolment, Establishment, Pupil, StaffAbsence, Transfer
from tests import factories
from tests.people import as_batch, asker
from tests.sharing import moves, test_import_gias
from tests.sharing.moves import BECKSIDE

pytestmark = pytest.mark.django_db
NEW = test_import_gias.TestConversion.NEW
convert = test_import_gias.TestConversion().convert


@pytest.fixture(autouse=True)
def of_gias() -> None:
    with as_batch():
        Establishment.objects.exclude(kind="childrens_centre").update(source=SOURCE)


def test_children_on_the_way_leave_the_successor(tmp_path: Path) -> None:
    """R8: agreed or not; with the arrival the registration at the successor ends."""
    waits, goes = moves.asserted(moves.on_roll(surname="Waits")), moves.agreed(moves.on_roll(surname="Goes"))
    convert(tmp_path, timezone.localdate())
    with as_batch():
        for transfer in (waits, goes):
            now = Transfer.objects.get(pk=transfer.pk)
            assert (now.from_establishment.urn, now.leaving.establishment.urn) == (NEW, NEW)
        mine = Pupil.objects.get(pk=goes.pupil_id)
        stay = Enrolment.objects.filter(pupil__establishment__urn=NEW, pupil__child=mine.child)
        assert stay.get().ends_on is None
    factories.enrolment(mine, timezone.localdate() + timedelta(days=3))
    with as_batch():
        assert stay.get().ends_on == timezone.localdate() + timedelta(days=2)


def test_what_is_said_to_be_wrong_goes_along(tmp_path: Path) -> None:
    """P9: about a child, a member of staff and the establishment; the successor's Level 1 answers it."""
    child, member = moves.on_roll(), factories.staff_member(BECKSIDE, starts_on=timezone.localdate())
    with as_batch():
        StaffAbsence.objects.create(
            member=member, establishment=member.establishment, category="SIC",
            first_day=date(2026, 1, 5), last_day=date(2026, 1, 6)
        )  # fmt: skip
    head = asker("head-beckside")
    for about, fact, record in (("pupil", "name", child), ("staff", "name", member), ("figure", "head", None)):
        door.raise_challenge(head, BECKSIDE, about, record.pk if record else None, fact_key=fact, statement="Not so")
    before = door.list_challenges(head, BECKSIDE).waiting
    convert(tmp_path, timezone.localdate())
    there = door.list_challenges(asker("head-beckside"), NEW)
    assert there.waiting == before >= 3
    for line in there.page:
        assert door.show_challenge(asker("head-beckside"), NEW, line.id).steps
    with as_batch():
        assert StaffAbsence.objects.filter(establishment__urn=NEW, first_day=date(2026, 1, 5)).exists()
