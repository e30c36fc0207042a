"""What is held at one establishment is asked more simply; its pupils are counted in an index (R6, R45).

The index is made beside its predecessor, while the table is in use.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from sharing.sql import holdings


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0142_requests_left_behind")]

    operations = [
        migrations.RunSQL(holdings.AT_ONE_PLACE, holdings.AT_ONE_PLACE_AS_BEFORE),
        AddIndexConcurrently(
            "pupil",
            models.Index(
                fields=["establishment", "surname", "forename", "id"],
                include=["visible", "year_group"],
                name="pupils_by_name_and_days",
            ),
        ),
        RemoveIndexConcurrently("pupil", "pupils_by_name"),
    ]
