"""Whom a breach is held against by mistake is taken out before it is referred (P17, R41). No row is changed."""

from django.db import migrations

from access_register.breaches import taken_out_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0145_who_sits")]

    operations = [migrations.RunSQL(taken_out_sql.CREATE, taken_out_sql.DROP)]
