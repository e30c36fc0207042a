"""The life of a transfer: its steps as functions of the database, and the days on which both ends see the child."""

from django.db import migrations, models

from sharing.conditions import COMING_TO_ME, LEAVING_ME
from sharing.rls import replace_reads
from sharing.sql import arrivals as arrivals_sql
from sharing.sql import transfers as transfers_sql

READS_BEFORE = f"({COMING_TO_ME}) OR ({LEAVING_ME})"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0006_transfer_files")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="arrived_on",
            field=models.DateField(editable=False, help_text="Kept by the database, from the enrolments.", null=True),
        ),
        migrations.AddField(
            model_name="transfer",
            name="asserted_by",
            field=models.BigIntegerField(help_text="The person, who never accepts what they asserted (R7).", null=True),
        ),
        migrations.AddField(model_name="transfer", name="lapse_noted_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="transfer", name="overdue_told_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="transfer",
            name="reminders",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Sent while it waits."),
        ),
        migrations.RunSQL(arrivals_sql.CREATE, arrivals_sql.DROP),
        migrations.RunSQL(arrivals_sql.CATCH_UP, migrations.RunSQL.noop),
        migrations.RunSQL(transfers_sql.CREATE, transfers_sql.DROP),
        migrations.RunSQL(replace_reads("sharing_transfer"), replace_reads("sharing_transfer", READS_BEFORE)),
    ]
