"""A school of some thousand pupils reads its pages as a small one does. Gone through child by child, these took longer
than the two seconds that PostgreSQL gives the application."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.authorise import Permission, visit
from sharing.crypto import blind_index
from sharing.demo.places import OXENBY
from sharing.door.quality import look_at_pupils
from sharing.models import Attendance, Child, Enrolment, FreeMealsPeriod, Pupil, PupilNeeds
from sharing.school_year import academic_year
from tests import factories
from tests.people import as_batch, as_owner, asker, client

pytestmark = pytest.mark.django_db
MANY = 2100
THIS_YEAR = academic_year(timezone.localdate())


def many_pupils() -> None:
    """At Oxenby, each with needs, meals and a term of attendance."""
    place, today = factories.establishment(OXENBY), timezone.localdate()
    own = {"establishment": place, "source": "Test", "as_of": today}
    with as_batch():
        children = Child.objects.bulk_create(Child(upn_index=blind_index(f"child {n}")) for n in range(MANY))
        pupils = Pupil.objects.bulk_create(
            Pupil(
                child=child, upn=f"child {n}", upn_index=child.upn_index, surname=f"Many{n}", forename="Child",
                born_on=date(2012, 1 + n % 12, 1 + n % 28), sex="FM"[n % 2], year_group="9", **own,
            )
            for n, child in enumerate(children)
        )  # fmt: skip
        Enrolment.objects.bulk_create(
            Enrolment(pupil=pupil, establishment=place, starts_on=date(2024, 9, 2)) for pupil in pupils
        )
        PupilNeeds.objects.bulk_create(PupilNeeds(pupil=pupil, sen_provision="K", **own) for pupil in pupils)
        FreeMealsPeriod.objects.bulk_create(
            FreeMealsPeriod(pupil=pupil, starts_on=date(2024, 9, 2), **own) for pupil in pupils
        )
        Attendance.objects.bulk_create(
            Attendance(
                pupil=pupil, academic_year=academic_year(today) - 1, term=term, sessions_possible=120,
                sessions_absent=10, **own,
            )
            for pupil in pupils for term in (1, 2, 3)
        )  # fmt: skip
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE sharing_pupil, sharing_enrolment, sharing_pupilneeds, sharing_attendance")


def test_a_large_school_is_not_gone_through_child_by_child_for_two_records_of_one_child() -> None:
    """P9: who has the same name and day of birth is asked once, and not of each child."""
    many_pupils()
    with visit(asker("head-oxenby"), Permission.VIEW_PUPILS, OXENBY, action="test") as here:
        with CaptureQueriesContext(connection) as asked:
            look_at_pupils(here)
        (question,) = [one["sql"] for one in asked if "is_0" in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN ANALYZE {question}".replace("%", "%%"), [])
            plan = [line for (line,) in cursor.fetchall()]
        here.showed()
    loops = [int(found[1]) if (found := re.search(r"loops=(\d+)", line)) else 0 for line in plan]
    one_by_one = [at for at, times in enumerate(loops) if times >= MANY]
    assert one_by_one
    assert not [at for at in one_by_one if any("surname" in line for line in plan[at : at + 3])]


def test_a_large_school_reads_what_is_counted_of_its_pupils() -> None:
    """R30: no page keeps a large school waiting until it is refused."""
    many_pupils()
    head = client("head-oxenby")
    for page in ("deeper/", "deeper/?measure=roll_fsm6", "dashboard/"):
        assert head.get(f"/establishments/{OXENBY}/{page}").status_code == 200


@pytest.mark.parametrize(
    "page", ["dashboard/", "data-quality/", "data-quality/ethnicity/", "pupils/", "downloads/pupils/new/", "deeper/"]
)
def test_numbers_from_a_thousand_up_are_written_in_one_way(page: str) -> None:
    """R31: the dashboard said 3,500 on roll and, beside it, 3500 of 3500 with something to look at."""
    many_pupils()
    text = client("head-oxenby").get(f"/establishments/{OXENBY}/{page}?measure=roll_pupils&year={THIS_YEAR}").text
    words = re.sub(r"<[^>]*>", " ", text)
    assert re.search(r"\b[2-9],[0-9]{3}\b", words)
    assert not [number for number in re.findall(r"(?<![\w/])[2-9][0-9]{3}(?![\w/])", words) if number[:2] != "20"]
