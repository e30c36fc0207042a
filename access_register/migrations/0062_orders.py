"""Casework, and legal overrides that open (P7, R9, R18)."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import sharing.fields
from access_register.casework import order_sql
from sharing.rls import protect, unprotect


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0060_scope_of_duties"),
        ("sharing", "0062_named_children"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("court", "Order of a court"),
                            ("safeguarding", "Safeguarding (Children Act 1989, section 47)"),
                            ("freedom", "Freedom of Information request"),
                            ("subject", "Subject access request (UK GDPR, article 15)"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "data",
                    models.CharField(
                        choices=[
                            ("view_pupils", "Pupil information"),
                            ("view_staff", "Staff information"),
                            ("view_restricted", "Confidential items"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "withheld",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("contact", "Contact details"),
                                ("sen", "Special educational needs"),
                                ("attainment", "Attainment"),
                                ("attendance", "Attendance"),
                                ("suspensions", "Suspensions and exclusions"),
                            ],
                            max_length=20,
                        ),
                        db_default=[],
                        default=list,
                        size=None,
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("person_name", models.CharField(max_length=200)),
                (
                    "through",
                    models.CharField(
                        choices=[("schools_online", "Schools Online"), ("edunet", "EduNet")], max_length=20
                    ),
                ),
                ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("head_barred", models.BooleanField(default=False)),
                ("barred_because", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("recorded_by_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("authoriser_id", models.BigIntegerField()),
                ("authoriser_name", models.CharField(max_length=200)),
                ("authorised_at", models.DateTimeField(null=True)),
                ("ended_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="duty",
            name="is_casework",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="duty",
            name="withheld",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("contact", "Contact details"),
                        ("sen", "Special educational needs"),
                        ("attainment", "Attainment"),
                        ("attendance", "Attendance"),
                        ("suspensions", "Suspensions and exclusions"),
                    ],
                    max_length=20,
                ),
                db_default=[],
                default=list,
                help_text="Of casework: the kinds of pupil data that it does not open.",
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_casework", False), ("withheld", [])),
                    models.Q(("data", "view_pupils"), ("is_casework", True), ("whole_community", False)),
                    _connector="OR",
                ),
                name="casework_is_of_children",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="child",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.child"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="establishment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["authoriser_id"], name="orders_of_an_authoriser"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("starts_on")),
                    (
                        "ends_on__lt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                ),
                name="order_of_a_year_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("authoriser_id", models.F("recorded_by_id")), _negated=True),
                    models.Q(("authoriser_id", models.F("person_id")), _negated=True),
                ),
                name="order_authorised_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("child__isnull", False), ("data", "view_pupils"), ("establishment", None)),
                    models.Q(
                        ("child", None), ("establishment__isnull", False), ("head_barred", False), ("through", "edunet")
                    ),
                    _connector="OR",
                ),
                name="order_of_a_child_or_an_establishment",
            ),
        ),
        migrations.RunSQL(order_sql.CREATE, order_sql.DROP),
        migrations.RunSQL(protect("access_register_order"), unprotect("access_register_order")),
    ]
