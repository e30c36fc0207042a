"""Who sees confidential items, and who does what with them: functions, policies, triggers and rights (R26 to R28)."""

from django.db import migrations

from sharing.rls import protect, unprotect
from sharing.sql import restricted as sql

TABLES = ("sharing_restricteditem", "sharing_restrictedfile", "sharing_consent")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0024_restricted"),
        ("access_register", "0013_restricted"),  # portal_heads, portal_third_party_at
    ]

    operations = [
        migrations.RunSQL(sql.CREATE, sql.DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
