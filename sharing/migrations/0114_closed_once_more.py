"""A child closed without a second person is closed once more; no birth date is tried out (R6, R18). No row changed."""

from django.db import migrations, models

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0112_staff_in_a_download"),
    ]

    operations = [
        migrations.AddField(
            model_name="closing",
            name="is_renewal",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(overrides.CLOSE_CHILD, migrations.RunSQL.noop),
        migrations.RunSQL(overrides.MISSES, "DROP FUNCTION sharing_glass_misses;"),
    ]
