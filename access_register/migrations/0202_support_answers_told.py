"""Who asked another establishment for support is told that there is an answer (R20)."""

from django.db import migrations

from access_register.notices import answer_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0201_more_answers_told")]

    operations = [migrations.RunSQL(answer_sql.SUPPORT_TOO, answer_sql.WITHOUT_SUPPORT)]
