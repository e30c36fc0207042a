"""A contract that two decisions ended is back once both are lifted, and its head is told (P17, R25, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import sanctions_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0119_two_of_the_others")]

    operations = [
        migrations.RunSQL(sanctions_sql.BACK + sanctions_sql.ENACT, migrations.RunSQL.noop),
        migrations.RunSQL(sanctions_sql.SPONSORS, "DROP FUNCTION access_register_contracts_back;"),
    ]
