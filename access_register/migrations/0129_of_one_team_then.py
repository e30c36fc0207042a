"""Whoever was of the team when it happened, or since, does not judge the case (R41). No row is changed."""

from django.db import migrations

from access_register.breaches import teams_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0128_told_at_once")]

    operations = [migrations.RunSQL(teams_sql.CREATE, teams_sql.DROP)]
