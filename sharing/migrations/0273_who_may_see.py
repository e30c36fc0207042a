"""Who may see a child's record is told to its head, and to officers, as far as they may be told (R9, R18).

No row is changed.
"""

from django.db import migrations

from sharing.sql.ways_past import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("sharing", "0272_own_lists")]

    operations = [migrations.RunSQL(CREATE, DROP)]
