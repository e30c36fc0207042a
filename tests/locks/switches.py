"""Turns one lock off, to show whether the other holds."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Exists

from sharing.authorise import Permission, holdings, visits
from sharing.models import Establishment
from sharing.models.overrides import NamedChildQuerySet, OpeningQuerySet
from sharing.models.own_groups import OwnGroupQuerySet
from sharing.models.pupils import PupilQuerySet
from sharing.models.releases import FigureQuerySet, ReleaseQuerySet
from sharing.models.restricted import RestrictedItemQuerySet
from sharing.models.staff import StaffQuerySet
from sharing.models.statistics import StatisticsCellQuerySet
from sharing.models.transfers import TransferQuerySet
from sharing.rls import PROTECTED
from tests.people import as_owner


def door_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable every filter of the door: anyone may enter anywhere, and no QuerySet is narrowed."""
    everywhere = dict.fromkeys(Establishment.objects.values_list("pk", flat=True), "the door is off")
    monkeypatch.setattr(holdings.Holdings, "anywhere", lambda self: set(everywhere))
    monkeypatch.setattr(holdings.Holdings, "at", lambda self, permission: set(everywhere))
    monkeypatch.setattr(holdings.Holdings, "best", lambda self, permission: everywhere)
    anything = tuple(holdings.Holding(frozenset(everywhere), held, "the door is off") for held in Permission)
    monkeypatch.setattr(holdings.Holdings, "entered", anything)
    monkeypatch.setattr(visits.Visit, "readable_establishments", lambda self: Establishment.objects.all())
    monkeypatch.setattr(holdings.Holdings, "narrowing", lambda self, permission, place: holdings.Narrowing())
    monkeypatch.setattr(PupilQuerySet, "in_years", lambda self, year_groups: self)
    monkeypatch.setattr(PupilQuerySet, "of", lambda self, establishment_id: self)
    monkeypatch.setattr(PupilQuerySet, "visible_on", lambda self, day: self)
    for narrowing in ("coming_to", "leaving_from", "in_years"):
        monkeypatch.setattr(TransferQuerySet, narrowing, lambda self, named: self)
    monkeypatch.setattr(OwnGroupQuerySet, "of", lambda self, establishment_id: self)
    monkeypatch.setattr(OwnGroupQuerySet, "telling_nothing_of", lambda self, withheld: self)
    monkeypatch.setattr(OwnGroupQuerySet, "made_by", lambda self, person_id: self)
    monkeypatch.setattr(OpeningQuerySet, "by", lambda self, person_id: self)
    monkeypatch.setattr(OpeningQuerySet, "open_at", lambda self, instant: self)
    monkeypatch.setattr(NamedChildQuerySet, "for_person", lambda self, person_id: self)
    monkeypatch.setattr(NamedChildQuerySet, "live_on", lambda self, day: self)
    monkeypatch.setattr(StaffQuerySet, "of", lambda self, establishment_id: self)
    monkeypatch.setattr(ReleaseQuerySet, "out", lambda self: self.all())
    monkeypatch.setattr(FigureQuerySet, "small_only_at", lambda self, ids: self)
    monkeypatch.setattr(FigureQuerySet, "published_elsewhere", lambda self: self)
    monkeypatch.setattr(visits.Visit, "shares_with_others", True)
    monkeypatch.setattr(visits.Visit, "shares", Exists(Establishment.objects.all()))
    monkeypatch.setattr(StatisticsCellQuerySet, "for_everybody", lambda self: self)
    monkeypatch.setattr(StatisticsCellQuerySet, "of_establishments", lambda self, ids: self)
    monkeypatch.setattr(RestrictedItemQuerySet, "in_circle", lambda self, circle: self.all())
    monkeypatch.setattr(StaffQuerySet, "in_post_on", lambda self, day: self)


def rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def run_as_owner(*statements: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to do cannot be altered
        for statement in statements:
            cursor.execute(statement)


def rls_off() -> None:
    """Disable row-level security on every table (undone when the test's transaction is rolled back).

    GRANT comes last: before the lock of an ALTER TABLE, it and an autovacuum of the same table wait for each other.
    """
    run_as_owner(
        *[f"ALTER TABLE {rule.table} NO FORCE ROW LEVEL SECURITY" for rule in PROTECTED],
        *[f"ALTER TABLE {rule.table} DISABLE ROW LEVEL SECURITY" for rule in PROTECTED],
        "GRANT ALL ON sharing_child TO portal_app",
    )


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo whatever happens inside."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT switch")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT switch")
