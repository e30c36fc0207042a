"""The history of an appointment may go with it, by a disposal that two people have approved (P5); it is not changed."""

from django.db import migrations

TABLE = "access_register_appointmentchange"


class Migration(migrations.Migration):
    dependencies = [("access_register", "0137_who_is_invited")]

    operations = [
        migrations.RunSQL(f"GRANT DELETE ON {TABLE} TO portal_batch", f"REVOKE DELETE ON {TABLE} FROM portal_batch")
    ]
