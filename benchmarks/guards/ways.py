"""Five questions, each asked in the same ways, which differ only in who guards the rows.

- unguarded: the query with the condition that selects the same rows, without checking who asks.
- django-guardian: as its manual teaches, the QuerySet begins at get_objects_for_user and is narrowed afterwards.
  (Given a narrowed QuerySet, it joins that too, row against row: 50 ms for one establishment.)
- one lock: only the door, a visit and a QuerySet narrowed to what is held, by a superuser whom no policy binds.
- both locks: the same as the application's role, so that PostgreSQL narrows it again.
- with ledger: the same with its row in the ledger, as on pages; the ways above write none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unittest import mock

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user  # noqa: TID251 - its cost is what is measured

from benchmarks.guards import cluster
from benchmarks.guards.fill import (
    AUTHORITY,
    FIRST_ESTABLISHMENT,
    FIRST_URN,
    LEADERS,
    OFFICIALS,
    PUPILS_EACH,
    STAFF,
    TRUST,
)
from benchmarks.pupil_list import fifty
from sharing.authorise import Asker, Permission, Through, visit
from sharing.door.find import Search, find_children
from sharing.ledger import ledger
from sharing.models import Establishment, Pupil
from sharing.roles import APP
from tests import databases

PLACES_ASKED = 8
LONGEST = 30  # seconds that a statement may take before its way is left out
SOUGHT = "hussain"
NAME = "sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname)"
# As the door's search has it, except that the establishments are simply given.
_FOUND = f"""
SELECT id, count(*) OVER () FROM sharing_pupil WHERE {NAME} LIKE %s AND establishment_id = ANY (%s)
ORDER BY sharing_plain(surname), sharing_plain(forename), id LIMIT 50
"""


@dataclass(frozen=True)
class Scene:
    """Who asks, and where: one of the establishments taken in turn, its head, its trust's leader, an officer."""

    place: int  # from 1
    authority: int  # from 0

    @cached_property
    def establishment(self) -> int:
        return FIRST_ESTABLISHMENT + self.place

    @property
    def urn(self) -> int:
        return FIRST_URN + self.place

    @property
    def head(self) -> int:
        return STAFF + self.place * 100 + 1

    @property
    def leader(self) -> int:
        return LEADERS + (self.place - 1) // TRUST

    @property
    def officer(self) -> int:
        return OFFICIALS + self.authority * 100 + 1

    @property
    def of_the_trust(self) -> list[int]:
        first = FIRST_ESTABLISHMENT + (self.place - 1) // TRUST * TRUST
        return [first + n for n in range(1, TRUST + 1)]

    @property
    def of_the_authority(self) -> list[int]:
        first = FIRST_ESTABLISHMENT + self.authority * AUTHORITY
        return [first + n for n in range(1, AUTHORITY + 1)]


def scenes(pupils: int) -> list[Scene]:
    """Establishments that are far apart in the tables, each in a complete trust and a complete authority."""
    places = pupils // PUPILS_EACH
    trusts, authorities = places // TRUST, places // AUTHORITY
    return [
        Scene(trusts * k // PLACES_ASKED * TRUST + 1 + k % TRUST, authorities * k // PLACES_ASKED)
        for k in range(PLACES_ASKED)
    ]


def asker(person: int, through: Through = Through.SCHOOLS_ONLINE) -> Asker:
    return Asker(person, f"Person {person}", through, second_factor=True, confirmed_lately=True)


def _user(person: int) -> Any:
    """The user as each request brings them: nothing that guardian has asked about them is remembered."""
    return get_user_model()(pk=person, is_active=True)


class OfOneEstablishment:
    title = "pupils of one establishment"

    def unguarded(self, scene: Scene) -> None:
        fifty(Pupil.objects.filter(establishment_id=scene.establishment))

    def guardian(self, scene: Scene) -> None:
        mine = get_objects_for_user(_user(scene.head), "sharing.view_pupil")
        fifty(mine.filter(establishment_id=scene.establishment))

    def door(self, scene: Scene) -> None:
        with visit(asker(scene.head), Permission.VIEW_PUPILS, scene.urn, action="benchmark") as here:
            fifty(Pupil.objects.of(here.establishment.pk).visible_on(here.today))
            here.showed()


class FromItsUrn(OfOneEstablishment):
    """As a page asks it whose address names the establishment: every way has to find the establishment first."""

    title = "the same, its URN given"

    def unguarded(self, scene: Scene) -> None:
        place = Establishment.with_urn(scene.urn)
        assert place
        fifty(Pupil.objects.filter(establishment_id=place.pk))

    def guardian(self, scene: Scene) -> None:
        me = _user(scene.head)
        place = get_objects_for_user(me, "sharing.view_establishment").get(urn=scene.urn)
        fifty(get_objects_for_user(me, "sharing.view_pupil").filter(establishment_id=place.pk))


class OfAllMine:
    title = "pupils of one's 12 establishments"

    def unguarded(self, scene: Scene) -> None:
        fifty(Pupil.objects.filter(establishment_id__in=scene.of_the_trust))

    def guardian(self, scene: Scene) -> None:
        fifty(get_objects_for_user(_user(scene.leader), "sharing.view_pupil"))

    def door(self, scene: Scene) -> None:
        with visit(asker(scene.leader), Permission.VIEW_PUPILS, action="benchmark") as here:
            held = here.holdings.at(Permission.VIEW_PUPILS)
            fifty(Pupil.objects.filter(establishment_id__in=held).visible_on(here.today))
            here.showed()


class OfficersSearch:
    title = "an officer's search at 160"

    def unguarded(self, scene: Scene) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_FOUND, [f"%{SOUGHT}%", scene.of_the_authority])
            numbers = [number for number, _ in cursor.fetchall()]
        found = Pupil.objects.numbered(numbers).for_a_list(timezone.localdate())
        list(found.select_related("establishment").by_name())

    def guardian(self, scene: Scene) -> None:
        mine = get_objects_for_user(_user(scene.officer), "sharing.view_pupil")
        mine = mine.extra(where=[f"{NAME} LIKE '%%{SOUGHT}%%'"])  # as in the index of names
        if mine.count():
            list(mine.for_a_list(timezone.localdate()).select_related("establishment").by_name()[:50])

    def door(self, scene: Scene) -> None:
        found = find_children(asker(scene.officer, Through.EDUNET), search=Search(SOUGHT))
        assert found.page.total, "nobody is found"


