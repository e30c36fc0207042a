"""Why GIAS says that an establishment was opened or closed: a merger is nobody's going on (A2). The next file fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0227_awaited_looked_up")]

    operations = [
        migrations.AddField(
            "establishment",
            "reason_opened_code",
            models.PositiveSmallIntegerField(help_text="Of GIAS, as 1 for an amalgamation.", null=True),
        ),
        migrations.AddField(
            "establishment",
            "reason_closed_code",
            models.PositiveSmallIntegerField(help_text="Of GIAS, as 1 for a merger.", null=True),
        ),
    ]
