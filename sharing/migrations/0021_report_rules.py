"""Who reads which report, held by PostgreSQL; the web application asks for one and makes none (R12, R16, R22)."""

from django.db import migrations

from sharing.rls import protect, unprotect

# The worker asks as the door does, and hears of nothing withheld: nobody asks.
NARROW = """
REVOKE UPDATE, DELETE ON sharing_report FROM portal_app;
GRANT UPDATE (is_awaited) ON sharing_report TO portal_app;
GRANT EXECUTE ON FUNCTION portal_withheld_figures TO portal_batch;
"""
WIDEN = """
REVOKE EXECUTE ON FUNCTION portal_withheld_figures FROM portal_batch;
GRANT UPDATE, DELETE ON sharing_report TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0020_reports"),
    ]

    operations = [
        migrations.RunSQL(protect("sharing_report") + NARROW, WIDEN + unprotect("sharing_report")),
    ]
