"""A request for a child's own records at a school without a head goes to the information manager (R18)."""

from django.db import migrations

from access_register.headships import request_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0202_support_answers_told"), ("sharing", "0270_requests_hold")]

    operations = [migrations.RunSQL(request_sql.WITHOUT_HEAD, request_sql.WITH_HEAD_ALONE)]
