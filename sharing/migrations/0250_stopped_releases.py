"""Figures that are out are stopped at once, shown again by another person, and stay known (R11, R22, R44)."""

from django.db import migrations, models

from sharing.sql.stopped_releases import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("sharing", "0241_closed_without_a_day")]

    operations = [
        migrations.AddField("release", "stopped_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "release", "stopped_by", models.CharField(blank=True, db_default="", default="", max_length=200)
        ),
        migrations.AddField("release", "stopped_by_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "release", "stopped_because", models.CharField(blank=True, db_default="", default="", max_length=300)
        ),
        migrations.AlterField(
            "release",
            "state",
            models.CharField(
                choices=[
                    ("prepared", "Prepared: to be checked"),
                    ("checked", "Checked: to be scheduled"),
                    ("scheduled", "Scheduled"),
                    ("withdrawn", "Withdrawn before it came out"),
                    ("stopped", "Stopped after it came out"),
                ],
                default="prepared",
                max_length=10,
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
