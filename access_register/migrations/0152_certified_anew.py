"""A contract that an appeal brings back owes a certificate of destruction at its end (R25, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import sanctions_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0151_head_answers_at_both")]

    operations = [migrations.RunSQL(sanctions_sql.CERTIFIED_ANEW, sanctions_sql.CERTIFIED_ONCE)]
