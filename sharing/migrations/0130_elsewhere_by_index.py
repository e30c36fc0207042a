"""Children who may be on two registers: found within the time of a page at the size of an authority (P9)."""

from django.db import migrations

from sharing.sql.accuracy import ELSEWHERE_AS_BEFORE, ELSEWHERE_BY_INDEX


class Migration(migrations.Migration):
    dependencies = [("sharing", "0129_covered_by_name")]

    operations = [migrations.RunSQL(ELSEWHERE_BY_INDEX, ELSEWHERE_AS_BEFORE)]
