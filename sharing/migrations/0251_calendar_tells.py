"""A release that was announced and is put off or withdrawn stays in the calendar, with the reason (R22)."""

from django.db import migrations, models

from sharing.sql.calendar import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("sharing", "0250_stopped_releases")]

    operations = [
        migrations.AddField("release", "announced_for", models.DateTimeField(null=True)),
        migrations.AddField(
            "release", "put_off_because", models.CharField(blank=True, db_default="", default="", max_length=300)
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
