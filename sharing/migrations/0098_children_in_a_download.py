"""Whose records are in a file that waits to be collected: it is given out while each of them is seen (R18, R44)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0095_named_with_an_authoriser")]

    operations = [
        migrations.AddField(
            "downloadsecret",
            "pupils",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (pupils) ON sharing_downloadsecret TO portal_app",
            "REVOKE UPDATE (pupils) ON sharing_downloadsecret FROM portal_app",
        ),
    ]
