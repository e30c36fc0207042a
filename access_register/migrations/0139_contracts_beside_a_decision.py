"""A contract that is recorded in the moment in which a sanction ends the third party's access does not outlive it (R41)."""

from django.db import migrations

from access_register.breaches.sanctions_sql import DOES_NOT_WAIT, WAITS_FOR_CONTRACTS


class Migration(migrations.Migration):
    dependencies = [("access_register", "0138_former_officers")]

    operations = [migrations.RunSQL(WAITS_FOR_CONTRACTS, DOES_NOT_WAIT)]
