"""What a head may not be told is not in what heads read of the ledger (R18); a member's record can be taken away."""

from django.db import migrations, models

from sharing.sql import barred


class Migration(migrations.Migration):
    dependencies = [("sharing", "0069_visit_notes")]

    operations = [
        migrations.RunSQL(barred.CREATE, barred.DROP),
        migrations.AlterField(
            "download",
            "kind",
            models.CharField(
                choices=[
                    ("pupils", "List of pupils"),
                    ("pupil", "Record of one pupil"),
                    ("staff", "List of staff"),
                    ("member", "Record of one member of staff"),
                    ("moves", "Joiners and leavers"),
                    ("finding", "Data quality finding"),
                    ("register", "Access Register"),
                    ("transfer-file", "Common Transfer File"),
                ],
                max_length=13,
            ),
        ),
    ]
