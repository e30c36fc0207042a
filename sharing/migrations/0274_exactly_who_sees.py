"""Who is told to see a child sees it, and of a broken glass the head alone is told (R9, R18). No row is changed."""

from django.db import migrations

from sharing.sql.ways_past import EXACTLY, NEARLY


class Migration(migrations.Migration):
    dependencies = [("sharing", "0273_who_may_see")]

    operations = [migrations.RunSQL(EXACTLY, NEARLY)]
