"""A child of the same name and day of birth is looked up by both: of an authority some twenty are born on each day."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0180_absence_of_all_ages")]

    operations = [
        AddIndexConcurrently(
            "pupil", models.Index(fields=["born_on", "surname", "forename"], name="pupils_by_birth_and_name")
        ),
        RemoveIndexConcurrently("pupil", "pupils_by_birth"),
    ]
