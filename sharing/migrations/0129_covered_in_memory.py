"""What protected numbers stand for is found within seconds at the size of an authority (R11, R12)."""

from django.db import migrations

from sharing.sql.covered_figures import RESET_IN_MEMORY, SET_IN_MEMORY


class Migration(migrations.Migration):
    dependencies = [("sharing", "0128_missing_sooner")]

    operations = [migrations.RunSQL(SET_IN_MEMORY, RESET_IN_MEMORY)]
