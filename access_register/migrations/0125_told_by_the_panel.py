"""Where nobody is at the desk of a breach, its panel records who was told; the desk knows whether a panel is full
(P17, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import steps_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0124_not_of_ones_own_school")]

    operations = [
        migrations.RunSQL(steps_sql.TOLD + steps_sql.FULL + steps_sql.SEAT, migrations.RunSQL.noop),
    ]
