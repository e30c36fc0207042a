"""Children missing from education are found in one pass over all stays (R9). No row is changed."""

from django.db import migrations

from sharing.sql import missing_children


class Migration(migrations.Migration):
    dependencies = [("sharing", "0195_pupils_of_one_place")]

    operations = [migrations.RunSQL(missing_children.MISSING_IN_ONE_PASS, missing_children.MISSING_IN_THREE)]
