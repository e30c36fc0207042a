"""Reports that a comparison of establishments was misused (P8, R20). A new table only."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import misuse


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0021_report_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="MisuseReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "page",
                    models.CharField(
                        choices=[
                            ("key-data", "Key Data of an establishment"),
                            ("deeper", "Deeper Data of an establishment"),
                            ("reports", "A standard report of an establishment"),
                            ("establishment", "The page of an establishment"),
                            ("establishments", "The list of establishments"),
                            ("school-finder", "The School Finder"),
                        ],
                        max_length=14,
                    ),
                ),
                ("measure", models.SlugField(blank=True, db_default="", default="")),
                (
                    "releases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                ("happened", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("who", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("form_key", models.UUIDField(default=uuid.uuid4)),
                ("reported_by_id", models.BigIntegerField()),
                ("reported_by_name", models.CharField(max_length=200)),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "Waiting to be looked at"),
                            ("acknowledged", "Being looked into"),
                            ("closed", "Closed"),
                        ],
                        db_default="reported",
                        default="reported",
                        max_length=12,
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_misuse", "No misuse"),
                            ("advice", "Settled with advice"),
                            ("to_refer", "To be referred to the Locality Achievement Partnership"),
                        ],
                        db_default="",
                        default="",
                        max_length=9,
                    ),
                ),
                ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reported_by_id", "form_key"), name="one_report_for_each_form"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state", "closed"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True), ("closed_at", None), ("outcome", "")
                            ),
                            _connector="OR",
                        ),
                        name="misuse_closed_with_an_outcome",
                    ),
                ],
            },
        ),
        migrations.RunSQL(misuse.CREATE, misuse.DROP),
        migrations.RunSQL(protect("sharing_misusereport"), unprotect("sharing_misusereport")),
    ]
