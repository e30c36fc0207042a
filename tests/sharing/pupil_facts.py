"""What files tell of invented pupils, brought into the store; and what stands there then."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from sharing.crypto import blind_index
from sharing.imports.problems import ImportRefused, Problem, ProblemLog
from sharing.imports.pupil_store import Changes, PupilStore
from sharing.imports.told import ToldPupil
from sharing.models import (
    Enrolment,
    Establishment,
    Pupil,
)
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests.people import as_batch

HERE, THERE = 999002, 999003
DAY = date(2026, 1, 15)
UPNS = [make_upn(380, 2999, 2022, n) for n in range(20)]
TEMPORARY = make_upn(380, 2999, 2022, 5, temporary="B")
FACTS = {"surname": "Staged", "forename": "Robin", "born_on": date(2017, 3, 4), "sex": "F", "year_group": "4"}
ON_ROLL = {"kind": "C", "starts_on": date(2021, 9, 1), "ends_on": None}
AUTUMN = {"academic_year": 2025, "term": 1}


def told(number: int = 0, row: int = 1, urn: int = HERE, former: str = "", upn: str = "", **changes: Any) -> ToldPupil:
    parts = changes.pop("parts", {Enrolment: [ON_ROLL]})
    record = {} if changes.pop("bare", False) else FACTS | changes
    return ToldPupil(row, upn or UPNS[number], former, urn=urn, record=record, parts=parts)


def bring(*pupils: ToldPupil | Problem, log: ProblemLog | None = None, **options: Any) -> Changes:
    with acting_as(BATCH):
        keys = dict(Establishment.objects.filter(urn__in=(HERE, THERE)).values_list("urn", "pk"))
        store = PupilStore(keys, **{"source": "Test file", "as_of": DAY, "is_of_a_school": False} | options)
        store.stage(pupils, log or ProblemLog())
        changes = store.compare()
        store.apply()
    return changes


def refused(*pupils: ToldPupil | Problem, **options: Any) -> list[Problem]:
    before = everything()
    with pytest.raises(ImportRefused) as refusal:
        bring(*pupils, **options)
    assert everything() == before
    return refusal.value.problems


def record(upn: str = UPNS[0], urn: int = HERE) -> Pupil:
    with as_batch():
        return Pupil.objects.get(upn_index=blind_index(upn), establishment__urn=urn)


def rows(part: Any, *names: str, **facts: Any) -> list[Any]:
    with as_batch():
        found = part.objects.filter(pupil=record(), **facts).order_by("pk")
        return list(found.values_list(*names, flat=len(names) == 1))


def everything() -> str:
    """Every row of every table, as it stands on disk, newest version or not (xmin), encrypted or not."""
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname ~ '^sharing_' "
            "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall() if name != "sharing_ledgerentry"]
        hashes = []
        for table in tables:
            cursor.execute(f"SELECT count(*) || ' ' || sum(hashtextextended(t::text || ctid, 0)) FROM {table} AS t")
            hashes.append(cursor.fetchone()[0])
        return str(list(zip(tables, hashes, strict=True)))
