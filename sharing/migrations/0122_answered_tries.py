"""Of the tries to name a child only those that were answered count as misses (R6, R43). No row is changed."""

from django.db import migrations

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [("sharing", "0121_covered_figures")]

    operations = [migrations.RunSQL(overrides.MISSES, migrations.RunSQL.noop)]
