"""Every line has a history from its first day on, and the day it was last used."""

from typing import Any

import django.utils.timezone
from django.db import migrations, models

# A page was shown to somebody: the line by which they saw it was used today. Whoever changes a line holds its row and
# waits for the ledger, which this transaction holds: a row that is held is left for the next page.
LAST_USED = """
CREATE FUNCTION access_register_mark_used() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_register_registerline SET last_used_on = CURRENT_DATE WHERE id IN (
        SELECT line.id FROM access_register_registerline AS line
          JOIN sharing_establishment AS place ON place.id = line.establishment_id
         WHERE line.person_id = NEW.person_id AND place.urn = NEW.urn AND line.withdrawn_at IS NULL
           AND line.starts_on <= CURRENT_DATE AND (line.ends_on IS NULL OR line.ends_on >= CURRENT_DATE)
           AND line.last_used_on IS DISTINCT FROM CURRENT_DATE
           FOR NO KEY UPDATE OF line SKIP LOCKED);
    RETURN NULL;
END $$;
CREATE TRIGGER mark_used AFTER INSERT ON sharing_ledgerentry FOR EACH ROW
    WHEN (NEW.outcome = 'shown' AND NEW.through = 'schools_online' AND NEW.urn IS NOT NULL)
    EXECUTE FUNCTION access_register_mark_used();
"""
NOT_USED = "DROP TRIGGER mark_used ON sharing_ledgerentry; DROP FUNCTION access_register_mark_used;"


def begin_the_history(apps: Any, schema_editor: Any) -> None:
    """Lines that were there before there was a history get its first entry."""
    from access_register.register import history

    LineEvent = apps.get_model("access_register", "LineEvent")
    RegisterLine = apps.get_model("access_register", "RegisterLine")
    for line in RegisterLine.objects.filter(events=None):
        line.is_head = line.seat == 0
        LineEvent.objects.create(
            line=line,
            establishment_id=line.establishment_id,
            at=line.given_at,
            what="given",
            words=f"{line.given_by_name} gave this line. Earlier changes were not recorded",
            by_name=line.given_by_name,
            after=history.facts(line),
        )
    # What an index or a column is added to next must have no checks waiting.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("access_register", "0006_signin"), ("sharing", "0003_narrowing")]

    operations = [
        migrations.AlterField("lineevent", "at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.RunPython(begin_the_history, migrations.RunPython.noop),
        migrations.RunSQL(LAST_USED, NOT_USED),
    ]
