"""Whoever tells of a child from outside does not find out where a closed child is on roll (R18)."""

from django.db import migrations

from sharing.sql.transfers import TELLS_AS_BEFORE, TELLS_OF_NO_CLOSED


class Migration(migrations.Migration):
    dependencies = [("sharing", "0134_challenges_taken_back")]

    operations = [migrations.RunSQL(TELLS_OF_NO_CLOSED, TELLS_AS_BEFORE)]
