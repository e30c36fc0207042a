"""Lists with context ask for a few cells of open statistics, and a few figures, for each establishment; pages of one
establishment ask for its own figures. A release has some 60,000 cells of Bradford, and five years have 300,000 figures:
read one by one they take long (docs/benchmarks.md)."""

import pytest
from django.db import connection

from sharing.authorise import Permission, visit
from sharing.context import FACTORS, with_context
from sharing.demo.releases import YEARS
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment, Figure
from tests.people import EDUNET, as_owner, asker

pytestmark = pytest.mark.django_db
CELLS, FIGURES = "sharing_statisticscell", "sharing_figure"
# An older PostgreSQL than 18 asks who may read a cell before it looks up a key that is put together. It finds the cells
# of the establishment first, of which there are some seventy in a release.
OTHER_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE indrelid IN ('sharing_statisticscell'::regclass, 'sharing_figure'::regclass) AND NOT indisunique
      AND (current_setting('server_version_num')::int >= 180000 OR indexrelid::regclass::text !~ 'cell_establishment')
"""
CELLS_OF_ONE = """
    SELECT max(number) FROM (SELECT count(*) AS number FROM sharing_statisticscell
    WHERE establishment_id IS NOT NULL GROUP BY establishment_id, release_id) AS of_each
"""
READ = "SELECT relname, seq_scan, coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)"


def test_cells_and_figures_are_found_by_their_keys_under_row_level_security() -> None:
    with as_owner(), connection.cursor() as cursor:  # with so few rows any index would do
        cursor.execute(OTHER_INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(CELLS_OF_ONE)
        ((its_cells,),) = cursor.fetchall()
    with visit(asker("officer-data", EDUNET), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        before = _read()
        found = list(with_context(here.readable_establishments()))
        here.showed()
    after = _read()
    cells, figures = (tuple(now - had for now, had in zip(after[t], before[t], strict=True)) for t in (CELLS, FIGURES))
    # Pupils, and those eligible or with another language. An older PostgreSQL reads all cells of the establishment each
    # time that it looks for a key: for free meals and for languages, those of all pupils and of two measures.
    of_one = 4 if connection.pg_version >= 180000 else 6 * its_cells
    assert (cells[0], figures[0]) == (0, 0)
    assert 0 < cells[1] <= of_one * len(found)
    assert 0 < figures[1] <= len(FACTORS) * YEARS * len(found)


def test_what_is_withheld_of_an_establishment_is_looked_up_among_its_own_figures() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        place = Establishment.objects.get(urn=999002)
        its_own = Figure.objects.filter(establishment=place).count()
    with visit(asker("officer-data", EDUNET), Permission.VIEW_ESTABLISHMENT, 999002, action="test") as here:
        before = _read()[FIGURES]
        withheld_from_the_asker(place, ["roll_fsm"])
        here.showed()
    scans, rows = (now - had for now, had in zip(_read()[FIGURES], before, strict=True))
    assert scans == 0
    assert 0 < rows < 1.2 * its_own  # and a few of areas


def _read() -> dict[str, tuple[int, int]]:
    """Of each table how often it was read from its beginning, and how many rows were found by an index."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [[CELLS, FIGURES]])
        return {table: (scans, rows) for table, scans, rows in cursor.fetchall()}
