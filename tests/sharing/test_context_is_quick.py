"""Lists with context ask for a few cells of open statistics for each establishment. A release has some 60,000 cells of
Bradford: read one by one they took 25 seconds, found by their key 0.1 (docs/benchmarks.md)."""

import re

import pytest
from django.db import connection

from sharing.authorise import Permission, visit
from sharing.context import with_context
from tests.people import EDUNET, as_owner, asker

pytestmark = pytest.mark.django_db
OTHER_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE indrelid = 'sharing_statisticscell'::regclass
      AND indexrelid::regclass::text !~ 'pkey|one_number|establishment'
"""
BY_KEY = "one_number_for_each_statistics_cell"


def test_a_cell_is_found_by_its_key_or_its_establishment_under_row_level_security() -> None:
    """A key that is put together is looked up before it is asked who may read the cell from PostgreSQL 18 on. An older
    one finds the cells of the establishment, of which there are some seventy in a release."""
    with as_owner(), connection.cursor() as cursor:  # with so few cells any index would do
        cursor.execute(OTHER_INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
        if connection.pg_version < 180000:
            cursor.execute(f"ALTER TABLE sharing_statisticscell DROP CONSTRAINT {BY_KEY}")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    with visit(asker("officer-data", EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        plan = with_context(here.readable_establishments()).explain()
        here.showed()
    found = re.findall(r"on sharing_statisticscell .*\n +Index Cond: (.*)", plan)
    assert len(found) >= 8  # of pupils, and of those eligible or with another language, for figure and band
    assert all("(key)::text = " in by or "establishment_id = " in by for by in found), found
