"""What one information manager would close waits for another while there is one (R41). No row is changed."""

from django.db import migrations

from access_register.breaches import alone_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0152_certified_anew")]

    operations = [migrations.RunSQL(alone_sql.CREATE, alone_sql.DROP)]
