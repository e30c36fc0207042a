"""Lists over several establishments are put in the order of names in half the time. No row and no index is changed.

Until it connects anew, a process that was connected before sorts what it could read in order.
"""

from django.db import migrations

from sharing.sql import finding


class Migration(migrations.Migration):
    dependencies = [("sharing", "0169_establishments_in_order")]

    operations = [migrations.RunSQL(finding.INLINED, finding.CALLED)]
