"""Children are found in the order of their names, whatever accents, capitals and apostrophes these have."""

from django.db import migrations

from sharing.sql import finding


class Migration(migrations.Migration):
    dependencies = [("sharing", "0152_centres_close")]

    operations = [migrations.RunSQL(finding.IN_ORDER_OF_NAMES, finding.IN_ORDER_AS_BEFORE)]
