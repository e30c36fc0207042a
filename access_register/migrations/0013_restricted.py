"""A duty for confidential items, and what the register says to who sees them (R27, R28)."""

from django.db import migrations, models

from access_register.register import restricted_sql as sql


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0012_pupils_and_staff"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duty",
            name="data",
            field=models.CharField(
                choices=[
                    ("view_pupils", "Pupil information"),
                    ("view_staff", "Staff information"),
                    ("keep_records", "Bringing in files and arranging transfers"),
                    ("view_restricted", "Confidential items"),
                ],
                max_length=30,
            ),
        ),
        migrations.RunSQL(sql.CREATE, sql.DROP),
    ]
