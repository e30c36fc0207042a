"""A list of pupils is read out of an index of the names as they are put in order (R45). No row is changed.

The index is made beside its predecessor, while the table is in use.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from sharing.models.plain import in_order_of


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0156_names_in_order")]

    operations = [
        AddIndexConcurrently(
            "pupil",
            models.Index(
                "establishment",
                *in_order_of("surname", "forename"),
                "id",
                include=["visible", "year_group"],
                name="pupils_in_order_of_names",
            ),
        ),
        RemoveIndexConcurrently("pupil", "pupils_by_name_and_days"),
    ]
