"""Of closed children the second lock made weaker is noticed: what it holds back gets through (R18, R45)."""

import pytest
from django.db import ProgrammingError, connection, transaction

from sharing import conditions, rls
from sharing.authorise import Permission, visit
from sharing.models import Closing, Enrolment, Pupil
from tests.locks.switches import run_as_owner
from tests.locks.weakening import in_function
from tests.people import EDUNET, as_batch, asker
from tests.sharing.closings import HEAD, MANAGER, NAME, TEACHER, by_sql, child, close, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("table", "model"), [("sharing_pupil", Pupil), ("sharing_enrolment", Enrolment)])
def test_a_policy_without_the_closed(table: str, model: type) -> None:
    made = child()
    close(made)
    with as_batch():
        hidden = made.pk if model is Pupil else Enrolment.objects.get(pupil=made).pk
    assert hidden not in by_sql(model)
    record = "id" if model is Pupil else "pupil_id"
    assert conditions.NOT_CLOSED.format(record=record) in rls.BY_TABLE[table].reads
    without = rls.BY_TABLE[table].reads.replace(conditions.NOT_CLOSED.format(record=record), "true")
    run_as_owner(f"ALTER POLICY app_reads ON {table} USING ({without})")
    assert hidden in by_sql(model)


def test_who_opened_a_closed_childs_record_is_not_told() -> None:
    """R18, R43: the head knows the record's number from before, and learns nothing by it."""
    made = child()
    assert page(made) == 200

    def openings() -> int:
        with transaction.atomic(), visit(asker(HEAD), Permission.MANAGE_REGISTER, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM portal_openings(%s, 9999999999, 9)", [made.pk])
                (number,) = cursor.fetchone()
            here.showed()
        return int(number)

    assert openings() == 1
    close(made)
    assert openings() == 0
    run_as_owner(*in_function("portal_openings", "AND wanted <> ALL (ARRAY(SELECT portal_closed()))", ""))
    assert openings() == 1


@pytest.mark.parametrize(
    ("search", "params"), [("portal_find_pupils", "%s, NULL, NULL, 1, 100"), ("portal_find_alike", "%s, NULL, 1, 100")]
)
def test_a_search_without_the_closed(search: str, params: str) -> None:
    made = child()
    close(made)

    def numbers() -> set[object]:
        with transaction.atomic(), visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pupil_id FROM {search}({params})", [NAME])
                found = {number for (number,) in cursor.fetchall()}
            here.showed()
        return found

    assert made.pk not in numbers()
    run_as_owner(*in_function(search, "pupil.id <> ALL (ARRAY(SELECT portal_closed()))", "true"))
    assert made.pk in numbers()


def test_closings_that_somebody_else_may_read_or_write() -> None:
    close(child(), head_barred=True)
    for slug in (HEAD, TEACHER):
        assert by_sql(Closing, slug) == set()
    with pytest.raises(ProgrammingError), transaction.atomic():
        write()


def write() -> None:
    with visit(asker(MANAGER, EDUNET), Permission.MANAGE_DUTIES, action="test") as here:
        Closing.objects.update(head_barred=False)
        here.changed()
