"""That there is an answer is told to nobody who could not read it: keepers of duties, year groups (R9, R18, R35)."""

from django.db import migrations

from access_register.notices import answer_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0191_notes_left_behind")]

    operations = [migrations.RunSQL(answer_sql.WHO_MAY_READ, answer_sql.WHO_ASKED)]
