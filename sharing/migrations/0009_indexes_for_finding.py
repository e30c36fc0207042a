"""Indexes for finding pupils and for counting how often a record was opened, made while the tables are in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# The expressions are those of portal_find_pupils and portal_times_opened, to the letter.
NAMES = """
CREATE INDEX CONCURRENTLY pupils_by_part_of_name ON sharing_pupil USING gin (
    sharing_plain(' ' || surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname) gin_trgm_ops)
"""
OPENINGS = """
CREATE INDEX CONCURRENTLY openings_of_pupils ON sharing_ledgerentry ((about -> 'pupils' ->> 0), at)
    WHERE action = 'show_pupil' AND outcome = 'shown'
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0008_finding_pupils")]

    operations = [
        AddIndexConcurrently("pupil", models.Index(fields=["born_on"], name="pupils_by_birth")),
        AddIndexConcurrently(
            "pupil",
            models.Index(
                fields=["former_upn_index"],
                name="pupils_by_former_upn",
                condition=~models.Q(former_upn_index=""),
            ),
        ),
        migrations.RunSQL(NAMES, "DROP INDEX CONCURRENTLY pupils_by_part_of_name"),
        migrations.RunSQL(OPENINGS, "DROP INDEX CONCURRENTLY openings_of_pupils"),
    ]
