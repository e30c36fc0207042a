"""The ledger in parts, a month each. Safe on a full table in use: its rows are neither copied nor locked for long.

It is not taken back. Rows written since stand in parts of their own; to bring them into one table again would be to write
the ledger anew, which nobody may (R43). Whoever must go back restores the backup from before.
"""

from django.db import migrations

from sharing.rls import protect
from sharing.sql import ledger_months


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0052_reading_the_ledger")]

    operations = [
        migrations.RunSQL(ledger_months.KEY, ledger_months.NO_KEY),
        migrations.RunSQL(ledger_months.PROMISE, ledger_months.NO_PROMISE),
        migrations.RunSQL(ledger_months.PROVEN, migrations.RunSQL.noop),
        # One statement for PostgreSQL, so one transaction: nobody finds the ledger without its policies.
        migrations.RunSQL(
            ledger_months.DIVIDE + ledger_months.WRITE + ledger_months.MONTHS + protect("sharing_ledgerentry")
        ),
    ]
