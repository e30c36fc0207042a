"""Nobody looks at a report against an establishment on whose register they are (P17, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import roles_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0123_drawn_from_every_locality")]

    operations = [migrations.RunSQL(roles_sql.MANAGERS, migrations.RunSQL.noop)]
