"""Of the others who look at a closed report, two close it as well (P17, R41). One column; few rows are changed."""

import django.contrib.postgres.fields
from django.db import migrations, models

from access_register.breaches import others_sql, roles_sql

# Whoever had closed it stays away; the others have said nothing yet.
BEFORE = """
UPDATE access_register_breach SET closed_before = closed_by, closed_by = '{}' WHERE asked_again_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("access_register", "0114_others_look")]

    operations = [
        migrations.AddField(
            model_name="breach",
            name="closed_before",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(BEFORE + roles_sql.MANAGERS + others_sql.ASK_AGAIN, migrations.RunSQL.noop),
    ]
