"""The last day of a children's centre that was recorded by mistake is taken away again (A2). No row is changed."""

from django.db import migrations

from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [("sharing", "0158_names_as_they_are_seen")]

    operations = [migrations.RunSQL(community.REOPEN_CENTRE, "DROP FUNCTION sharing_reopen_centre;")]
