"""An establishment shows the figures from before it had its URN (R3, R31, A2). The next file of GIAS says of which."""

import django.db.models.deletion
from django.db import migrations, models

from sharing.sql import history


class Migration(migrations.Migration):
    dependencies = [("sharing", "0198_not_missing_when_told_of")]

    operations = [
        migrations.AddField(
            "establishment",
            "goes_on_as",
            models.OneToOneField(
                help_text="The URN under which this same establishment goes on, beyond doubt; each has one before it "
                "at most.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="went_before",
                to="sharing.establishment",
            ),
        ),
        migrations.RunSQL(history.CREATE, history.DROP),
    ]
