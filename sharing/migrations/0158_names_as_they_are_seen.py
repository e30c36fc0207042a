"""Letters that cannot be seen, and ` or ´ for an apostrophe, make no difference between names, and the children missing from
education stand in the order of the lists. No row is changed.

The indexes of names are made anew beside themselves, while the table is in use.
"""

from django.db import migrations

from sharing.sql import finding, missing_children


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sharing", "0157_an_index_in_order_of_names")]

    operations = [
        migrations.RunSQL(finding.AS_SEEN, finding.NOT_AS_SEEN),
        migrations.RunSQL(missing_children.MISSING_IN_ORDER_OF_NAMES, missing_children.MISSING_IN_ORDER_AS_BEFORE),
    ]
