"""What somebody may see is asked once in a visit, and a policy compares what it needs for almost everybody (R6, R45)."""

from django.db import migrations

from sharing import conditions as when
from sharing.rls import PROTECTED, replace_reads, replace_writes
from sharing.sql import sight

OWN_WRITES = ("sharing_import", "sharing_importpiece")  # migration 0006
READS_THEN = {"sharing_download": f"{when.MY_DOWNLOAD} OR {when.IN_MY_HANDS} OR {when.DOWNLOADS_I_WATCH}"}


def renewed(table: str) -> str:
    """Today's rules; not yet for a table of a later migration, which brings its own."""
    rules = replace_reads(table, READS_THEN.get(table, "")) + ("" if table in OWN_WRITES else replace_writes(table))
    return f"DO $do$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN {rules} END IF; END $do$;"


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0130_elsewhere_by_index"),
        ("access_register", "0124_not_of_ones_own_school"),
    ]

    operations = [
        migrations.RunSQL(sight.CREATE, sight.DROP),
        *[migrations.RunSQL(renewed(protected.table), migrations.RunSQL.noop) for protected in PROTECTED],
    ]
