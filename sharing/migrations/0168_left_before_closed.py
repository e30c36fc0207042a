"""A children's centre whose head had left the protocol before it closed is not brought back (R16). No row is changed."""

from django.db import migrations

from sharing.sql import community


class Migration(migrations.Migration):
    dependencies = [("sharing", "0166_openings_of_staff")]

    operations = [migrations.RunSQL(community.REOPENS_NONE_THAT_LEFT, community.REOPENS_ALL)]
