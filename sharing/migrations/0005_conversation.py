"""What may happen to an import, said by the database: who uploads, what follows on what, when the file is forgotten.

New constraints and a column with a default on a table of some thousand rows: nothing is rewritten.
"""

from django.db import migrations, models

from sharing.conditions import KEEPS_RECORDS
from sharing.rls import BY_TABLE, replace_reads

WRITES_BEFORE = "state IN ('uploaded', 'to_apply', 'discarded')"
NARROW = f"""
REVOKE UPDATE ON sharing_import FROM portal_app;
GRANT UPDATE (state, settled_by, finished_at) ON sharing_import TO portal_app;
ALTER POLICY app_inserts ON sharing_import WITH CHECK (
    {KEEPS_RECORDS} AND by_person_id = portal_asker() AND state = 'uploaded'
    AND report = '{{}}' AND problems = '[]' AND settled_by = '' AND finished_at IS NULL);
ALTER POLICY app_updates ON sharing_import
    USING ({KEEPS_RECORDS} AND state IN ('uploaded', 'checking', 'ready'))
    WITH CHECK ({KEEPS_RECORDS} AND state IN ('to_apply', 'discarded'));
ALTER POLICY app_inserts ON sharing_importpiece WITH CHECK (EXISTS (
    SELECT FROM sharing_import WHERE sharing_import.id = of_id AND state = 'uploaded' AND by_person_id = portal_asker()));
"""
WIDEN = f"""
GRANT UPDATE ON sharing_import TO portal_app;
ALTER POLICY app_inserts ON sharing_import WITH CHECK ({KEEPS_RECORDS} AND {WRITES_BEFORE});
ALTER POLICY app_updates ON sharing_import
    USING ({KEEPS_RECORDS} AND {WRITES_BEFORE}) WITH CHECK ({KEEPS_RECORDS} AND {WRITES_BEFORE});
ALTER POLICY app_inserts ON sharing_importpiece WITH CHECK ({BY_TABLE["sharing_importpiece"].writes});
"""
# Nobody applies what was not checked, and a settled import stays settled. The file goes with the end of the conversation,
# whoever ends it: the web application may not delete pieces by itself.
STEPS = """
CREATE FUNCTION sharing_import_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'to_apply' AND OLD.state <> 'ready' OR NEW.state = 'applying' AND OLD.state <> 'to_apply'
       OR OLD.state IN ('refused', 'applied', 'discarded', 'failed') THEN
        RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER steps BEFORE UPDATE OF state ON sharing_import
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION sharing_import_steps();
CREATE FUNCTION sharing_forget_file() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM sharing_importpiece WHERE of_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_file AFTER UPDATE OF state ON sharing_import
    FOR EACH ROW WHEN (NEW.state IN ('refused', 'applied', 'discarded', 'failed')) EXECUTE FUNCTION sharing_forget_file();
"""
NO_STEPS = """
DROP TRIGGER forget_file ON sharing_import;
DROP TRIGGER steps ON sharing_import;
DROP FUNCTION sharing_forget_file, sharing_import_steps;
"""
OPEN = ["uploaded", "checking", "ready", "to_apply", "applying"]


class Migration(migrations.Migration):
    dependencies = [("sharing", "0004_pupils_and_staff")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="tries",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How often the worker has begun to check, or to apply, it."
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", OPEN)),
                fields=("establishment", "kind", "file_hash"),
                name="one_conversation_about_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                condition=models.Q(("establishment", None), ("state__in", OPEN)),
                fields=("kind", "file_hash"),
                name="one_conversation_about_a_file_of_all",
            ),
        ),
        migrations.RunSQL(replace_reads("sharing_import"), migrations.RunSQL.noop),
        migrations.RunSQL(NARROW, WIDEN),
        migrations.RunSQL(STEPS, NO_STEPS),
    ]
