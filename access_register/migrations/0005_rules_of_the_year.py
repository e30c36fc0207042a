"""Row-level security for history, invitations, contracts and acceptances. Handovers: migration 0011_heads."""

from django.db import migrations

from sharing.rls import protect, unprotect

TABLES = [f"access_register_{table}" for table in ("lineevent", "invitation", "contract", "acceptance")]

# The web application adds to the history and never changes it; the protocol's texts are not its to write.
NOT_THE_APPLICATIONS = """
REVOKE UPDATE, DELETE ON access_register_lineevent, access_register_acceptance FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON access_register_protocolversion FROM portal_app;
GRANT UPDATE (undone_at) ON access_register_lineevent TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("access_register", "0004_register_of_the_year")]

    operations = [
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
        migrations.RunSQL(NOT_THE_APPLICATIONS, migrations.RunSQL.noop),
    ]
