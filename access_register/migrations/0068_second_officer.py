"""A second officer of the same name waits for another information manager (R38). Officers on record stay as they are."""

from django.db import migrations, models

from access_register.officers import second_officer_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0067_closing_notices")]

    operations = [
        migrations.AddField(
            "officerappointment", "recorded_by_id",
            models.BigIntegerField(null=True, help_text="Nobody for what the service has recorded."),
        ),
        migrations.AddField(
            "officerappointment", "awaits_second",
            models.BooleanField(
                default=False, db_default=False,
                help_text="Opens nothing until another information manager has confirmed it.",
            ),
        ),
        migrations.RunSQL(second_officer_sql.CREATE, second_officer_sql.DROP),
    ]  # fmt: skip
