"""Who sees disposals and legal holds, and what is kept beside the keys of the children (P5, R13)."""

from django.db import migrations

from sharing.rls import protect, unprotect
from sharing.sql import child_keys, retention

TABLES = ("sharing_disposal", "sharing_disposalline", "sharing_legalhold")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0081_retention"),
    ]

    operations = [
        *[migrations.RunSQL(protect(table), unprotect(table)) for table in TABLES],
        migrations.RunSQL(retention.CREATE, retention.DROP),
        migrations.RunSQL(child_keys.DISPOSED, child_keys.NOTHING_DISPOSED),
    ]
