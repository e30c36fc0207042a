"""Whole numbers of an establishment that a protected one stands for are read by who sees its pupils alone (R11, R12)."""

import django.contrib.postgres.fields
from django.db import migrations, models

from sharing.rls import replace_reads
from sharing.sql.covered_figures import CREATE, DROP, READS_BEFORE


class Migration(migrations.Migration):
    dependencies = [("sharing", "0118_birthdays_first")]

    operations = [
        migrations.AddField(
            "figure",
            "covered_by",
            django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), db_default=[], default=list),
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(replace_reads("sharing_figure"), replace_reads("sharing_figure", READS_BEFORE)),
    ]
