"""A case knows the report of misuse it was made of, and who passed it on does not judge it (P17, R41). No row is
changed."""

from django.db import migrations, models

from access_register.breaches.passed_on_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("access_register", "0209_misuse_is_a_breach")]

    operations = [
        migrations.AddField(
            "breach",
            "of_misuse",
            models.BigIntegerField(help_text="The report of misuse that it was made of.", null=True, unique=True),
        ),
        migrations.AddField(
            "breach",
            "passed_on_by_id",
            models.BigIntegerField(help_text="The officer who found that it was a misuse.", null=True),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
