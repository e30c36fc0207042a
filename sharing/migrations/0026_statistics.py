"""Protected statistics: what of a release is published, cell by cell (P4, R10-R12)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from sharing.rls import protect, unprotect
from sharing.sql.statistics import CREATE, DROP, TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0025_who_sees_restricted"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatisticsVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passed", models.BooleanField()),
                ("findings", models.JSONField()),
                ("loss", models.JSONField()),
                ("seconds", models.FloatField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdict", to="sharing.release"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatisticsCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=300)),
                ("indicator", models.CharField(max_length=50)),
                ("value", models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ("symbol", models.CharField(blank=True, db_default="", default="", max_length=8)),
                (
                    "step",
                    models.DecimalField(
                        decimal_places=2, help_text="To which a mean is rounded.", max_digits=5, null=True
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="sharing.release"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "key", "indicator"), name="one_number_for_each_statistics_cell"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("symbol__gt", ""), ("value", None)),
                            models.Q(("symbol", ""), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="statistics_cell_is_a_number_or_a_symbol",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatisticsDimension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField()),
                ("label", models.CharField(max_length=100)),
                ("members", models.JSONField()),
                ("place", models.PositiveSmallIntegerField(help_text="Order on a page.")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dimensions", to="sharing.release"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("release", "name"), name="one_dimension_of_a_name")],
            },
        ),
        migrations.CreateModel(
            name="StatisticsTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=100)),
                ("title", models.CharField(max_length=200)),
                (
                    "dimensions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None),
                ),
                (
                    "where",
                    models.JSONField(default=dict, help_text="{dimension: member} that holds in the whole table."),
                ),
                ("members", models.JSONField(default=dict, help_text="{dimension: [members]}, where not all of them.")),
                (
                    "indicators",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), size=None),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("open", "Open: no establishment is named"),
                            ("named", "Names establishments: for those who may read about them"),
                        ],
                        max_length=10,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="Order on a page.")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tables", to="sharing.release"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("release", "name"), name="one_table_of_a_name")],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
