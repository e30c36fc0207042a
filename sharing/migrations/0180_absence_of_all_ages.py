"""Which releases count the absence of all ages: those that were prepared before it was counted of pupils of 5 to 15.

A later version of such a year goes on so. Beside the earlier one, it would tell of Reception by difference (R11).
"""

from django.db import migrations, models

MARK = """
ALTER TABLE sharing_release DISABLE TRIGGER release_rules;
UPDATE sharing_release SET of_all_ages = true
WHERE dataset_id = (SELECT id FROM sharing_dataset WHERE slug = 'attendance');
ALTER TABLE sharing_release ENABLE TRIGGER release_rules;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0170_names_compared_quickly")]

    operations = [
        migrations.AddField("release", "of_all_ages", models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
