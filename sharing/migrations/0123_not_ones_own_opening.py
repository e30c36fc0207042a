"""A head who is an officer too does not mark the record that they have opened themselves (R18). No row is changed."""

from django.db import migrations

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [("sharing", "0122_answered_tries")]

    operations = [migrations.RunSQL(overrides.MARK_NOT_ONES_OWN, overrides.MARK_AS_BEFORE)]
