"""When people were told that a closing lapses. Two empty columns: nothing is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0062_named_children")]

    operations = [
        migrations.AddField(
            "closing", "warned_at",
            models.DateTimeField(null=True, help_text="When people were told that it is about to lapse."),
        ),
        migrations.AddField(
            "closing", "lapse_told_at",
            models.DateTimeField(null=True, help_text="When people were told that it has lapsed."),
        ),
    ]  # fmt: skip
