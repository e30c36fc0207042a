"""Whose staff records are in a file that waits: it may be collected on the day after, if they are still in post (R5)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0103_subject_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="downloadsecret",
            name="staff",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(
            "GRANT UPDATE (staff) ON sharing_downloadsecret TO portal_app",
            "REVOKE UPDATE (staff) ON sharing_downloadsecret FROM portal_app",
        ),
    ]
