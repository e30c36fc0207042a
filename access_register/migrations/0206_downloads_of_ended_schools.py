"""What people of a school that has ended took away is looked after on EduNet (R14). No row is changed."""

from django.db import migrations

from access_register.notices.download_sql import ENDED_TOO, NO_ENDED


class Migration(migrations.Migration):
    dependencies = [("access_register", "0205_requests_without_head")]

    operations = [migrations.RunSQL(ENDED_TOO, NO_ENDED)]
