"""A child who comes from outside takes up an old record as the child is told now (R5, R35). No row is changed."""

from django.db import migrations

from sharing.sql import transfers


class Migration(migrations.Migration):
    dependencies = [("sharing", "0196_missing_in_one_pass")]

    operations = [migrations.RunSQL(transfers.TAKEN_UP_AS_TOLD, transfers.TAKEN_UP_AS_IT_WAS)]
