"""An officer has one opening of a record at a time, also of a form sent twice at one moment (R18). No row is changed."""

from django.db import migrations

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [("sharing", "0134_challenges_taken_back")]

    operations = [migrations.RunSQL(overrides.BREAK_ONCE, overrides.BREAK_EACH_TIME)]
