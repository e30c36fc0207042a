"""Whoever has lately left an establishment does not judge a case against it (P17, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import places_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0130_destroyed_while_suspended")]

    operations = [migrations.RunSQL(places_sql.CREATE, places_sql.DROP)]
