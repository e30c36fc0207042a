"""Heads of establishments that have left the protocol do not sit on a panel (P6, P17, R16, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import takes_part_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0139_contracts_beside_a_decision")]

    operations = [migrations.RunSQL(takes_part_sql.CREATE, takes_part_sql.DROP)]
