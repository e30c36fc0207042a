"""Children are listed and found in the order of their names, whatever accents, capitals and apostrophes these have.

The index keeps them in that order, so that a list sorts no school (tests/locks/test_lists_by_name.py).
"""

from django.db import migrations, models
from django.db.models import F

from sharing.models.plain import Plain
from sharing.sql import finding


class Migration(migrations.Migration):
    dependencies = [("sharing", "0152_centres_close")]

    operations = [
        migrations.RunSQL(finding.IN_ORDER_OF_NAMES, finding.IN_ORDER_AS_BEFORE),
        migrations.RemoveIndex(model_name="pupil", name="pupils_by_name_and_days"),
        migrations.AddIndex(
            model_name="pupil",
            index=models.Index(
                F("establishment"), Plain("surname"), Plain("forename"), F("id"),
                include=("visible", "year_group"), name="pupils_by_name_and_days",
            ),
        ),
    ]  # fmt: skip
