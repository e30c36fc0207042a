"""The one way into the store for pupils: same child, changes, parts, nothing twice (R5, R8, R13, R22)."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from sharing.crypto import blind_index
from sharing.imports.problems import ImportRefused, Problem, ProblemLog
from sharing.imports.pupil_store import Changes, PupilStore
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Child,
    Contact,
    Enrolment,
    Establishment,
    HomeAddress,
    Pupil,
    PupilChange,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests.people import as_batch

pytestmark = pytest.mark.django_db
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
        store = PupilStore(keys, **{"source": "Test file", "as_of": DAY} | options)
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
        cursor.execute("SELECT relname FROM pg_class WHERE relname ~ '^sharing_' AND relkind = 'r' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name != "sharing_ledgerentry"]
        hashes = []
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(t::text || ctid, '|' ORDER BY t::text)) FROM {table} AS t")  # noqa: S608
            hashes.append(cursor.fetchone()[0])
        return str(list(zip(tables, hashes, strict=True)))


def test_a_pupil_who_is_new_is_added_and_seen_from_the_first_day() -> None:
    """R5."""
    changes = bring(told())
    assert changes.in_words() == [("Pupils added", 1), ("Enrolments added", 1)]
    found = record()
    assert (found.upn, found.surname, found.source, found.as_of) == (UPNS[0], "Staged", "Test file", DAY)
    with as_batch():
        assert Pupil.objects.visible_on(date(2021, 9, 1)).filter(pk=found.pk).exists()
        assert not Pupil.objects.visible_on(date(2021, 8, 31)).filter(pk=found.pk).exists()


def test_the_same_file_twice_writes_nothing() -> None:
    parts = {
        Enrolment: [ON_ROLL],
        PupilNeeds: [{"sen_provision": "K"}],
        Attendance: [AUTUMN | {"sessions_possible": 100, "sessions_absent": 4, "by_code": {"I": 4}}],
        HomeAddress: [{"address": "1 High Street\nBradford", "postcode": "BD1 1AA"}],
        Contact: [{"order": 1, "name": "A B"}],
        Suspension: [{"category": "SUSP", "starts_on": date(2025, 10, 1), "sessions": 2, "reasons": ["PP", "DB"]}],
    }
    bring(told(parts=parts), told(1, former=TEMPORARY, row=2, uln="1000000000"))
    before = everything()
    changes = bring(told(parts=parts), told(1, former=TEMPORARY, row=2, uln="1000000000"))
    assert everything() == before
    assert (changes["unchanged"], changes.in_words()) == (2, [])
