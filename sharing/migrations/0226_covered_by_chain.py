"""A protected number of one URN stands for the whole number of another of its chain (R11, R12). Only figures of chains
that are known already are noted anew."""

from django.db import migrations

from sharing.sql import covered_figures


class Migration(migrations.Migration):
    dependencies = [("sharing", "0210_versions_of_comparators")]

    operations = [
        migrations.RunSQL(covered_figures.BY_CHAIN, covered_figures.EACH_URN_BY_ITSELF),
        migrations.RunSQL(covered_figures.COVER_WHAT_IS_THERE, migrations.RunSQL.noop),
    ]
