"""Who asked for a closing, a disposal or a second officer is told of the answer, and whose child has left (R5, R18)."""

from django.db import migrations

from access_register.notices import answer_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0200_told_who_may_read")]

    operations = [migrations.RunSQL(answer_sql.MORE_WHO_ASKED, answer_sql.FEWER_WHO_ASKED)]
