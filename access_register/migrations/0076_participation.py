"""The head takes an establishment out of the protocol and signs it up; who answers for it there (P6, R4, R16)."""

import django.db.models.deletion
from django.db import migrations, models

from access_register.participation import participation_sql
from sharing.rls import protect, unprotect

TABLES = ("access_register_participationstep", "access_register_responsibleperson")


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0070_breaches"),
        ("sharing", "0053_ledger_by_the_month"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParticipationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("left", "Left the protocol"), ("joined", "Signed up to the protocol")], max_length=6
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=200)),
                ("because", models.CharField(blank=True, db_default="", default="", max_length=300)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participation_steps",
                        to="sharing.establishment",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access_register.protocolversion",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["establishment", "at"], name="steps_of_an_establishment")]},
        ),
        migrations.CreateModel(
            name="ResponsiblePerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("manager", "Responsible manager"), ("signatory", "Signatory")], max_length=9
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("role", models.CharField(help_text="Their post, such as business manager.", max_length=200)),
                ("since", models.DateField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("recorded_by_name", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responsible_people",
                        to="sharing.establishment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["establishment", "part", "-recorded_at"], name="responsible_at_a_place")
                ]
            },
        ),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
        migrations.RunSQL(participation_sql.CREATE, participation_sql.DROP),
    ]
