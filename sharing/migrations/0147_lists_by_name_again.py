"""The index of record days serves the question that it is for, and no other (P9, R45). No row is changed.

Both indexes are made and dropped while the table is in use.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from sharing.sql import accuracy


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0146_may_ask_what_is_remembered")]

    operations = [
        migrations.RunSQL(accuracy.RECORD_DAY, "DROP FUNCTION sharing_record_day"),
        AddIndexConcurrently(
            "pupil",
            models.Index(
                models.Func("establishment", "as_of", function="sharing_record_day"), name="pupils_by_record_day"
            ),
        ),
        migrations.RunSQL(accuracy.RECORD_DAYS_BY_NUMBER, accuracy.RECORD_DAYS_BY_COLUMNS),
        RemoveIndexConcurrently("pupil", "pupils_by_as_of"),
    ]
