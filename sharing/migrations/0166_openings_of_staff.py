"""A head reads who opened the record of a member of staff; its index is made while the ledger is written to (R43).

Of a table under row-level security PostgreSQL looks into `about` row by row, so the index is of the few rows in question.
"""

from django.db import migrations

from sharing.sql.ledger_index import made_part_by_part

INDEX = "openings_of_staff"
INDEXED = "(urn, id) WHERE action IN ('show_member', 'ask_for_download', 'make_download', 'print_records')"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0159_centres_open_again")]

    operations = [
        made_part_by_part(INDEX, INDEXED),
        migrations.RunSQL(migrations.RunSQL.noop, f"DROP INDEX {INDEX};"),
    ]
