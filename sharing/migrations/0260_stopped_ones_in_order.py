"""No earlier version of figures comes out, or is shown again, while a later one is stopped (R22). No row is changed."""

from django.db import migrations

from sharing.sql import stopped_releases


class Migration(migrations.Migration):
    dependencies = [("sharing", "0251_calendar_tells")]

    operations = [migrations.RunSQL(stopped_releases.NEVER_BEFORE_A_STOPPED_ONE, stopped_releases.ALSO_BEFORE_ONE)]