class Establishments:
    title = "establishments"

    def unguarded(self, scene: Scene) -> None:
        self._fifty(Establishment.objects.of_a_listed_type())

    def guardian(self, scene: Scene) -> None:
        self._fifty(get_objects_for_user(_user(scene.head), "sharing.view_establishment"))

    def door(self, scene: Scene) -> None:
        with visit(asker(scene.head), Permission.VIEW_ESTABLISHMENT, action="benchmark") as here:
            self._fifty(here.readable_establishments())
            here.showed()

    def _fifty(self, found: Any) -> None:
        found.count()
        list(found.with_membership(timezone.localdate()).by_name()[:50])


QUESTIONS = (OfOneEstablishment(), FromItsUrn(), OfAllMine(), OfficersSearch(), Establishments())


def forgotten(scene: Scene) -> None:
    """A visit whose code forgot to narrow the QuerySet, so that only PostgreSQL does it."""
    with visit(asker(scene.head), Permission.VIEW_PUPILS, scene.urn, action="benchmark") as here:
        fifty(Pupil.objects.all())
        here.showed()


def scans_of_the_forgotten(scene: Scene) -> list[str]:
    """The plan's sequential scans of pupils if the filter is forgotten: none, if the lock is an index condition."""
    with visit(asker(scene.head), Permission.VIEW_PUPILS, scene.urn, action="benchmark") as here:
        by_name = Pupil.objects.by_name()[:50]
        counted = Pupil.objects.order_by().values("sex")  # as count() reads them
        plans = f"{by_name.explain()}\n{counted.explain()}"
        here.showed()
    return [line.strip() for line in plans.splitlines() if "Seq Scan on sharing_pupil" in line]


@dataclass(frozen=True)
class Way:
    name: str
    method: str
    role: str
    writes_ledger: bool = False

    def ask(self, question: Any, scene: Scene) -> None:
        getattr(question, self.method)(scene)


UNGUARDED = Way("unguarded", "unguarded", "NONE")
GUARDIAN = Way("django-guardian", "guardian", "NONE")
ONE_LOCK = Way("one lock", "door", "NONE")
BOTH_LOCKS = Way("both locks", "door", APP)
WITH_LEDGER = Way("... with ledger", "door", APP, writes_ledger=True)
WAYS = (UNGUARDED, GUARDIAN, ONE_LOCK, BOTH_LOCKS, WITH_LEDGER)


class Connections:
    """A connection for each size and role, so that taking turns does not cost any of them its plans."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], Any] = {}

    @contextmanager
    def of(self, pupils: int, way: Way) -> Iterator[None]:
        """Make Django's own connection this one meanwhile."""
        key = pupils, way.role
        if key not in self._made:
            self._made[key] = _connect(pupils, way.role)
        connection.connection = self._made[key]
        writes = ledger._insert if way.writes_ledger else lambda row: None
        with mock.patch.object(ledger, "_insert", writes):
            yield

    def forget(self) -> None:
        """Close them all."""
        for made in self._made.values():
            made.close()
        self._made.clear()
        connection.connection = None


def _connect(pupils: int, role: str) -> Any:
    connection.connection = None
    databases.use(cluster.name_of(pupils))
    connection.connect()
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}; SET statement_timeout = {LONGEST * 1000}")
    return connection.connection
