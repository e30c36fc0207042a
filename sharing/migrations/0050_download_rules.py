"""Who reads which download, held by PostgreSQL; what was asked for, by whom and for what, does not change (R14, R43)."""

from django.db import migrations

from sharing import conditions as when
from sharing.rls import protect, unprotect

TABLES = ("sharing_download", "sharing_downloadsecret", "sharing_downloadpiece")
READS_THEN = {"sharing_download": f"{when.MY_DOWNLOAD} OR {when.DOWNLOADS_I_WATCH}"}
# Of a row, the application writes how far it is and what became of it. Pieces and secrets go when they are collected.
NARROW = """
REVOKE UPDATE, DELETE ON sharing_download FROM portal_app;
GRANT UPDATE (state, progress, rows, size, made_at, collected_at, disposed_at, disposed_how) ON sharing_download
    TO portal_app;
REVOKE UPDATE ON sharing_downloadpiece FROM portal_app;
REVOKE UPDATE ON sharing_downloadsecret FROM portal_app;
GRANT UPDATE (passphrase, year_groups, withheld) ON sharing_downloadsecret TO portal_app;
"""
WIDEN = """
GRANT UPDATE, DELETE ON sharing_download TO portal_app;
GRANT UPDATE ON sharing_downloadpiece, sharing_downloadsecret TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0049_downloads"),
    ]

    operations = [
        migrations.RunSQL(
            "".join(protect(table, reads_then=READS_THEN.get(table, "")) for table in TABLES) + NARROW,
            WIDEN + "".join(unprotect(table) for table in reversed(TABLES)),
        ),
    ]
