"""Confidential items and consents, withdrawn ones too, go on under the URN of who carries on (A2, R26)."""

from django.db import migrations

from sharing.sql.restricted import GOES_ALONG, GOES_ALONG_NO_MORE


class Migration(migrations.Migration):
    dependencies = [("sharing", "0140_told_from_outside")]

    operations = [migrations.RunSQL(GOES_ALONG, GOES_ALONG_NO_MORE)]
