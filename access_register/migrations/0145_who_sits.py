"""Nobody sits on a panel for an establishment that has left, nor as an officer who waits (R16, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import sits_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0140_one_place_without_head")]

    operations = [migrations.RunSQL(sits_sql.CREATE, sits_sql.DROP)]
