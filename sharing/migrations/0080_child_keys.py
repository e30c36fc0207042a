"""A key for each child (R13). Values that are there stay as they are, and `manage.py rotate_keys` moves them."""

from django.db import migrations

from sharing.sql import child_keys


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0076_not_for_the_head"),
    ]

    operations = [
        migrations.RunSQL(child_keys.KEYS, child_keys.NO_KEYS),
    ]
