"""A school is not told where a child of its own is on the register too, nor of a child by name (R5, R6). No row is
changed."""

from django.db import migrations

from sharing.sql import accuracy, transfers


class Migration(migrations.Migration):
    dependencies = [("sharing", "0185_found_in_scope")]

    operations = [
        migrations.RunSQL(transfers.BEGUN_UNTOLD, transfers.BEGUN_AS_BEFORE),
        migrations.RunSQL(accuracy.ELSEWHERE_BY_IDENTITY, accuracy.ELSEWHERE_BY_NAME),
    ]
