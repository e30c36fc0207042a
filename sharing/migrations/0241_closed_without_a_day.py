"""No child goes to a school that the national register calls closed without giving the day (R7)."""

from django.db import migrations

from sharing.sql import transfers


class Migration(migrations.Migration):
    dependencies = [("sharing", "0240_reasons_of_gias")]

    operations = [migrations.RunSQL(transfers.CLOSED_WITHOUT_A_DAY, transfers.CLOSED_BY_DAY)]
