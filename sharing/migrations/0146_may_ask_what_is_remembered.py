"""A database from before migration 0131 gets what a new one has: the application may ask by its functions."""

from importlib import import_module

from django.db import migrations

from sharing.rls import BY_TABLE

RIGHTS = "GRANT EXECUTE ON FUNCTION portal_sight, portal_sees_whole TO portal_app, portal_batch;"
# 0131 leaves these alone.
OF_IMPORTS = import_module("sharing.migrations.0005_conversation").NARROW
DELETES = f"ALTER POLICY app_deletes ON sharing_import USING ({BY_TABLE['sharing_import'].writes});"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0145_earlier_results")]

    operations = [migrations.RunSQL(RIGHTS + OF_IMPORTS + DELETES, migrations.RunSQL.noop)]
