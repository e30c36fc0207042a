"""Team, post and manager of an officer change on record (R9, R36). A new table only, and triggers that write it."""

import django.db.models.deletion
from django.db import migrations, models

from access_register.officers import appointment_sql
from sharing.rls import protect, unprotect

TABLE = "access_register_appointmentchange"
WRITTEN_BY_THE_DATABASE = f"REVOKE INSERT, UPDATE, DELETE ON {TABLE} FROM portal_app, portal_batch;"


class Migration(migrations.Migration):
    dependencies = [("access_register", "0126_letters")]

    operations = [
        migrations.CreateModel(
            name="AppointmentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField(help_text="Nobody for what the service has changed.", null=True)),
                ("by_name", models.CharField(max_length=200)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="access_register.officerappointment",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(protect(TABLE), unprotect(TABLE)),
        migrations.RunSQL(WRITTEN_BY_THE_DATABASE, migrations.RunSQL.noop),
        migrations.RunSQL(appointment_sql.CREATE, appointment_sql.DROP),
    ]
