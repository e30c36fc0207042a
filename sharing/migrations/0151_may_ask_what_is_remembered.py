"""A database from before migration 0131 gets the rights that a new one has: the application asks by these functions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sharing", "0143_quicker_lists")]

    operations = [
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION portal_sight, portal_sees_whole TO portal_app, portal_batch",
            migrations.RunSQL.noop,
        )
    ]
