"""The invented Bradford at a small scale: the shares of the true one, the same for the same seed, under both locks."""

import os
import signal
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portal.management.commands import seed_bradford
from sharing.demo import releases
from sharing.demo.bradford import BRADFORD, HoldsRealData, fill, filling
from sharing.demo.bradford.copying import SHEETS, Sheets
from sharing.demo.bradford.history import Histories
from sharing.demo.bradford.places import PRIMARY, SECONDARY, places
from sharing.demo.bradford.staff import write_staff
from sharing.demo.bradford.stays import AFTER_RECEPTION, World
from sharing.demo.days import last_census
from sharing.keys import child_keys
from sharing.models import Establishment, PupilNeeds
from sharing.school_year import academic_year
from tests import factories
from tests.demo.test_seeding import AROUND_A_NEW_SCHOOL_YEAR
from tests.people import as_batch

PUPILS = 2000
TODAY = date(2026, 11, 25)


@pytest.mark.django_db
def test_a_database_that_holds_something_real_is_refused() -> None:
    with as_batch():
        factories.pupil(999002)  # of the source "Test", which is not among those invented here
    with pytest.raises(HoldsRealData):
        fill(timezone.localdate(), pupils=PUPILS)
    assert not Establishment.objects.filter(source=BRADFORD).exists()


@pytest.mark.parametrize("today", AROUND_A_NEW_SCHOOL_YEAR)
def test_year_groups_are_of_the_school_year_of_their_records(today: date) -> None:
    """R31: as in the demonstration of a few schools."""
    world, year = World(today, PUPILS, 2012), academic_year(last_census(today)[0])
    for place in world.places:
        for stay in world.stays(place) if place.roll else ():
            if stay.ends_on is None:
                assert stay.who.cohort + AFTER_RECEPTION[stay.year_group] == year
            assert stay.starts_on < (stay.ends_on or today) <= today


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


def test_the_command_builds_it_with_two_processes_and_does_it_once(own_database: None, capsys, monkeypatch) -> None:
    """Releases are counted of tables whose rows PostgreSQL has counted: one did not end without."""
    known: list[float] = []

    def place_releases(today: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname IN ('sharing_pupil', 'sharing_result')")
            known.extend(rows for (rows,) in cursor.fetchall())
        releases.place_releases(today)

    monkeypatch.setattr(seed_bradford, "place_releases", place_releases)
    call_command("seed_bradford", pupils=600)
    assert len(known) == 2
    assert min(known) > 600
    assert "pupil records in" in capsys.readouterr().out
    with as_batch(), connection.cursor() as cursor:
        needs = PupilNeeds.objects.filter(establishment__source=BRADFORD).count()
        cursor.execute("SELECT count(*) FROM sharing_pupil WHERE source = %s", [BRADFORD])
        assert (needs,) == cursor.fetchone()
    call_command("seed_bradford", pupils=600)
    assert "already there" in capsys.readouterr().out


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
