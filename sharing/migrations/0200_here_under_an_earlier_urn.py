"""A child who was on roll before an establishment had its URN has not joined since (A2). No row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0199_figures_of_an_earlier_urn")]

    operations = [
        migrations.AddField(
            "enrolment",
            "here_since",
            models.DateField(help_text="The first day, where that was under an earlier URN (A2).", null=True),
        ),
    ]
