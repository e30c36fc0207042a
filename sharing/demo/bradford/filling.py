"""Fills the store with Bradford: two processes make the rows and one copies them, all in one transaction."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

from django.conf import settings
from django.db import connection

from sharing import codes
from sharing.demo.bradford.copying import Rows, Sheets, check_as_we_go, copy, lay_out_sheets
from sharing.demo.bradford.history import Histories
from sharing.demo.bradford.places import AGES, BRADFORD, LOCALITIES, PHASE_CODE, PUPILS, Place
from sharing.demo.bradford.staff import write_staff
from sharing.demo.bradford.stays import World
from sharing.demo.days import last_census
from sharing.demo.places import SOURCE
from sharing.demo.seeding import OPEN, OPENED, PROTOCOL_BEGAN
from sharing.models import (
    Child,
    Establishment,
    Locality,
    LocalityMembership,
    Participation,
    Pupil,
    StaffMember,
)
from sharing.roles import BATCH, acting_as, is_a_demonstration
from sharing.signals import community_changed

AT_ONCE = 6  # establishments copied together
Progress = Callable[[int, int], None]  # (establishments done, out of how many)
Maker = Callable[[list[tuple[Place, int]]], Iterator[Rows]]


class HoldsRealData(Exception):
    """The database contains something that is not invented."""


class AlreadyThere(Exception):
    """This Bradford has already been built in this database."""


@dataclass(frozen=True)
class Filled:
    """What is there now. `records` outnumber pupils on roll: leavers have one, and a child at two schools has two."""

    establishments: dict[int, Establishment]
    records: int
    world: World


def fill(
    today: date,
    *,
    pupils: int = PUPILS,
    seed: int = 2012,
    processes: int = 1,
    progress: Progress | None = None,
    people: Callable[[Filled], object] | None = None,
) -> Filled:
    """Build Bradford with `pupils` pupils on roll, then the people who may sign in (`people` adds them), all or
    nothing.

    Raises HoldsRealData, AlreadyThere or BrokenProcessPool. With more than one of `processes` it must not start inside
    a transaction.
    """
    world = World(today, pupils, seed)
    with _making(world, processes) as make, acting_as(BATCH):
        _refuse_what_is_real()
        stored = put_establishments(world)
        work = [(place, stored[place.urn].pk) for place in world.places if place.kind]
        check_as_we_go()
        lay_out_sheets()
        records, waiting = 0, []
        for done, rows in enumerate(make(work), start=1):
            waiting.append(rows)
            if len(waiting) == AT_ONCE or done == len(work):
                records += copy(waiting)
                waiting = []
                if progress:
                    progress(done, len(work))
        filled = Filled(stored, records, world)
        community_changed.send(sender=Establishment, today=today)
        if people:
            people(filled)
    return filled


def _refuse_what_is_real() -> None:
    if Establishment.objects.filter(source=BRADFORD).exists():
        raise AlreadyThere
    if settings.MODE == "production":
        raise HoldsRealData
    if is_a_demonstration():
        return
    invented = (BRADFORD, SOURCE)
    if (
        Pupil.objects.exclude(source__in=invented).exists()
        or StaffMember.objects.exclude(source__in=invented).exists()
        or Establishment.objects.exclude(source__in=invented).exists()
        or Child.objects.filter(records=None).exists()
    ):
        raise HoldsRealData


@contextmanager
def _making(world: World, processes: int) -> Iterator[Maker]:
    """The maker of each establishment's rows, in order. Its processes start before anybody uses the database.

    If one of them is killed, as happens when memory runs out, BrokenProcessPool is raised, so that nobody waits for it.
    """
    if processes < 2:
        histories = Histories(world)
        yield lambda work: (_rows(histories, world, place, key) for place, key in work)
        return
    connection.close()
    with ProcessPoolExecutor(processes, get_context("fork"), _begin, (world,)) as pool:
        pool.submit(int).result()  # the first task starts them all

        def make(work: list[tuple[Place, int]]) -> Iterator[Rows]:
            """Keep only a few ahead of the copying, so that memory does not grow with the number of pupils."""
            ahead = deque(pool.submit(_rows_of, *each) for each in work[: 2 * AT_ONCE])
            for each in [*work[2 * AT_ONCE :], *[None] * len(ahead)]:
                rows = ahead.popleft().result()
                if each:
                    ahead.append(pool.submit(_rows_of, *each))
                yield rows

        yield make


_here: Histories
_world: World


def _begin(world: World) -> None:
    global _here, _world
    _here, _world = Histories(world), world


def _rows_of(place: Place, establishment: int) -> Rows:
    return _rows(_here, _world, place, establishment)


def _rows(histories: Histories, world: World, place: Place, establishment: int) -> Rows:
    sheets = Sheets()
    histories.write(place, establishment, sheets)
    write_staff(world, place, establishment, sheets)
    return sheets.as_rows()


def put_establishments(world: World) -> dict[int, Establishment]:
    """Store the 227, their Localities and since when they take part; without pupils and staff."""
    as_of, _ = last_census(world.today)
    Establishment.objects.bulk_create(_establishment(place, as_of) for place in world.places)
    stored = {place.urn: place for place in Establishment.objects.filter(source=BRADFORD)}
    Locality.objects.bulk_create([Locality(name=name) for name in LOCALITIES], ignore_conflicts=True)
    by_name = {locality.name: locality for locality in Locality.objects.filter(name__in=LOCALITIES)}
    of_the_community = [place for place in world.places if place.kind]
    LocalityMembership.objects.bulk_create(
        LocalityMembership(establishment=stored[place.urn], locality=by_name[place.locality], starts_on=PROTOCOL_BEGAN)
        for place in of_the_community
    )
    Participation.objects.bulk_create(
        Participation(establishment=stored[place.urn], starts_on=PROTOCOL_BEGAN) for place in of_the_community
    )
    return stored


def _establishment(place: Place, as_of: date) -> Establishment:
    phase = PHASE_CODE.get(place.shape, 0)
    low_age, high_age = AGES.get(place.shape, (None, None))
    return Establishment(
        urn=place.urn,
        la_code=settings.AUTHORITY_CODE,
        establishment_number=place.number,
        name=place.name,
        kind=place.kind,
        type_code=place.type_code,
        type_name=codes.GIAS_TYPE[place.type_code],
        phase_code=phase,
        phase_name=codes.GIAS_PHASE[phase],
        status_code=OPEN,
        status_name=codes.GIAS_STATUS[OPEN],
        open_date=OPENED,
        gender_name="Mixed",
        capacity=-(-place.size * 11 // 100) * 10 or None,
        number_of_pupils=place.size or None,
        low_age=low_age,
        high_age=high_age,
        street="School Lane",
        town=place.town,
        postcode="BD0 5ZZ",
        telephone=f"01632 960{place.urn % 1000:03}",
        website=f"https://school{place.urn}.example/",
        head_job_title="Head teacher",
        source=BRADFORD,
        as_of=as_of,
    )
