"""The head answers for an establishment in a case at both sites (R41). No row is changed."""

from django.db import migrations

from access_register.breaches import heads_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0150_first_head_by_fact")]

    operations = [migrations.RunSQL(heads_sql.CREATE, heads_sql.DROP)]
