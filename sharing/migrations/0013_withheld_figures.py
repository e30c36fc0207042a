"""A page may say that a figure is withheld, to who may read the establishment's others (R31)."""

from django.db import migrations

from sharing.sql.withheld_figures import NO_WITHHELD, WITHHELD


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0012_life_of_a_release"),
    ]

    operations = [
        migrations.RunSQL(WITHHELD, NO_WITHHELD),
    ]
