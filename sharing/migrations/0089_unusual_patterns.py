"""Unusual patterns raised from the ledger (R43, P17). A new table only."""

import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import unusual


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0087_file_names"),
        ("access_register", "0060_scope_of_duties"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnusualPattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("many", "Many children in one hour"),
                            ("night", "Outside usual hours"),
                            ("day_off", "On a day without school"),
                            ("leaving", "Just before leaving"),
                            ("surname", "The same surname"),
                            ("refused", "Refused again and again"),
                            ("glass", "Glass broken more than once a week"),
                            ("after", "After the child had left"),
                        ],
                        max_length=10,
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
                ("of_head", models.BooleanField(default=False, help_text="The person was head there on the day.")),
                ("day", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("at_most", models.PositiveIntegerField()),
                ("usual", models.PositiveIntegerField(default=0)),
                ("raised_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raised", "Waiting to be looked at"),
                            ("explained", "Explained"),
                            ("referred", "Referred"),
                        ],
                        db_default="raised",
                        default="raised",
                        max_length=10,
                    ),
                ),
                ("reason", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("settled_by_id", models.BigIntegerField(null=True)),
                ("settled_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "establishment",
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
                    models.UniqueConstraint(
                        fields=("person_id", "establishment", "kind", "day"),
                        name="pattern_raised_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by_id", None), ("state", "raised")),
                            models.Q(
                                models.Q(("state", "raised"), _negated=True),
                                ("settled_at__isnull", False),
                                ("settled_by_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="pattern_settled_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_by_id", None),
                            models.Q(("settled_by_id", models.F("person_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_settles_their_own",
                    ),
                ],
            },
        ),
        migrations.RunSQL(unusual.CREATE, unusual.DROP),
        migrations.RunSQL(protect("sharing_unusualpattern"), unprotect("sharing_unusualpattern")),
    ]
