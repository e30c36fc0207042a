"""Who is invited as the first head stands beside the establishment, so that a list does not invite them anew (A9)."""

from django.db import migrations

from access_register.headships import first_head_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0136_recorded_by_a_double_click")]

    operations = [migrations.RunSQL(first_head_sql.WHO_IS_INVITED, first_head_sql.THAT_ONE_IS_INVITED)]
