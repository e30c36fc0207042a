"""Requests for support, answered ones too, go on under the URN of who carries on (A2, P8)."""

from django.db import migrations

from sharing.sql.support import GOES_ALONG, GOES_ALONG_NO_MORE


class Migration(migrations.Migration):
    dependencies = [("sharing", "0143_quicker_lists")]

    operations = [migrations.RunSQL(GOES_ALONG, GOES_ALONG_NO_MORE)]
