"""The register's lines under row-level security: one's own, and those of the registers one keeps."""

from django.db import migrations

from sharing.rls import protect, unprotect

TABLE = "access_register_registerline"
# Appointments and duties decide what officers see: the web application reads them only.
OFFICERS = """
REVOKE INSERT, UPDATE, DELETE ON access_register_officerappointment, access_register_duty,
    access_register_duty_establishments, access_register_duty_localities FROM portal_app;
"""
# Of an account the web application changes the password and the time of the last sign-in, nothing else.
ACCOUNTS = """
REVOKE UPDATE, DELETE ON access_register_person FROM portal_app;
GRANT UPDATE (password, last_login) ON access_register_person TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("access_register", "0002_initial"), ("sharing", "0002_database_rules")]

    operations = [
        migrations.RunSQL(protect(TABLE), unprotect(TABLE)),
        migrations.RunSQL(OFFICERS, migrations.RunSQL.noop),
        migrations.RunSQL(ACCOUNTS, migrations.RunSQL.noop),
    ]
