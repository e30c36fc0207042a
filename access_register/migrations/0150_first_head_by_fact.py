"""The first head of an establishment is known by a fact, and not by the words of the history (A7, R36).

The first events of lines of heads who were recorded on EduNet get that fact: some hundreds of rows, found by their lines.
"""

from django.db import migrations

from access_register.headships import first_head_back_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0149_first_head_taken_back")]

    operations = [migrations.RunSQL(first_head_back_sql.BY_WHAT_HAPPENED, first_head_back_sql.BY_THE_WORDS)]
