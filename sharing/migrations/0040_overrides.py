"""A record opened for safeguarding, and a child closed (P7, R18). New tables, and policies that read them.

It is not taken back. Without it every closed child would be there again for everybody, which is no step of an upgrade; and
the functions and policies of other subjects that it changed where they stood would ask tables that are gone. Whoever must
go back restores the backup from before.
"""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, replace_reads, unprotect
from sharing.sql import overrides

READS_ANEW = ("pupil", "enrolment", "transfer", "freemealsperiod", "pupilchange")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0032_statistics_pages"),
        ("access_register", "0016_officers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "named",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                ("authoriser", models.CharField(help_text="Who has decided it, by name and post.", max_length=200)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("court", "Order of a court"),
                            ("protection", "Child protection (Children Act 1989)"),
                            ("witness", "Protected person or witness"),
                            ("adoption", "Adoption (Adoption and Children Act 2002)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("head_barred", models.BooleanField(default=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="The first instant at which it closes nothing.")),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_by_name", models.CharField(max_length=200)),
                ("agreed_by_id", models.BigIntegerField(null=True)),
                ("agreed_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=367))
                                ),
                            ),
                        ),
                        name="closing_of_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_by_id", None),
                            models.Q(("agreed_by_id", models.F("asked_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="closing_of_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("person_name", models.CharField(max_length=200)),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("harm", "A child may be at risk of harm"),
                            ("missing", "A child is missing"),
                            ("enquiry", "A child protection enquiry or strategy discussion"),
                            ("hospital", "A child is in hospital or in custody"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("head_barred", models.BooleanField(default=False)),
                ("before", models.PositiveSmallIntegerField(default=0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="The first instant at which it opens nothing.")),
                ("ended_at", models.DateTimeField(help_text="Ended before its time.", null=True)),
                (
                    "manager_mark",
                    models.CharField(
                        blank=True,
                        choices=[("explained", "Explained"), ("asked", "Asked to explain")],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                ("manager_mark_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "head_mark",
                    models.CharField(
                        blank=True,
                        choices=[("explained", "Explained"), ("asked", "Asked to explain")],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                ("head_mark_by", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.pupil",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person_id", "ends_at"], name="openings_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                        ),
                        name="opening_of_a_day_at_most",
                    )
                ],
            },
        ),
        migrations.RunSQL(overrides.CREATE, overrides.DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in ("sharing_opening", "sharing_closing")],
        migrations.RunSQL(overrides.HIDE),
        *[migrations.RunSQL(replace_reads(f"sharing_{table}")) for table in READS_ANEW],
    ]
