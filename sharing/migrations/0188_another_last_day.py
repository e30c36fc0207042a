"""A type's last day on the list may be changed until it is over (A2). No row is changed."""

from django.db import migrations

from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [("sharing", "0187_no_other_register")]

    operations = [migrations.RunSQL(community.TYPE_ENDS_ON_ANOTHER_DAY, community.TYPE_ENDS_ONCE)]
