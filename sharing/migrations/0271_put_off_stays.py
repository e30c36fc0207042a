"""A request for a child's own records that is recorded again keeps the day to which it was put off (R18).

No row is changed.
"""

from django.db import migrations

from sharing.sql.subject_access import PUT_OFF_IS_LOST, PUT_OFF_STAYS


class Migration(migrations.Migration):
    dependencies = [("sharing", "0270_requests_hold")]

    operations = [migrations.RunSQL(PUT_OFF_STAYS, PUT_OFF_IS_LOST)]
