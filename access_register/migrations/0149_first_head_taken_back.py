"""A first head who was recorded by mistake is taken back (R35, R44, A7). No row is changed."""

from django.db import migrations

from access_register.headships import first_head_back_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0148_taken_out")]

    operations = [migrations.RunSQL(first_head_back_sql.CREATE, first_head_back_sql.DROP)]
