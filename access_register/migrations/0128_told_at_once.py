"""Level 1 is told of a challenge as it is taken back, and no more by night (P9, R23). No row is changed."""

from django.db import migrations

from access_register.notices import challenge_sql


class Migration(migrations.Migration):
    dependencies = [("access_register", "0127_changed_appointments"), ("sharing", "0134_challenges_taken_back")]

    operations = [migrations.RunSQL(challenge_sql.KEEPERS, challenge_sql.KEEPERS_NO_MORE)]
