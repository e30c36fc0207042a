"""What a person holds in as many rows as there are reasons; a search with less to do; copies that are forgotten."""

from django.db import migrations

from sharing.sql import copies, finding, holdings


class Migration(migrations.Migration):
    dependencies = [("sharing", "0015_days_from_the_start")]

    operations = [
        migrations.RunSQL(holdings.CREATE, holdings.DROP),
        migrations.RunSQL(finding.CREATE, finding.DROP),
        migrations.RunSQL(copies.CREATE, copies.DROP),
    ]
