"""A child closed without a second person is closed once more, and not again (R18). One column, no row changed."""

from django.db import migrations, models

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0103_subject_access"),
    ]

    operations = [
        migrations.AddField(
            model_name="closing",
            name="is_renewal",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(overrides.CLOSE_CHILD, migrations.RunSQL.noop),
    ]
