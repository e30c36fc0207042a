"""Who sees a school's own groups, and who makes them (R12, R24, R35)."""

from django.db import migrations

from sharing.rls import protect, unprotect
from sharing.sql import own_groups

TABLES = ("sharing_owngroup", "sharing_owngroupmember")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0018_own_groups"),
        ("access_register", "0011_heads"),  # portal_out_of_scope, and the lines of third parties
    ]

    operations = [
        migrations.RunSQL(own_groups.CREATE, own_groups.DROP),
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
    ]
