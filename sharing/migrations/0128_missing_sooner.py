"""The children of whom nobody knows where they are: found within the time of a page at the size of an authority (R9)."""

from django.db import migrations

from sharing.sql.missing_children import MISSING_AS_BEFORE, MISSING_SOONER


class Migration(migrations.Migration):
    dependencies = [("sharing", "0123_not_ones_own_opening")]

    operations = [migrations.RunSQL(MISSING_SOONER, MISSING_AS_BEFORE)]
