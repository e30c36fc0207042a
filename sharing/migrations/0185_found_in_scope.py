"""A search counts no child of a third party's other sponsor (R6, R24). No row is changed."""

from django.db import migrations

from sharing.sql import finding


class Migration(migrations.Migration):
    dependencies = [("sharing", "0181_pupils_by_birth_and_name")]

    operations = [migrations.RunSQL(finding.FOUND_IN_SCOPE, finding.FOUND_AS_BEFORE)]
