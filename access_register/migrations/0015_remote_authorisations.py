"""Officers who may come through Citrix, and on which days (R39)."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

# It decides who reaches EduNet: the web application reads it only.
READ_ONLY = "REVOKE INSERT, UPDATE, DELETE ON access_register_remoteauthorisation FROM portal_app;"


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0013_restricted"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemoteAuthorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("recorded_by_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remote_authorisations",
                        to="access_register.officerappointment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gte", models.F("starts_on")),
                            (
                                "ends_on__lt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_on"), "+", models.Value(datetime.timedelta(days=366))
                                ),
                            ),
                        ),
                        name="remote_authorisation_of_a_year_at_most",
                    )
                ],
            },
        ),
        migrations.RunSQL(READ_ONLY, migrations.RunSQL.noop),
    ]
