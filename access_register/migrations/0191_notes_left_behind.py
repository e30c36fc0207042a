"""A note for a visit whose author has left is removed by an information manager (R9, R43)."""

from django.db import migrations

from access_register.officers import left_notes_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0190_answers_told")]

    operations = [migrations.RunSQL(left_notes_sql.CREATE, left_notes_sql.DROP)]
