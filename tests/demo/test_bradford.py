"""The invented Bradford at a small scale: the shares of the true one, the same for the same seed, under both locks."""

import os
import signal
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from access_register.demo.bradford import head_address, place_people
from access_register.models import Person
from sharing import child_keys, door
from sharing.authorise import Asker, NotYourEstablishment, Through
from sharing.demo.bradford import BRADFORD, AlreadyThere, Filled, HoldsRealData, fill, filling
from sharing.demo.bradford.census_collect import COLUMNS
from sharing.demo.bradford.copying import SHEETS, Sheets
from sharing.demo.bradford.history import Histories
from sharing.demo.bradford.places import PRIMARY, SECONDARY, places
from sharing.demo.bradford.staff import write_staff
from sharing.demo.bradford.stays import World
from sharing.imports import collect
from sharing.imports.census import bring_in
from sharing.models import Attendance, Child, Contact, Enrolment, Establishment, Pupil, PupilNeeds, StaffMember
from sharing.upn import upn_problem
from tests import factories
from tests.people import as_batch

PUPILS = 2000
ON_ROLL = (Enrolment.Kind.CURRENT, Enrolment.Kind.MAIN)
TODAY = date(2026, 11, 25)


@pytest.fixture
def filled(db: None) -> Filled:
    today = timezone.localdate()
    return fill(today, pupils=PUPILS, people=lambda filled: place_people(filled, today) and None)


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


@pytest.mark.django_db
def test_a_database_that_holds_something_real_is_refused() -> None:
    with as_batch():
        factories.pupil(999002)  # of the source "Test", which is not among those invented here
    with pytest.raises(HoldsRealData):
        fill(timezone.localdate(), pupils=PUPILS)
    assert not Establishment.objects.filter(source=BRADFORD).exists()


def facts_of(world: World, urn: int) -> list[tuple[str, ...]]:
    """All rows of a school, with the encrypted columns in clear."""
    sheets = Sheets()
    Histories(world).write(world.by_urn[urn], 1, sheets)
    write_staff(world, world.by_urn[urn], 1, sheets)
    told = {
        table: [line.split("\t") for line in text.decode().splitlines()] for table, text in sheets.as_rows().items()
    }
    keys = {bytes.fromhex(number): bytes.fromhex(wrapped[3:]) for number, _, wrapped in told.pop("portal_keys.key")}
    return [
        (table, *(_clear(f"{table}.{column}", cell, keys) for column, cell in zip(SHEETS[table], line, strict=True)))
        for table, lines in told.items()
        for line in lines
    ]


def _clear(column: str, cell: str, keys: dict[bytes, bytes]) -> str:
    if not cell.startswith(r"\\x"):
        return cell
    stored = bytes.fromhex(cell[3:])
    if stored.startswith(child_keys.HEAD):
        wrapped = keys[stored[1:17]]
        stored = child_keys.HEAD + bytes([len(wrapped)]) + wrapped + stored
    return child_keys.read(stored, column=column)


@pytest.mark.parametrize("shape", [PRIMARY, SECONDARY])
def test_the_same_seed_makes_the_same_facts_and_another_seed_others(shape: str) -> None:
    urn = next(place.urn for place in places(PUPILS) if place.shape == shape)
    first = facts_of(World(TODAY, PUPILS, 2012), urn)
    assert first == facts_of(World(TODAY, PUPILS, 2012), urn)
    assert first != facts_of(World(TODAY, PUPILS, 1), urn)


@pytest.mark.parametrize("pupils", [600, 2000, 104_412, 400_000])
def test_every_size_has_just_so_many_pupils_on_roll(pupils: int) -> None:
    assert sum(place.size for place in places(pupils)) == pupils


@pytest.mark.parametrize("pupils", [600, 5000, 104_412])
def test_every_child_is_introduced_by_the_first_establishment_that_has_a_record(pupils: int) -> None:
    world, known = World(TODAY, pupils, 2012), set()
    for place in world.places:
        for stay in world.stays(place) if place.kind else ():
            assert stay.is_new == (stay.who not in known), (place.name, stay)
            known.add(stay.who)


@pytest.mark.django_db
def test_a_size_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="pupils, please"):
        fill(timezone.localdate(), pupils=3)


def test_the_command_builds_it_with_two_processes_and_does_it_once(own_database: None, capsys) -> None:
    call_command("seed_bradford", pupils=600)
    assert "pupil records in" in capsys.readouterr().out
    with as_batch(), connection.cursor() as cursor:
        needs = PupilNeeds.objects.filter(establishment__source=BRADFORD).count()
        cursor.execute("SELECT count(*) FROM sharing_pupil WHERE source = %s", [BRADFORD])
        assert (needs,) == cursor.fetchone()
    call_command("seed_bradford", pupils=600)
    assert "there already" in capsys.readouterr().out


def _is_killed(*args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("of", ["Histories", "_rows"])
def test_a_process_that_is_killed_ends_the_command_and_nothing_waits_for_it(
    of: str, own_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where memory runs out: when it begins, or with rows in its hands. All or nothing, so nothing is written."""
    monkeypatch.setattr(filling, of, _is_killed)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("seed_bradford", pupils=600)
    with as_batch():
        assert not Establishment.objects.filter(source=BRADFORD).exists()


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
