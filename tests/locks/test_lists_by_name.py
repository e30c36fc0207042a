"""What both locks cost a list (P9): PostgreSQL takes fifty pupils out of the index of names, and sorts no school.

Under both locks it expects one row. Any other index by which it finds an establishment looks as good to it then, and
reads all pupils there: with one of establishment and record day a list took half as long again.
"""

import pytest
from django.db import connection

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
