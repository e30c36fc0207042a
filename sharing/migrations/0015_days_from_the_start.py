"""A pupil's record comes with its days of visibility where its enrolments are there before it, and is written once."""

from django.db import migrations

from sharing.sql.arrivals import DAYS

KEEP = """
CREATE OR REPLACE FUNCTION sharing_keep_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.visible := CASE WHEN TG_OP = 'INSERT' THEN {new} ELSE OLD.visible END;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0014_light_imports")]

    operations = [
        migrations.RunSQL(KEEP.format(new=DAYS.replace("pupil.id", "NEW.id")), KEEP.format(new="'{}'::datemultirange")),
    ]
