"""Comparisons of the two sites, for the page that says how the last one ended (R31, R40)."""

from django.db import migrations, models

from sharing.sql.service import COMPARISONS


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0047_service_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParityRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("is_whole", models.BooleanField(help_text="Every establishment, not a sample.")),
                ("establishments", models.PositiveIntegerField()),
                ("pages", models.PositiveIntegerField()),
                ("figures", models.PositiveIntegerField()),
                ("differences", models.PositiveIntegerField()),
                ("about", models.JSONField(db_default={}, default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["-ended_at"], name="last_comparison")],
            },
        ),
        migrations.RunSQL(COMPARISONS, migrations.RunSQL.noop),
    ]
