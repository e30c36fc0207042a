"""A child who is closed by a form that is sent twice is closed once, and the one renewal is kept (R18)."""

from django.db import migrations

from sharing.sql import overrides


class Migration(migrations.Migration):
    dependencies = [("sharing", "0148_destroyed_as_they_wrote")]

    operations = [migrations.RunSQL(overrides.CLOSED_BY_A_DOUBLE_CLICK, overrides.CLOSED_AS_BEFORE)]
