"""Who asked is told that there is an answer (R7, R20, R23)."""

from django.db import migrations

from access_register.notices import answer_sql


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0172_head_to_tell"),
        ("sharing", "0251_calendar_tells"),
    ]

    operations = [migrations.RunSQL(answer_sql.CREATE, answer_sql.DROP)]
