"""Versions of the comparators hold each other's figures: one is not withdrawn under another (R22). No row is changed."""

from django.db import migrations

from sharing.sql import releases


class Migration(migrations.Migration):
    dependencies = [("sharing", "0205_returns_by_returns")]

    operations = [migrations.RunSQL(releases.MADE_OF_EACH_OTHER, releases.EACH_BY_ITSELF)]
