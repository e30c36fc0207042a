"""The invented Bradford, filled once for the tests of this module, each of which is rolled back."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from access_register.demo.bradford import head_address, place_people
from access_register.models import Person
from sharing import door
from sharing.authorise import Asker, NotYourEstablishment, Through
from sharing.demo.bradford import BRADFORD, AlreadyThere, Filled, fill
from sharing.demo.bradford.census_collect import COLUMNS
from sharing.demo.bradford.places import SECONDARY
from sharing.imports import collect
from sharing.imports.census import bring_in
from sharing.models import Attendance, Child, Contact, Enrolment, Establishment, Pupil, StaffMember
from sharing.upn import upn_problem
from tests import databases
from tests.conftest import WORKER
from tests.people import as_batch

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bradford")]
PUPILS = 2000
ON_ROLL = (Enrolment.Kind.CURRENT, Enrolment.Kind.MAIN)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Filled]:
    today = timezone.localdate()
    with django_db_blocker.unblock(), databases.copy(f"portal_{databases.RUN}_{WORKER}_bradford"):
        yield fill(today, pupils=PUPILS, people=lambda filled: place_people(filled, today) and None)


def share(rows, **facts) -> float:
    return 100 * rows.filter(**facts).count() / rows.count()


def test_it_has_the_shares_of_bradford(filled: Filled) -> None:
    """Formats page 12. With 2,000 pupils chance alone moves a share by a point or two."""
    ours = Establishment.objects.filter(source=BRADFORD)
    assert Counter(place.shape for place in filled.world.places)["independent"] == 17
    assert (ours.count(), ours.of_the_community().count()) == (227, 210)
    with as_batch():
        on_roll = Pupil.objects.filter(
            establishment__in=ours, enrolments__kind__in=ON_ROLL, enrolments__ends_on=None
        ).distinct()
        assert on_roll.count() == PUPILS
        assert on_roll.visible_on(timezone.localdate()).count() == PUPILS
        assert share(on_roll, free_school_meals=True) == pytest.approx(27.5, abs=4)
        assert share(on_roll, needs__sen_provision="E") == pytest.approx(3.9, abs=2)
        assert share(on_roll, needs__sen_provision="K") == pytest.approx(13.5, abs=3)
        english = share(on_roll, language__in=("ENG", "ENB", "REF", "NOT"))
        assert 100 - english == pytest.approx(33.4, abs=4)
        assert share(on_roll, establishment__phase_code=2) == pytest.approx(56.2, abs=1)
        assert Pupil.objects.filter(establishment__in=ours).count() == filled.records > 1.3 * PUPILS
        assert not Child.objects.filter(records=None, same_as=None).exists()
        assert {*Enrolment.objects.filter(establishment__in=ours).values_list("kind", flat=True)} == set("CMSG")
        pupil = on_roll.first()
        assert upn_problem(pupil.upn) is None
        assert Contact.objects.filter(pupil__in=on_roll).exclude(name=None).exists()
        terms = Attendance.objects.filter(establishment__in=ours).values_list("academic_year", "term")
        assert len(set(terms)) == 9
        assert StaffMember.objects.filter(establishment__in=ours, has_qts=True).count() > 200


def test_a_head_sees_the_own_school_and_no_other_and_it_is_built_once(filled: Filled) -> None:
    """R5, R6: what was copied in is under the locks like everything else."""
    school, other = [place for place in filled.world.places if place.shape == SECONDARY][:2]
    person = Person.objects.get(email=head_address(school.urn))
    head = Asker(person.pk, person.name, Through.SCHOOLS_ONLINE, second_factor=True, confirmed_lately=True)
    seen = door.list_pupils(head, school.urn)
    assert seen.page.total >= school.size
    with pytest.raises(NotYourEstablishment):
        door.list_pupils(head, other.urn)
    assert not Pupil.objects.exists()  # outside a visit the application sees none
    with pytest.raises(AlreadyThere):
        fill(timezone.localdate(), pupils=PUPILS)


def written(directory: Path, form: str) -> list[Path]:
    call_command("write_census", str(directory), format=form)
    return sorted(directory.iterdir())


def test_the_census_files_of_a_store_change_nothing_in_it(filled: Filled, tmp_path: Path) -> None:
    """R22: what the store wrote, school by school, it finds the same when it comes back."""
    paths = written(tmp_path, "xml")
    assert len(paths) == 210 + 13  # of the demonstration's own
    with as_batch():
        pupils = Pupil.objects.count()
    for path in paths[::11]:
        with as_batch():
            outcome = bring_in(path, urn=None, apply=True, progress=lambda percent: None)
        assert outcome.changes_nothing, (path.name, outcome.changes)
        assert not [problem for problem in outcome.queries if problem.fatal]
    with as_batch():
        assert Pupil.objects.count() == pupils


def test_the_collect_tables_of_a_store_change_nothing_that_they_tell(filled: Filled, tmp_path: Path) -> None:
    """R22: the export of the whole authority, with the establishments of the demonstration among them."""
    assert len(written(tmp_path, "collect")) == len(COLUMNS)
    with as_batch():
        outcome = collect.bring_in(tmp_path, urn=None, apply=True, progress=lambda percent: None)
    # Of a pupil without sessions COLLECT says just that, and it is kept as a count of none.
    changed = {words for words, number in outcome.changes if number}
    assert changed <= {"Counts of attendance added"}
