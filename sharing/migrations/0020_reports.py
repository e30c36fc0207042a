"""Standard reports: what is to be made, and what was made."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0019_own_groups_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("governors", "Report for governors"), ("full", "Full report")], max_length=10
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("shares", models.BooleanField()),
                (
                    "releases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Ids of the releases whose figures stand in it.",
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("empty", "Nothing is out yet"),
                            ("waiting", "Waiting to be made"),
                            ("making", "Being made"),
                            ("made", "Ready"),
                            ("failed", "Could not be made"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "is_awaited",
                    models.BooleanField(
                        db_default=False, default=False, help_text="Somebody has asked for it: it is next."
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("progress", models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Per cent.")),
                ("made_at", models.DateTimeField(null=True)),
                ("size", models.PositiveIntegerField(db_default=0, default=0, help_text="Bytes.")),
                ("pages", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("sealed", models.BinaryField(null=True)),
                ("looked_on", models.DateField(null=True)),
                (
                    "looked_releases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="sharing.establishment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("establishment", "kind", "fingerprint"), name="one_report_of_each_content"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sealed__isnull", False), ("state", "made")),
                            models.Q(models.Q(("state", "made"), _negated=True), ("sealed", None)),
                            _connector="OR",
                        ),
                        name="report_is_made_or_is_not",
                    ),
                ],
            },
        ),
    ]
