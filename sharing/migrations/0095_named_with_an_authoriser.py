"""Children are named past no authoriser; a record opened twice is shut by one end (R18, R44). No table is rewritten."""

from django.db import migrations

from sharing.rls import replace_writes
from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [("sharing", "0089_unusual_patterns")]

    operations = [
        migrations.RunSQL(overrides.END_OPENING, migrations.RunSQL.noop),
        migrations.RunSQL(replace_writes("sharing_namedchild"), migrations.RunSQL.noop),
    ]
