"""The right to keep duties lasts as long as was said: nobody can confirm it, so no term ends it (R9). Few rows."""

from django.db import migrations

LASTS = "UPDATE access_register_duty SET confirmed_until = NULL WHERE data = 'manage_duties' AND ended_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("access_register", "0132_destroyed_as_they_wrote")]

    operations = [migrations.RunSQL(LASTS, migrations.RunSQL.noop)]
