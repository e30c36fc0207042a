"""A sender is not told where a child of its own is on the register too (R6). No row is changed."""

from django.db import migrations

from sharing.sql import transfers


class Migration(migrations.Migration):
    dependencies = [("sharing", "0185_found_in_scope")]

    operations = [migrations.RunSQL(transfers.BEGUN_UNTOLD, transfers.BEGUN_AS_BEFORE)]
