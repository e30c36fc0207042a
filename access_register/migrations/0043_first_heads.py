"""New establishments on EduNet, and their first head: three functions (R9, R32, A7)."""

from django.db import migrations

from access_register.headships import first_head_sql


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0016_officers"),
        ("sharing", "0045_community"),
    ]

    operations = [
        migrations.RunSQL(first_head_sql.CREATE, first_head_sql.DROP),
    ]
