"""Offers of support, and requests for them (P8). New tables only."""

import django.db.models.deletion
from django.db import migrations, models

import sharing.fields
from sharing.rls import protect, unprotect
from sharing.sql import support

TABLES = ("sharing_supportoffer", "sharing_supportrequest")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0054_nothing_to_subtract"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "challenge",
                    models.CharField(
                        choices=[
                            ("attendance", "Attendance"),
                            ("persistent_absence", "Persistent absence"),
                            ("early_years", "Early years"),
                            ("reading", "Reading and phonics"),
                            ("writing", "Writing"),
                            ("maths", "Maths"),
                            ("disadvantaged", "Attainment of disadvantaged pupils"),
                            ("sen", "Special educational needs"),
                            ("eal", "English as an additional language"),
                            ("behaviour", "Behaviour and suspensions"),
                            ("transition", "Moving on to the next school"),
                            ("wellbeing", "Wellbeing of pupils"),
                            ("governance", "Governance"),
                            ("recruitment", "Finding and keeping staff"),
                            ("records", "Keeping records and returns"),
                        ],
                        max_length=20,
                    ),
                ),
                ("what", models.TextField(max_length=2000)),
                ("for_whom", models.CharField(max_length=300)),
                ("how", models.CharField(max_length=500)),
                ("until", models.DateField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("made_by_name", models.CharField(max_length=200)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SupportRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", sharing.fields.EncryptedTextField(editable=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("taken_back", "Taken back"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_by_name", models.CharField(max_length=200)),
                ("answer", sharing.fields.EncryptedTextField(editable=True, null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "from_establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sharing.establishment"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="sharing.supportoffer"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="supportoffer",
            constraint=models.UniqueConstraint(
                fields=("id", "establishment"), name="support_offer_with_its_establishment"
            ),
        ),
        migrations.AddConstraint(
            model_name="supportoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("establishment", "challenge"),
                name="one_support_offer_of_each_challenge",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("offer", "from_establishment"),
                name="one_waiting_request_for_support",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("establishment", models.F("from_establishment")), _negated=True),
                name="support_from_another_establishment",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="support_request_answered_when",
            ),
        ),
        migrations.RunSQL(support.CREATE, support.DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
