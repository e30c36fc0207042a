"""The outcome of a challenge about a child who has left (P9)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0082_retention_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="challenge",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("corrected", "Corrected"),
                    ("not_changed", "Not changed"),
                    ("at_the_source", "Passed to the source"),
                    ("has_left", "Closed: the child has left"),
                ],
                db_default="",
                default="",
                max_length=13,
            ),
        ),
    ]
