"""A visit to one establishment sees the pupils of that one alone (R6, R45; docs/adr/0040). No row is changed."""

from django.db import migrations

from sharing.sql import sight


class Migration(migrations.Migration):
    dependencies = [("sharing", "0194_attendance_by_term")]

    operations = [migrations.RunSQL(sight.AT_ONE_PLACE, sight.WHEREVER)]
