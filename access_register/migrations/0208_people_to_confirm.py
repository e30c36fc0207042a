"""The review asks of people, and not of lines: the words alone (R34). No row is changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access_register", "0207_new_support_told")]

    operations = [
        migrations.AlterField(
            "reviewnotice",
            "kind",
            models.CharField(
                choices=[
                    ("review_reminder", "People to confirm"),
                    ("review_result", "What became of people who were not confirmed"),
                    ("review_changed", "To the person whose access it was"),
                ],
                max_length=20,
            ),
        ),
    ]
