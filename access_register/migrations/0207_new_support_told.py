"""Level 1 is told of a new request for support (P8, R20). No row is changed."""

from django.db import migrations

from access_register.notices.answer_sql import ANSWERED_SUPPORT_ALONE, NEW_SUPPORT_TOO


class Migration(migrations.Migration):
    dependencies = [("access_register", "0206_downloads_of_ended_schools")]

    operations = [migrations.RunSQL(NEW_SUPPORT_TOO, ANSWERED_SUPPORT_ALONE)]
