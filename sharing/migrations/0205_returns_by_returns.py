"""A return has come when a return has brought records, not when a child came with one of that day (R23). No row is changed."""

from django.db import migrations

from sharing.sql import accuracy


class Migration(migrations.Migration):
    dependencies = [("sharing", "0200_here_under_an_earlier_urn")]

    operations = [migrations.RunSQL(accuracy.RECORD_DAYS_OF_RETURNS, accuracy.RECORD_DAYS_OF_ANY)]
