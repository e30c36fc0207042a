"""The scope of a duty is written by whoever may keep that duty: nobody widens their own (R9)."""

from django.db import migrations

from sharing.rls import replace_writes

TABLES = ("access_register_duty_establishments", "access_register_duty_localities")


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0043_first_heads"),
    ]

    operations = [migrations.RunSQL(replace_writes(table), migrations.RunSQL.noop) for table in TABLES]
