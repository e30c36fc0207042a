"""Who passes a misuse on may name information managers who did it (P17, R41). No row is changed."""

from django.db import migrations

from access_register.breaches.of_managers_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("access_register", "0210_who_passed_it_on")]

    operations = [migrations.RunSQL(CREATE, DROP)]
