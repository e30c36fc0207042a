"""A head reads who took a child's record away; its index is made while the ledger is written to (R14, R43)."""

from django.db import migrations

from sharing.sql.ledger_index import made_part_by_part
from sharing.sql.taken_away import CREATE, DROP, INDEX, INDEXED


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0098_children_in_a_download")]

    operations = [
        made_part_by_part(INDEX, INDEXED),
        migrations.RunSQL(CREATE, f"{DROP} DROP INDEX {INDEX};"),
    ]
