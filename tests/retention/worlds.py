"""Children whose records are due, with everything that can hang on a record."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from access_register.models import Order
from sharing.authorise import Permission
from sharing.door import retention as door
from sharing.keys import child_keys
from sharing.models import (
    Challenge,
    Child,
    ChildMerge,
    Closing,
    Disposal,
    EstablishmentPermission,
    Explanation,
    NamedChild,
    Opening,
    OwnGroup,
    OwnGroupMember,
    Pupil,
)
from sharing.records.retention import DisposalShown
from sharing.retention import disposing
from sharing.retention.schedules import BY_KIND
from tests import factories
from tests.people import EDUNET, as_batch, asker, person

BECKSIDE, RAVENSGILL = 999002, 999003
MANAGER, FIONA = "officer-information", "officer-no-duty"


def second_manager() -> str:
    """The right to keep duties, which the service gives, for another officer."""
    with as_batch():
        right = {"permission__codename": Permission.MANAGE_DUTIES}
        if not EstablishmentPermission.objects.filter(user=person(FIONA), **right).exists():
            for row in EstablishmentPermission.objects.filter(user=person(MANAGER), **right):
                row.pk, row.user_id, row.source = None, person(FIONA).pk, "test"
                row.save()
    return FIONA


def worked() -> bool:
    """What the worker does, inside the test's own transaction: its claim of a row needs a committed one."""
    with as_batch():
        waiting = Disposal.objects.filter(state__in=Disposal.TO_DO).first()
    if waiting and waiting.state == Disposal.State.ASKED:
        disposing.write_preview(waiting)
    elif waiting:
        list(disposing.dispose(waiting))
    return waiting is not None


def approved(work: Callable[[], bool] = worked) -> int:
    """A disposal of all that is due today, asked for by one and approved by another."""
    number = door.ask_for_disposal(asker(MANAGER, EDUNET))
    assert work()
    door.decide_disposal(asker(second_manager(), EDUNET), number, approves=True)
    return number


def disposed() -> DisposalShown:
    number = approved()
    assert worked()
    return door.show_disposal(asker(MANAGER, EDUNET), number)


def grown_up(urn: int, **facts: Any) -> Pupil:
    """Somebody who is over 25 and left long ago."""
    child = factories.pupil(urn, **{"surname": "Zzyxgrown", "born_on": date(1990, 5, 4)} | facts)
    factories.enrolment(child, date(2012, 9, 1), date(2019, 7, 19))
    return child


def full_child(urn: int, **facts: Any) -> Pupil:
    """The same with a row in every table that knows a child, and a second UPN."""
    child = grown_up(urn, former_upn="Q999999999999", uln="1234567890", **facts)
    factories.needs(child, "K", "SLCN")
    factories.meals(child, date(2015, 9, 1))
    factories.suspension(child, date(2016, 3, 1))
    factories.result(child, "K2", "MAT", "110")
    factories.attendance(child, 300, 3, timezone.localdate().year - 2, 1)
    factories.address(child, "1 The Road\nBD1 1AA")
    factories.contact(child, "Somebody")
    factories.change(child, "upn")
    now = timezone.now()
    with as_batch():
        at = {"establishment": child.establishment, "pupil": child}
        Challenge.objects.create(
            **at, about="pupil", fact="name", statement="Wrong", raised_by_name="Test", due_on=timezone.localdate(),
            assigned_to="school",
        )  # fmt: skip
        group = OwnGroup.objects.create(
            establishment=child.establishment, kind=OwnGroup.Kind.BY_HAND, name="Group", name_index=str(child.pk),
            made_by_id=0, made_by_name="Test",
        )  # fmt: skip
        OwnGroupMember.objects.create(**at, group=group)
        opening = Opening.objects.create(
            **at, person_id=1, person_name="Test", because="harm", reason="Why", starts_at=now,
            ends_at=now + timedelta(hours=1),
        )  # fmt: skip
        Explanation.objects.create(opening=opening, establishment=child.establishment, text="Asked", at=now)
        alias = Child.objects.create(upn_index=f"alias {child.pk}", same_as_id=child.child_id)
        ChildMerge.objects.create(child=alias, into_id=child.child_id, because="Test", by_name="Test")
        Closing.objects.create(
            child_id=child.child_id, authoriser="x", basis="court", reason="Why", starts_at=now - timedelta(days=9),
            ends_at=now - timedelta(days=8), asked_by_id=1, asked_by_name="Test",
        )  # fmt: skip
        days = {"starts_on": now.date() - timedelta(days=30), "ends_on": now.date() - timedelta(days=20)}
        somebody = {"person_id": 1, "person_name": "Test", "through": "edunet", **days}
        order = Order.objects.create(
            child_id=child.child_id, basis="court", data="view_pupils", reason="Why", recorded_by_id=2,
            recorded_by_name="Test", authoriser_id=3, authoriser_name="Test", **somebody,
        )  # fmt: skip
        NamedChild.objects.create(
            child_id=child.child_id, source=f"order:{order.pk}", reason="Why", named_by_name="Test", **somebody
        )
    factories.transfer(child, date(2018, 9, 1), date(2018, 12, 1))
    return child


def traces(child: Pupil) -> dict[str, int]:
    """Table -> how many rows know the child or a record of it, found by looking at every table."""
    columns = {"pupil_id", "leaving_id", "child_id", "into_id", "same_as_id"}
    found: dict[str, int] = {}
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns "
            "WHERE table_schema IN ('public', 'portal_keys') AND column_name = ANY (%s)",
            [list(columns)],
        )
        places = [(f"{schema}.{table}".removeprefix("public."), column) for schema, table, column in cursor.fetchall()]
        for table, column in [
            *places, ("sharing_pupil", "id"), ("sharing_child", "id"), ("portal_keys.gone", "row_id"),
        ]:  # fmt: skip
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE {column}::text IN (%s, %s)",
                [str(child.pk), str(child.child_id)],
            )
            if number := cursor.fetchone()[0]:
                found[table] = found.get(table, 0) + number
    return found


def due(kind: str, as_of: date | None = None) -> set[str]:
    with as_batch():
        return {row for row, _ in disposing.due(BY_KIND[kind], as_of or timezone.localdate(), 10_000)}


def sealed_values(child: Pupil) -> list[tuple[str, bytes]]:
    """The UPN and the address as they lie in the tables, each with its column: what a copy of the database holds."""
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT upn, address FROM sharing_pupil AS pupil JOIN sharing_homeaddress ON pupil_id = pupil.id "
            "WHERE pupil.id = %s",
            [child.pk],
        )
        upn, address = cursor.fetchone()
    return [("sharing_pupil.upn", bytes(upn)), ("sharing_homeaddress.address", bytes(address))]


def opened(column: str, value: bytes) -> str:
    """As whoever has today's keys would read it."""
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT portal_with_key(%s)", [value])
        (with_key,) = cursor.fetchone()
    return child_keys.read(with_key, column=column)
