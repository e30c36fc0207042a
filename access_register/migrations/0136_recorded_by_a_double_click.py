"""A first head who is recorded by a form that is sent twice is written to once (A9). No row is changed."""

from django.db import migrations

from access_register.headships import first_head_sql


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0133_no_review_of_keeping_duties"),
        ("sharing", "0149_closed_by_a_double_click"),
    ]

    operations = [migrations.RunSQL(first_head_sql.RECORDED_ONCE, first_head_sql.RECORDED_EACH_TIME)]
