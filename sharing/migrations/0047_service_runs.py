"""When the service's jobs last ran and how they ended (A17)."""

from django.db import migrations, models

from sharing.sql.service import DROP_RUNS, RUNS


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0045_community"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceRun",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("daily", "Daily work"),
                            ("worker", "Background worker"),
                            ("ledger", "Ledger verified"),
                            ("keys", "Values under the key in use"),
                            ("key", "Key in use"),
                            ("backup", "Backup"),
                            ("post", "E-mail"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("last_good_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Ended well"), ("failed", "Failed")], max_length=8
                    ),
                ),
                ("about", models.JSONField(db_default={}, default=dict)),
            ],
        ),
        migrations.RunSQL(RUNS, DROP_RUNS),
    ]
