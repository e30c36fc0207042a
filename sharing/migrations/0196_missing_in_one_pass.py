"""Children missing from education are found in one pass over all stays (R9). No row is changed."""

from django.db import migrations

from sharing.sql import transfers


class Migration(migrations.Migration):
    dependencies = [("sharing", "0195_pupils_of_one_place")]

    operations = [migrations.RunSQL(transfers.MISSING_IN_ONE_PASS, transfers.MISSING_IN_THREE)]
