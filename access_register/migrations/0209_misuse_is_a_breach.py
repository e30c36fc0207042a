"""A misuse of a comparison that is to be referred becomes a case of a breach (P17, R20, R41). No row is changed."""

from django.db import migrations

from access_register.breaches.misuse_sql import CREATE, DROP


class Migration(migrations.Migration):
    dependencies = [("access_register", "0208_people_to_confirm"), ("sharing", "0274_exactly_who_sees")]

    operations = [migrations.RunSQL(CREATE, DROP)]
