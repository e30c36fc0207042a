"""Of whom Admissions has told a school without a UPN is not missing from education (R9). No row is changed."""

from django.db import migrations

from sharing.sql import missing_children


class Migration(migrations.Migration):
    dependencies = [("sharing", "0197_taken_up_as_told")]

    operations = [migrations.RunSQL(missing_children.NOT_WHO_IS_TOLD_OF, missing_children.WHO_IS_TOLD_OF_TOO)]
