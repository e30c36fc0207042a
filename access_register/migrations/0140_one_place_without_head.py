"""Whether one establishment has no head is asked of that one: a list of heads went through all of them for each line."""

from django.db import migrations

from access_register.headships import first_head_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0139_contracts_beside_a_decision")]

    operations = [migrations.RunSQL(first_head_sql.OF_ONE_PLACE, first_head_sql.OF_ALL_PLACES)]
