"""What somebody without access has taken away can be noted as destroyed (R14). No row is changed."""

from django.db import migrations

from access_register.notices import download_sql


class Migration(migrations.Migration):
    dependencies = [
        ("access_register", "0131_of_one_establishment_then"),
        ("sharing", "0148_destroyed_as_they_wrote"),
    ]

    operations = [migrations.RunSQL(download_sql.NOTE, download_sql.NO_NOTE)]
