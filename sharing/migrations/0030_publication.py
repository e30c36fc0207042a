"""How a release of open statistics is asked for, by which rules it is protected, when it may be scheduled (R11, R22)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sharing.rls import protect, unprotect
from sharing.sql.publication import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0027_officers"),
    ]

    operations = [
        migrations.AddField(
            model_name="statisticsdimension",
            name="impossible",
            field=models.JSONField(
                db_default=[],
                default=list,
                help_text="[member, other dimension, its member] that no pupil can be in at once.",
            ),
        ),
        migrations.CreateModel(
            name="StatisticsRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base", models.PositiveSmallIntegerField(help_text="Counts are multiples of it.")),
                ("rate_from", models.PositiveSmallIntegerField(help_text="A rate stands on a count of at least this.")),
                (
                    "held",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None
                    ),
                ),
                ("public", models.JSONField(default=list)),
                ("lost", models.JSONField()),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="protected_by", to="sharing.release"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatisticsRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("academic_year", models.PositiveSmallIntegerField()),
                ("because", models.CharField(blank=True, default="", max_length=300)),
                ("coarsen", models.BooleanField(default=False, help_text="Show less rather than refuse.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for its turn"),
                            ("working", "Being prepared"),
                            ("done", "Prepared"),
                            ("refused", "Cannot be published"),
                            ("failed", "Failed: nothing was prepared"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("progress", models.CharField(blank=True, db_default="", default="", max_length=100)),
                ("said", models.TextField(blank=True, db_default="", default="")),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("asked_by", models.CharField(max_length=200)),
                ("asked_by_id", models.BigIntegerField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.release"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "working"])),
                        fields=("academic_year",),
                        name="one_request_for_statistics_of_a_year",
                    )
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
        *[
            migrations.RunSQL(protect(table), unprotect(table))
            for table in ("sharing_statisticsrules", "sharing_statisticsrequest")
        ],
    ]
