"""What protected numbers stand for is found within seconds at the size of an authority (R11, R12)."""

from django.db import migrations

from sharing.sql.covered_figures import BY_NAME, ONE_BESIDE_THE_OTHER


class Migration(migrations.Migration):
    dependencies = [("sharing", "0128_missing_sooner")]

    operations = [migrations.RunSQL(BY_NAME, ONE_BESIDE_THE_OTHER)]
