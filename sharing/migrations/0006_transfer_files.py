"""That a transfer file was made is written by this function alone, for those who keep the sender's records (R8)."""

from django.db import migrations

MADE = """
CREATE FUNCTION sharing_transfer_files_made(wanted bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE sharing_transfer SET file_sent_at = now()
    WHERE id = ANY (wanted) AND leaving_id IS NOT NULL AND agreed_on IS NOT NULL AND cancelled_at IS NULL
      AND from_establishment_id IN (SELECT portal_establishments('keep_records'))
      AND leaving_id IN (SELECT id FROM sharing_pupil WHERE visible @> CURRENT_DATE)
$$;
REVOKE ALL ON FUNCTION sharing_transfer_files_made FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sharing_transfer_files_made TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0005_conversation")]

    operations = [migrations.RunSQL(MADE, "DROP FUNCTION sharing_transfer_files_made")]
