"""No disposal runs while a request for a child's own records is put on record (P5, R18). No row is changed."""

from django.db import migrations

from sharing.sql.subject_access import HOLDS, HOLDS_NO_MORE


class Migration(migrations.Migration):
    dependencies = [("sharing", "0260_stopped_ones_in_order")]

    operations = [migrations.RunSQL(HOLDS, HOLDS_NO_MORE)]
