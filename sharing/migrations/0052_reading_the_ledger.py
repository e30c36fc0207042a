"""The ledger is read by those whose data it tells of; indexes for that, made while it is written to (R43)."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from sharing.rls import replace_reads
from sharing.sql.ledger import BEYOND_INDEX, READ, UNREAD

TABLE = "sharing_ledgerentry"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0051_signed_heads")]

    operations = [
        AddIndexConcurrently("ledgerentry", models.Index(fields=["urn", "id"], name="ledger_of_an_establishment")),
        AddIndexConcurrently("ledgerentry", models.Index(fields=["person_id", "id"], name="ledger_of_a_person")),
        RemoveIndexConcurrently("ledgerentry", "sharing_led_urn_1b5fd7_idx"),
        RemoveIndexConcurrently("ledgerentry", "sharing_led_person__6a7550_idx"),
        migrations.RunSQL(BEYOND_INDEX, "DROP INDEX CONCURRENTLY children_beyond_their_page"),
        migrations.RunSQL(READ, UNREAD),
        migrations.RunSQL(replace_reads(TABLE), replace_reads(TABLE, "false")),
    ]
