"""Children missing from education in a fifth less time (R9). No row is changed."""

from django.db import migrations

from sharing.sql import missing_children


class Migration(migrations.Migration):
    dependencies = [("sharing", "0226_covered_by_chain")]

    operations = [migrations.RunSQL(missing_children.AWAITED_LOOKED_UP, missing_children.AWAITED_JOINED)]
