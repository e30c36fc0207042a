"""A children's centre that was entered by hand gets a last day (A2). No row is changed."""

from django.db import migrations

from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [("sharing", "0149_closed_by_a_double_click")]

    operations = [migrations.RunSQL(community.CLOSE_CENTRE, "DROP FUNCTION sharing_close_centre;")]
