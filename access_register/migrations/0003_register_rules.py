"""The register's lines under row-level security: one's own, and those of the registers one keeps."""

from django.db import migrations

from sharing.rls import protect, unprotect

TABLE = "access_register_registerline"


class Migration(migrations.Migration):
    dependencies = [("access_register", "0002_initial"), ("sharing", "0002_database_rules")]

    operations = [migrations.RunSQL(protect(TABLE), unprotect(TABLE))]
