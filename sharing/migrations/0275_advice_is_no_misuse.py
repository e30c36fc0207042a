"""Advice without a misuse: the words alone, since a misuse is referred (P17). No row is changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0274_exactly_who_sees")]

    operations = [
        migrations.AlterField(
            "misusereport",
            "outcome",
            models.CharField(
                max_length=9,
                choices=[
                    ("no_misuse", "No misuse"),
                    ("advice", "No misuse, but advice was given"),
                    ("to_refer", "To be referred to the Locality Achievement Partnership"),
                ],
                blank=True,
                default="",
                db_default="",
            ),
        ),
    ]
