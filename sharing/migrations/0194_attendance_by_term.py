"""The newest term at an establishment is found without reading all that was ever counted there. No row is changed.

The index by establishment alone goes: the new one begins with it. Both while the table is in use.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

ALONE = "sharing_attendance_establishment_id_57dc00d1"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0188_another_last_day")]

    operations = [
        AddIndexConcurrently(
            "attendance", models.Index(fields=["establishment", "academic_year", "term"], name="attendance_by_term")
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "attendance",
                    "establishment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sharing.establishment",
                    ),
                )
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {ALONE}",
                    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {ALONE} ON sharing_attendance (establishment_id)",
                )
            ],
        ),
    ]
