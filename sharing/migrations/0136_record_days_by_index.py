"""The days of records are looked up by an index, and not among all pupils (P9). No row is changed.

The index is made while the table is in use.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from sharing.sql import accuracy


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0135_one_opening_at_a_time")]

    operations = [
        AddIndexConcurrently("pupil", models.Index(fields=["establishment", "as_of"], name="pupils_by_as_of")),
        migrations.RunSQL(accuracy.RECORD_DAYS_ASKED, accuracy.ALL_RECORD_DAYS),
    ]
