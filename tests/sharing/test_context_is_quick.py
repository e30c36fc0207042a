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
    WHERE indrelid = 'sharing_statisticscell'::regclass AND indexrelid::regclass::text NOT LIKE 'one_number%%'
"""


def test_a_cell_is_found_by_its_key_under_row_level_security() -> None:
    """PostgreSQL may look a key up by the index before it asks who may read the cell, if nothing in it could leak."""
    with as_owner(), connection.cursor() as cursor:  # with so few cells any index would do
        cursor.execute(OTHER_INDEXES)
        for (index,) in cursor.fetchall():
            if not index.endswith("_pkey"):
                cursor.execute(f"DROP INDEX {index}")
        cursor.execute("SET LOCAL enable_seqscan = off")
    with visit(asker("officer-data", EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        plan = with_context(here.readable_establishments()).explain()
        here.showed()
    by_key = re.findall(r"Index Cond: .*\(key\)::text = .*", plan)
    assert len(by_key) >= 8  # of pupils, and of those eligible or with another language, for figure and band
    assert not re.search(r"Filter: .*\(key\)::text = ", plan)
