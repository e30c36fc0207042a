"""Whoever tells of a child from outside does not find out where a closed child is on roll (R18)."""

from django.db import migrations

from sharing.sql.transfers import TELLS_AS_BEFORE, TELLS_OF_NO_CLOSED


class Migration(migrations.Migration):
    dependencies = [("sharing", "0136_record_days_by_index")]

    operations = [migrations.RunSQL(TELLS_OF_NO_CLOSED, TELLS_AS_BEFORE)]
