"""What both locks cost a list (P9): PostgreSQL takes fifty pupils from the index of names, and does not sort a school.

Under both locks it expects one row, so any other index for finding an establishment looks just as good to it, and it
then reads all pupils there. With an index on establishment and record day, a list took half as long again.
"""

import pytest
from django.db import connection

from sharing.authorise import Permission, visit
from sharing.demo.places import BECKSIDE
from sharing.models import Pupil
from tests.people import asker

pytestmark = pytest.mark.django_db


def test_no_further_index_leads_to_the_pupils_of_an_establishment() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT indexrelid::regclass::text FROM pg_index JOIN pg_attribute
               ON attrelid = indrelid AND attname = 'establishment_id' AND attnum = ANY (indkey)
               WHERE indrelid = 'sharing_pupil'::regclass"""
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == {"pupils_in_order_of_names", "one_record_for_each_child", "pupil_with_its_establishment"}


def test_a_list_by_name_is_read_in_the_order_of_the_index() -> None:
    with visit(asker("head-beckside"), Permission.VIEW_PUPILS, BECKSIDE, action="test") as here:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")  # with so few pupils it would sort them all
        plan = Pupil.objects.of(here.establishment.pk).visible_on(here.today).by_name()[:50].explain()
        here.showed()
    assert "Sort" not in plan
