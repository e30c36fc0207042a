from django.db import migrations

from sharing.rules import IN_INDEXES, text_of

# As portal_find_alike searches it, to the letter (sql/finding.sql).
PUPILS_BY_SOUND = """
CREATE INDEX CONCURRENTLY pupils_by_sound_of_name ON sharing_pupil USING gin (sharing_sounds(
    surname || ' ' || forename || ' ' || middle_names || ' ' || preferred_surname))
"""
NO_PUPILS_BY_SOUND = "DROP INDEX CONCURRENTLY IF EXISTS pupils_by_sound_of_name"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0009_names_on_record")]
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch", ""),
        migrations.RunSQL(text_of(IN_INDEXES), "DROP FUNCTION sharing_sounds"),
        migrations.RunSQL(NO_PUPILS_BY_SOUND, ""),  # what is left if the next step was cut off
        migrations.RunSQL(PUPILS_BY_SOUND, NO_PUPILS_BY_SOUND),
    ]
