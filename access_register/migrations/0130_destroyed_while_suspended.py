"""Who is suspended says that what they had taken away is destroyed (R14, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import destroyed_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0129_of_one_team_then"), ("sharing", "0144_support_goes_along")]

    operations = [migrations.RunSQL(destroyed_sql.CREATE, destroyed_sql.DROP)]
