"""Whom a closing is told to (R18)."""

from django.db import migrations

from access_register.notices import closing_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0062_orders"), ("sharing", "0067_closings_lapse")]

    operations = [migrations.RunSQL(closing_sql.CREATE, closing_sql.DROP)]
