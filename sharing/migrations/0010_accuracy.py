"""Challenges, returns confirmed, and what the database does for them (P9, R23). New tables only."""

import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import accuracy as accuracy_sql

TABLES = (
    "sharing_challenge",
    "sharing_challengeevent",
    "sharing_returnconfirmation",
    "sharing_returnreminder",
)


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0009_indexes_for_finding"),
    ]

    operations = [
        migrations.CreateModel(
            name="Challenge",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("pupil", "A child's record"),
                            ("staff", "A member of staff's record"),
                            ("figure", "A fact about the establishment"),
                        ],
                        max_length=6,
                    ),
                ),
                ("fact", models.CharField(max_length=30)),
                (
                    "withheld_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("contact", "Contact details"),
                            ("sen", "Special educational needs"),
                            ("attainment", "Attainment"),
                            ("attendance", "Attendance"),
                            ("suspensions", "Suspensions and exclusions"),
                        ],
                        db_default="",
                        default="",
                        max_length=20,
                    ),
                ),
                ("statement", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("raised_by_id", models.BigIntegerField(null=True)),
                ("raised_by_name", models.CharField(max_length=200)),
                ("raised_at", models.DateTimeField(auto_now_add=True)),
                ("due_on", models.DateField(help_text="The last day for the answer.")),
                (
                    "assigned_to",
                    models.CharField(
                        choices=[
                            ("school", "Level 1 of the establishment"),
                            ("data_team", "The data team of the Education Department"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("passed_on", "Passed on to the data team"),
                            ("answered", "Answered"),
                        ],
                        db_default="open",
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("corrected", "Corrected"),
                            ("not_changed", "Not changed"),
                            ("at_the_source", "Passed to the source"),
                        ],
                        db_default="",
                        default="",
                        max_length=13,
                    ),
                ),
                ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("answered_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "reminded_on",
                    models.DateField(help_text="When those who owe the answer were last reminded.", null=True),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="challenges",
                        to="sharing.staffmember",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="challenges",
                        to="sharing.pupil",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChallengeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("what", models.CharField(max_length=9)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=200)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="sharing.challenge",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("census", "School Census"), ("workforce", "School Workforce Census")],
                        max_length=9,
                    ),
                ),
                ("reference_day", models.DateField()),
                ("confirmed_by_id", models.BigIntegerField(null=True)),
                ("confirmed_by_name", models.CharField(max_length=200)),
                ("confirmed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReturnReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("census", "School Census"), ("workforce", "School Workforce Census")],
                        max_length=9,
                    ),
                ),
                ("reference_day", models.DateField()),
                ("sent_on", models.DateField()),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="challenge",
            index=models.Index(fields=["establishment", "state", "due_on"], name="challenges_by_day"),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", "pupil"), ("member", None), ("pupil__isnull", False)),
                    models.Q(("about", "staff"), ("member__isnull", False), ("pupil", None)),
                    models.Q(("about", "figure"), ("member", None), ("pupil", None)),
                    _connector="OR",
                ),
                name="challenge_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at__isnull", False),
                        ("state", "answered"),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    models.Q(models.Q(("state", "answered"), _negated=True), ("answered_at", None), ("outcome", "")),
                    _connector="OR",
                ),
                name="challenge_answered_with_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnconfirmation",
            constraint=models.UniqueConstraint(
                fields=("establishment", "kind", "reference_day"), name="one_confirmation_for_each_return"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnreminder",
            constraint=models.UniqueConstraint(
                fields=("establishment", "kind", "reference_day"), name="one_reminder_for_each_return"
            ),
        ),
        migrations.RunSQL(accuracy_sql.CREATE, accuracy_sql.DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
